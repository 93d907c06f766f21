using System.CommandLine;
using Interlock.Domain.Plans;
using Interlock.Engine.Desks;

namespace Interlock.App.Cli;

internal static class NextVerb
{
    public static Command Create(VerbHost host)
    {
        var agent = VerbHost.AgentOption();
        var story = VerbHost.StoryOption();
        var command = new Command("next", "Name the task an agent should take now") { agent, story };
        host.Bind(command, context => Run(context, context.Agent(agent), context.Parse.GetValue(story)));
        return command;
    }

    private static int Run(VerbContext context, AgentId agent, StoryId? story)
    {
        var reply = new AgentDesk(context.Workspace, agent).Next(story);
        return Answers.Give(context, reply, terminal =>
        {
            var task = reply.Task!;
            if (reply.Lease is not null)
            {
                terminal.Line($"{agent} already works on task {task.Id}: {task.Title}");
                terminal.Line($"  finish   interlock complete {task.Id} --agent {agent}");
                return;
            }

            terminal.Line($"{agent} should take task {task.Id}: {task.Title}");
            terminal.Line($"  group    {task.Group ?? "none"}, complexity {task.Complexity.ToString().ToLowerInvariant()}");
            terminal.Line($"  files    {(task.Files.Count == 0 ? "unknown" : string.Join(", ", task.Files))}");
            terminal.Line($"  claim    interlock claim {task.Id} --agent {agent}");
        });
    }
}
