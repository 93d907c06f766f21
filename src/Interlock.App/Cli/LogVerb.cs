using System.CommandLine;
using Interlock.Engine.Stores;

namespace Interlock.App.Cli;

internal static class LogVerb
{
    public static Command Create(VerbHost host)
    {
        var task = VerbHost.TaskOption("Only events of this task");
        var limit = new Option<int>("--limit") { Description = "How many of the newest", HelpName = "N", DefaultValueFactory = _ => 50 };
        var command = new Command("log", "Show the event log, oldest first") { task, limit };
        host.Bind(command, context =>
        {
            var events = context.Workspace.Store.Read(reader => reader.LatestEvents(Math.Max(1, context.Parse.GetValue(limit)), context.Parse.GetValue(task)));
            if (context.Terminal.Json)
            {
                Terminal.WriteJson(writer =>
                {
                    writer.WriteStartArray("events");
                    foreach (var line in events)
                    {
                        writer.WriteStartObject();
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
                        writer.WriteEndObject();
                    }

                    writer.WriteEndArray();
                });
                return ExitCodes.Done;
            }

            foreach (var line in events)
            {
                var local = TimeZoneInfo.ConvertTime(line.At, TimeZoneInfo.Local);
                context.Terminal.Line($"{line.Seq,6}  {local:HH:mm:ss}  {line.Kind,-24} {line.Task?.Value,-10} {line.Agent?.Value,-14} {line.Message}");
            }

            return ExitCodes.Done;
        });
        return command;
    }
}
