using System.CommandLine;
using Interlock.App.Tui;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine;
using Interlock.Engine.Projections;
using Interlock.Engine.Sandbox;
using Interlock.Engine.Stores;
using Interlock.Engine.Worktrees;

namespace Interlock.App.Cli;

internal static class StatusVerb
{
    public static Command Create(VerbHost host)
    {
        var story = VerbHost.StoryOption();
        var all = new Option<bool>("--all") { Description = "Every story, finished ones too" };
        var conflicts = new Option<bool>("--conflicts") { Description = "Which work under way will conflict, with the branch and with each other, as it is now" };
        var command = new Command("status", "Show where every task stands, who works, and what needs a person") { story, all, conflicts };
        host.Bind(command, async (context, cancellation) =>
        {
            if (context.Parse.GetValue(conflicts))
            {
                return await ConflictsText.ShowAsync(context, context.Parse.GetValue(story), cancellation);
            }

            var snapshot = context.Workspace.Snapshot();
            var chosen = context.Parse.GetValue(story);
            if (chosen is { } id && snapshot.Tasks.All(task => task.Story != id))
            {
                return Answers.Refuse(context.Terminal, new Refusal(RefusalCodes.UnknownTask, $"story {id} has not been imported", $"Import it: interlock assign --story {id}"));
            }

            var stories = snapshot.Tasks.GroupBy(task => task.Story).Where(group => chosen is null || group.Key == chosen).OrderBy(group => group.Key).ToList();
            var kept = context.Workspace.Repository is { } repository ? await new Salvages(context.Workspace, repository).OpenTasksAsync(cancellation) : [];
            var left = chosen is { } one ? await Remaining.OfAsync(context.Workspace, one, cancellation) : null;
            if (context.Terminal.Json)
            {
                WriteJson(context, snapshot, stories, kept, left);
            }
            else
            {
                Print(context, snapshot, stories, chosen is not null || context.Parse.GetValue(all));
                foreach (var question in context.Workspace.Mailbox.Overdue())
                {
                    context.Terminal.Line($"Overdue: {WatchScreen.Question(question.From.Value, question.To, question.Subject)}, due {Answers.Time(question.ResponseBy!.Value, snapshot.Clock.Wall)}");
                }

                left?.Print(context.Terminal);
                if (kept.Count > 0)
                {
                    context.Terminal.Line();
                    context.Terminal.Line($"Unlanded work is kept of {string.Join(", ", kept)}: interlock salvage list");
                }
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static void Print(VerbContext context, Snapshot snapshot, List<IGrouping<StoryId, WorkTask>> stories, bool full)
    {
        var terminal = context.Terminal;
        if (stories.Count == 0)
        {
            terminal.Line("Nothing has been imported yet. Start with: interlock assign --story <story>");
            return;
        }

        terminal.Line(RunLock.IsHeld(context.Workspace.StateDir) ? "An automated run is active." : "No automated run is active.");
        foreach (var unguarded in Unguarded(context.Workspace, snapshot))
        {
            terminal.MarkupLine($"[red]WARNING: task {Terminal.Markup(unguarded.Task?.Value)} of {Terminal.Markup(unguarded.Agent?.Value)}: {Terminal.Markup(unguarded.Message)}[/]");
        }

        if (context.Workspace.Config.Config is { Checks.None: false } or { Agent: not null } || context.Workspace.Store.Read(reader => reader.CheckNames().Count > 0))
        {
            CheckHealth.Print(terminal, Sandboxes.For(context.Workspace.Config.Config));
            CheckHealth.Print(terminal, context.Protocol.FlakyChecks());
        }

        var now = context.Protocol.Clock.Now;
        var (usages, breakers) = context.Workspace.Store.Read(reader => (reader.Usages(), reader.Breakers()));
        foreach (var line in SpendingText.Limits(breakers, now))
        {
            terminal.Line(line);
        }

        if (SpendingText.Line([.. usages.Where(usage => stories.Any(story => story.Key == usage.Story))]) is { } spent)
        {
            terminal.Line($"Spent: {spent}.");
        }

        StatusText.Print(terminal, snapshot, stories, full);
    }

    private static void WriteJson(VerbContext context, Snapshot snapshot, List<IGrouping<StoryId, WorkTask>> stories, IReadOnlyList<TaskId> kept, Remaining? left) => Terminal.WriteJson(writer =>
    {
        writer.WriteNumber("revision", context.Workspace.Store.Read(reader => reader.Revision));
        writer.WriteBoolean("run_active", RunLock.IsHeld(context.Workspace.StateDir));
        CheckHealth.Write(writer, Sandboxes.For(context.Workspace.Config.Config).Level, context.Protocol.FlakyChecks());
        writer.WriteStartArray("unguarded");
        foreach (var unguarded in Unguarded(context.Workspace, snapshot))
        {
            writer.WriteStartObject();
            writer.WriteString("task_id", unguarded.Task?.Value);
            writer.WriteString("agent_id", unguarded.Agent?.Value);
            writer.WriteNumber("fence", unguarded.Fence ?? 0);
            writer.WriteString("message", unguarded.Message);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        var (usages, breakers) = context.Workspace.Store.Read(reader => (reader.Usages(), reader.Breakers()));
        SpendingText.Write(writer, [.. usages.Where(usage => stories.Any(story => story.Key == usage.Story))]);
        SpendingText.Write(writer, breakers, context.Protocol.Clock.Now);
        StatusText.Write(writer, snapshot, stories, context.Workspace.Store.Epoch);
        Answers.WriteOverdue(writer, context.Workspace.Mailbox.Overdue());
        StatusFile.WriteList(writer, "salvaged", kept.Select(id => id.Value));
        left?.Write(writer);
    });

    // Only of attempts that are under way: what an ended one did is history.
    private static List<Event> Unguarded(Workspace workspace, Snapshot snapshot)
    {
        var working = snapshot.Leases.Where(lease => lease is { Kind: LeaseKind.Task, InReview: false }).Select(lease => lease.Fence).ToHashSet();
        return working.Count == 0 ? []
            : [.. workspace.Store.Read(reader => reader.LatestEvents(100, new EventFilter(Kind: "guard.off"))).Where(line => line.Fence is { } fence && working.Contains(fence))];
    }
}
