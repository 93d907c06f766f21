using System.CommandLine;
using Interlock.Domain.Leasing;
using Interlock.Engine.Protocol;

namespace Interlock.App.Cli;

internal static class UnlockVerb
{
    public static Command Create(VerbHost host)
    {
        var files = new Argument<string[]>("file") { Description = "Files as they were locked", HelpName = "FILE", Arity = ArgumentArity.OneOrMore };
        var agent = VerbHost.AgentOption();
        var command = new Command("unlock", "End a hold on files; leases of tasks are not touched") { files, agent };
        host.Bind(command, context =>
        {
            var wanted = context.Parse.GetRequiredValue(files);
            var who = context.Parse.GetValue(agent);
            var holds = context.Workspace.Snapshot().Leases
                .Where(lease => lease.Kind == LeaseKind.Hold && lease.Files.Intersect(wanted, StringComparer.Ordinal).Any())
                .Where(lease => who is null || lease.Agent == who)
                .ToList();
            if (holds.Count == 0)
            {
                return Answers.Refuse(context.Terminal, new Refusal(RefusalCodes.NotHolder, $"there is no hold on {string.Join(", ", wanted)}", "See what is held with: interlock locks"));
            }

            holds.ForEach(hold => context.Protocol.Reclaim(hold.Fence, "unlocked by hand", usesAttempt: false, "hold.freed"));
            return Answers.Give(context, new Reply(Lease: holds[0] with { Live = false }), terminal => terminal.Line($"free again: {string.Join(", ", holds.SelectMany(hold => hold.Files))}"));
        });
        return command;
    }
}
