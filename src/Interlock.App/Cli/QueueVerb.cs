using System.CommandLine;
using System.Globalization;
using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Engine.Configuration;
using Interlock.Engine.Running;
using Interlock.Engine.Stores;
using Spectre.Console;

namespace Interlock.App.Cli;

internal static class QueueVerb
{
    public static Command Create(VerbHost host)
    {
        var command = new Command("queue", "Show the merge queue: what waits, in which order, and why nothing lands when it is paused");
        host.Bind(command, context =>
        {
            var (open, branches) = context.Workspace.Store.Read(reader => (reader.OpenLandings(), reader.Branches()));
            var landings = Sorted(context, open);
            if (context.Terminal.Json)
            {
                WriteJson(context, landings, branches);
            }
            else
            {
                Print(context, landings, branches);
            }

            return ExitCodes.Done;
        });
        command.Subcommands.Add(Pause(host));
        command.Subcommands.Add(Resume(host));
        return command;
    }

    private static Command Pause(VerbHost host)
    {
        var (story, reason) = (VerbHost.StoryOption(), VerbHost.ReasonOption());
        var command = new Command("pause", "Let nothing land on a story's branch until it is resumed") { story, reason };
        host.Bind(command, context => ForEach(context, story, branch =>
        {
            context.Protocol.PauseQueue(branch, PauseCodes.ByHand, context.Parse.GetValue(reason) ?? "paused by hand");
            return "is paused";
        }));
        return command;
    }

    private static Command Resume(VerbHost host)
    {
        var story = VerbHost.StoryOption();
        var command = new Command("resume", "Let work land again, on the branch as it stands now") { story };
        host.Bind(command, context => ForEach(context, story, branch => context.Protocol.ResumeQueue(branch) ? "lands again" : "was not paused"));
        return command;
    }

    private static int ForEach(VerbContext context, Option<StoryId?> option, Func<string, string> act)
    {
        var known = context.Workspace.Store.Read(reader => reader.Branches()).Select(branch => branch.Ref).ToList();
        var chosen = context.Parse.GetValue(option) is { } story ? known.Where(name => name == $"refs/heads/interlock/{story}").ToList() : known;
        if (chosen.Count == 0)
        {
            throw new BadInputException("no work has landed on such a branch yet, so there is no queue for it", "See: interlock queue");
        }

        var said = chosen.Select(branch => (Branch: branch, What: act(branch))).ToList();
        if (context.Terminal.Json)
        {
            Terminal.WriteJson(writer =>
            {
                writer.WriteStartObject("branches");
                said.ForEach(line => writer.WriteString(line.Branch, line.What));
                writer.WriteEndObject();
            });
        }
        else
        {
            said.ForEach(line => context.Terminal.Line($"{Name(line.Branch)} {line.What}"));
        }

        return ExitCodes.Done;
    }

    private static void Print(VerbContext context, IReadOnlyList<Landing> landings, IReadOnlyList<BranchState> branches)
    {
        var terminal = context.Terminal;
        var now = context.Protocol.Clock.Now;
        foreach (var branch in branches)
        {
            PrintState(terminal, branch, context.Workspace.Config.Config.MergeQueue.Window, now);
        }

        if (landings.Count == 0)
        {
            terminal.Line("Nothing waits to land.");
            return;
        }

        var table = Terminal.Columns("task", "branch", "agent", "state", "waits", "commit");
        foreach (var landing in landings)
        {
            table.AddRow(
                Terminal.Markup(landing.Task.Value), Terminal.Markup(Name(landing.Target)), Terminal.Markup(landing.Agent.Value),
                landing.State == LandingState.Merging ? "landing" : landing.Undoes is { } undone ? $"undoes {Terminal.Markup(undone.Value)}" : "waiting",
                Ages.Text(now - landing.SubmittedAt), Commits.Brief(landing.Commit));
        }

        terminal.Write(table);
    }

    private static void PrintState(Terminal terminal, BranchState branch, int most, DateTimeOffset now)
    {
        terminal.MarkupLine($"[bold]{Terminal.Markup(Name(branch.Ref))}[/] at {Commits.Brief(branch.Tip)}, {string.Create(CultureInfo.InvariantCulture, $"up to {branch.Window.Effective(most)} verified together")}");
        if (branch.Pause is { } pause)
        {
            terminal.MarkupLine($"  [red]paused[/] {Ages.Text(now - pause.At)} ago: {Terminal.Markup(pause.Reason)}");
            terminal.Line("  When it is settled: interlock queue resume");
        }

        if (branch.RedTip == branch.Tip)
        {
            terminal.MarkupLine($"  [red]red[/]: the checks fail on the branch itself{(branch.RedLog is { } log ? $"; the log is {Terminal.Markup(log)}" : "")}");
            terminal.Line("  Only what makes it green lands.");
        }
    }

    private static IReadOnlyList<Landing> Sorted(VerbContext context, IReadOnlyList<Landing> landings)
    {
        var byFence = landings.ToDictionary(landing => landing.Fence);
        var tasks = context.Workspace.Snapshot();
        var changes = landings.Select(landing => new QueuedChange(
            landing.Task, landing.Fence, landing.Target, landing.Kind, tasks.Find(landing.Task)?.Priority ?? 1, "", landing.SubmittedAt));
        return [.. MergeOrder.Sort(changes, context.Protocol.Clock.Now, context.Workspace.Config.Config.MergeQueue.MaxAge).Select(change => byFence[change.Fence])];
    }

    private static void WriteJson(VerbContext context, IReadOnlyList<Landing> landings, IReadOnlyList<BranchState> branches) => Terminal.WriteJson(writer =>
    {
        writer.WriteStartArray("branches");
        foreach (var branch in branches)
        {
            writer.WriteStartObject();
            writer.WriteString("branch", Name(branch.Ref));
            writer.WriteString("tip", branch.Tip);
            writer.WriteNumber("window", branch.Window.Effective(context.Workspace.Config.Config.MergeQueue.Window));
            writer.WriteBoolean("red", branch.RedTip == branch.Tip);
            writer.WriteString("paused", branch.Pause?.Code);
            writer.WriteString("paused_because", branch.Pause?.Reason);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("waiting");
        foreach (var landing in landings)
        {
            writer.WriteStartObject();
            writer.WriteString("task_id", landing.Task.Value);
            writer.WriteNumber("fence", landing.Fence);
            writer.WriteString("agent_id", landing.Agent.Value);
            writer.WriteString("branch", Name(landing.Target));
            writer.WriteString("state", landing.State.ToString().ToLowerInvariant());
            writer.WriteString("undoes", landing.Undoes?.Value);
            writer.WriteString("commit", landing.Commit);
            writer.WriteString("submitted_at", UtcConverter.Text(landing.SubmittedAt));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    private static string Name(string fullRef) => fullRef.Replace("refs/heads/", "", StringComparison.Ordinal);
}
