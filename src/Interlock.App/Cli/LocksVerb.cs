using System.CommandLine;
using Spectre.Console;
using Interlock.Domain.Leasing;

namespace Interlock.App.Cli;

internal static class LocksVerb
{
    public static Command Create(VerbHost host)
    {
        var command = new Command("locks", "List who holds which tasks and files, since when and until when");
        host.Bind(command, context =>
        {
            var snapshot = context.Workspace.Snapshot();
            if (context.Terminal.Json)
            {
                Terminal.WriteJson(writer =>
                {
                    writer.WriteStartArray("locks");
                    foreach (var lease in snapshot.Leases)
                    {
                        Answers.Write(writer, lease, context.Workspace.Store.Epoch);
                    }

                    writer.WriteEndArray();
                });
                return ExitCodes.Done;
            }

            if (snapshot.Leases.Count == 0)
            {
                context.Terminal.Line("Nothing is locked.");
                return ExitCodes.Done;
            }

            var table = Terminal.Columns("task", "agent", "held for", "expires", "files");
            foreach (var lease in snapshot.Leases)
            {
                table.AddRow(
                    Terminal.Markup(lease.Task?.Value ?? "(files)"),
                    Terminal.Markup(lease.Agent.Value + (lease.Kind == LeaseKind.Hold ? " (hold)" : lease.InReview ? " (in review)" : "")),
                    Ages.Text(snapshot.Clock.Wall - lease.AcquiredAt),
                    Terminal.Markup(Answers.Time(lease.ExpiresAt, snapshot.Clock.Wall)),
                    Terminal.Markup(lease.Files.Count == 0 ? "unknown" : string.Join(", ", lease.Files)));
            }

            context.Terminal.Write(table);
            return ExitCodes.Done;
        });
        return command;
    }
}
