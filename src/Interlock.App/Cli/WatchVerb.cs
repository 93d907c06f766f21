using System.CommandLine;
using System.Text.Json;
using Interlock.App.Tui;
using Interlock.Engine.Desks;
using Interlock.Engine.Stores;

namespace Interlock.App.Cli;

internal static class WatchVerb
{
    public static Command Create(VerbHost host)
    {
        var once = new Option<bool>("--once") { Description = "Show it once and end" };
        var command = new Command("watch", "Watch the agents: who works on what, when each was last heard of, whose messages wait, what waits to land") { once };
        host.Bind(command, async (context, cancellation) =>
        {
            if (context.Terminal.Json)
            {
                Terminal.WriteJson(writer => Write(writer, AgentRoll.Read(context.Workspace)));
                return ExitCodes.Done;
            }

            if (context.Parse.GetValue(once))
            {
                context.Terminal.Write(WatchScreen.Draw(AgentRoll.Read(context.Workspace), context.Terminal.Width, live: false));
                return ExitCodes.Done;
            }

            var loop = new WatchLoop(context.Workspace, context.Terminal);
            await (Console.IsOutputRedirected ? loop.TellAsync(cancellation) : loop.DrawAsync(cancellation));
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Write(Utf8JsonWriter writer, AgentRoll roll)
    {
        writer.WriteNumber("revision", roll.Revision);
        writer.WriteString("at", UtcConverter.Text(roll.At));
        writer.WriteBoolean("run_active", roll.RunActive);
        writer.WriteStartArray("agents");
        foreach (var agent in roll.Agents)
        {
            writer.WriteStartObject();
            writer.WriteString("agent_id", agent.Agent.Value);
            writer.WriteString("state", agent.State);
            writer.WriteString("task_id", agent.Task?.Id.Value);
            writer.WriteString("seen_at", agent.Seen is { } seen ? UtcConverter.Text(seen) : null);
            writer.WriteString("seen_how", agent.How);
            writer.WriteNumber("messages_waiting", agent.Waiting);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("queue");
        foreach (var (task, state) in roll.Queue)
        {
            writer.WriteStartObject();
            writer.WriteString("task_id", task.Value);
            writer.WriteString("state", state);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        Answers.WriteOverdue(writer, roll.Overdue);
    }
}
