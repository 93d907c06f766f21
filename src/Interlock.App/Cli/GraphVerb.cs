using System.CommandLine;
using Interlock.Domain.Graph;
using Interlock.Domain.Scheduling;

namespace Interlock.App.Cli;

internal static class GraphVerb
{
    public static Command Create(VerbHost host)
    {
        var story = VerbHost.StoryOption();
        var format = new Option<string>("--format") { Description = "mermaid or dot", HelpName = "FORMAT", DefaultValueFactory = _ => "mermaid" };
        format.AcceptOnlyFromAmong("mermaid", "dot");
        var command = new Command("graph", "Print the tasks and their dependencies as Mermaid or DOT") { story, format };
        host.Bind(command, context =>
        {
            var snapshot = context.Workspace.Snapshot();
            var nodes = snapshot.Tasks.Where(task => context.Parse.GetValue(story) is not { } id || task.Story == id)
                .Select(task => new GraphNode(task.Id, Terminal.Safe(task.Title), StatusWords.Of(task.State), task.Dependencies)).ToList();
            if (context.Terminal.Json)
            {
                Terminal.WriteJson(writer =>
                {
                    writer.WriteStartArray("nodes");
                    foreach (var node in nodes)
                    {
                        writer.WriteStartObject();
                        writer.WriteString("id", node.Id.Value);
                        writer.WriteString("title", node.Title);
                        writer.WriteString("status", node.State);
                        writer.WriteEndObject();
                    }

                    writer.WriteEndArray();
                    writer.WriteStartArray("edges");
                    foreach (var (from, to) in nodes.SelectMany(node => node.DependsOn.Select(on => (on, node.Id))))
                    {
                        writer.WriteStartObject();
                        writer.WriteString("from", from.Value);
                        writer.WriteString("to", to.Value);
                        writer.WriteEndObject();
                    }

                    writer.WriteEndArray();
                });
                return ExitCodes.Done;
            }

            var text = context.Parse.GetValue(format) == "dot" ? GraphText.Dot(nodes) : GraphText.Mermaid(nodes);
            foreach (var line in text.TrimEnd('\n').Split('\n'))
            {
                context.Terminal.Line(line);
            }

            return ExitCodes.Done;
        });
        return command;
    }
}
