using System.CommandLine;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Protocol;

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
        var snapshot = context.Workspace.Snapshot();
        var held = snapshot.Leases.FirstOrDefault(lease => lease is { Kind: LeaseKind.Task, InReview: false } && lease.Agent == agent);
        if (held?.Task is { } holding && snapshot.Find(holding) is { } current)
        {
            return Answers.Give(context, new Reply(current, held), terminal =>
            {
                terminal.Line($"{agent} already works on task {current.Id}: {current.Title}");
                terminal.Line($"  finish   interlock complete {current.Id} --agent {agent}");
            });
        }

        var type = context.Workspace.TypeOf(agent);
        var candidates = snapshot.Tasks.Where(task => task.IsOpen && (story is null || task.Story == story)).ToList();
        var mine = candidates.Where(task => task.AssignedAgent == agent).ToList();
        var next = Choose(mine)
            ?? Choose([.. candidates.Where(task => task.AgentType == type && task.AssignedAgent is not null)])
            ?? Choose([.. candidates.Where(task => task.AssignedAgent is not null)])
            ?? Choose(candidates);
        if (next is null)
        {
            return Answers.Refuse(context.Terminal, NothingToDo(context, mine.Count > 0 ? mine : candidates, agent));
        }

        return Answers.Give(context, new Reply(next), terminal =>
        {
            terminal.Line($"{agent} should take task {next.Id}: {next.Title}");
            terminal.Line($"  group    {next.Group ?? "none"}, complexity {next.Complexity.ToString().ToLowerInvariant()}");
            terminal.Line($"  files    {(next.Files.Count == 0 ? "unknown" : string.Join(", ", next.Files))}");
            terminal.Line($"  claim    interlock claim {next.Id} --agent {agent}");
        });

        WorkTask? Choose(IReadOnlyList<WorkTask> from) => from.Count == 0 ? null : Scheduler
            .Decide(snapshot, from.Select(task => task.Id).ToHashSet(), [new Worker(agent, type ?? "")], slots: 1, context.Protocol.Options.IgnoreCase)
            .OfType<Decision.Claim>().Select(claim => snapshot.Find(claim.Task)).FirstOrDefault();
    }

    private static Refusal NothingToDo(VerbContext context, IReadOnlyList<WorkTask> waiting, AgentId agent)
    {
        var reason = waiting.Count == 0
            ? "no task is open"
            : $"no task can start: {context.Protocol.WhyNot(waiting[0].Id, agent)?.Message ?? "ask again"}";
        return new Refusal(RefusalCodes.NothingToDo, reason, waiting.Count == 0 ? "Import more with: interlock assign --story …" : "See all reasons with: interlock status");
    }
}
