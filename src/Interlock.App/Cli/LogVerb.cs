using System.CommandLine;
using System.Text.Json;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Engine.Stores;

namespace Interlock.App.Cli;

internal static class LogVerb
{
    private const int Page = 1000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static Command Create(VerbHost host)
    {
        var task = VerbHost.TaskOption("Only events of this task");
        var agent = new Option<AgentId?>("--by")
        {
            Description = "Only events of this agent",
            HelpName = "AGENT",
            CustomParser = result => VerbHost.ParseId(result, "agent", text => (AgentId?)new AgentId(text)),
        };
        var kind = new Option<string>("--kind") { Description = "Only events of this kind, such as task.claimed, or of all kinds before a dot, such as task", HelpName = "KIND" };
        var since = Moments.Option("--since", "Only events since then");
        var limit = new Option<int>("--limit") { Description = "How many of the newest", HelpName = "N", DefaultValueFactory = _ => 50 };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on and print each event as it comes; with --json one object a line" };
        var command = new Command("log", "Show the event log, oldest first") { task, agent, kind, since, limit, follow };
        host.Bind(command, async (context, cancellation) =>
        {
            var filter = new EventFilter(context.Parse.GetValue(task), context.Parse.GetValue(agent), context.Parse.GetValue(kind), Moments.Read(context, since));
            var (events, revision) = context.Workspace.Store.Read(reader => (reader.LatestEvents(Math.Max(1, context.Parse.GetValue(limit)), filter), reader.Revision));
            if (context.Parse.GetValue(follow))
            {
                await FollowAsync(context, filter, events, revision, cancellation);
            }
            else if (context.Terminal.Json)
            {
                Terminal.WriteJson(writer => WriteAll(writer, events));
            }
            else
            {
                Print(context.Terminal, events);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>One event as a JSON object.</summary>
    public static void Write(Utf8JsonWriter writer, Event line)
    {
        writer.WriteStartObject();
        WriteMembers(writer, line);
        writer.WriteEndObject();
    }

    // Ends with the process: Ctrl-C, or whoever reads us going away.
    private static async Task FollowAsync(VerbContext context, EventFilter filter, IReadOnlyList<Event> events, long revision, CancellationToken cancellation)
    {
        var after = revision;
        while (true)
        {
            if (context.Terminal.Json)
            {
                foreach (var line in events)
                {
                    Terminal.WriteJsonLine(writer => WriteMembers(writer, line));
                }
            }
            else
            {
                Print(context.Terminal, events);
            }

            await Task.Delay(Pause, context.Protocol.Clock.Time, cancellation);
            var from = after;
            (events, after) = context.Workspace.Store.Read(reader => (reader.Events(from, Page, filter), reader.Revision));
            after = events.Count == Page ? events[^1].Seq : after;
        }
    }

    private static void Print(Terminal terminal, IReadOnlyList<Event> events)
    {
        foreach (var line in events)
        {
            var local = TimeZoneInfo.ConvertTime(line.At, TimeZoneInfo.Local);
            terminal.Line($"{line.Seq,6}  {local:HH:mm:ss}  {line.Kind,-24} {line.Task?.Value,-10} {line.Agent?.Value,-14} {line.Message}");
        }
    }

    private static void WriteAll(Utf8JsonWriter writer, IReadOnlyList<Event> events)
    {
        writer.WriteStartArray("events");
        foreach (var line in events)
        {
            Write(writer, line);
        }

        writer.WriteEndArray();
    }

    private static void WriteMembers(Utf8JsonWriter writer, Event line)
    {
        writer.WriteNumber("seq", line.Seq);
        writer.WriteString("at", UtcConverter.Text(line.At));
        writer.WriteString("kind", line.Kind);
        writer.WriteString("task_id", line.Task?.Value);
        writer.WriteString("agent_id", line.Agent?.Value);
        if (line.Fence is { } fence)
        {
            writer.WriteNumber("fence", fence);
        }
        else
        {
            writer.WriteNull("fence");
        }

        writer.WriteString("message", line.Message);
    }
}
