using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Protocol;

namespace Interlock.Engine.Desks;

/// <summary>
/// Where one agent asks for work and hands it in: the operations behind its verbs and its MCP tools, so that both say the same.
/// Who the agent is was settled before, by the command line or the connection.
/// </summary>
/// <param name="given">The token the agent was started with; null for a window.</param>
public sealed partial class AgentDesk(Workspace workspace, AgentId agent, LeaseToken? given = null)
{
    public AgentId Agent => agent;

    /// <summary>The task it works on already, else the one it should take; refused when there is nothing to do.</summary>
    public Reply Next(StoryId? story)
    {
        var snapshot = workspace.Snapshot();
        var held = snapshot.Leases.FirstOrDefault(lease => lease is { Kind: LeaseKind.Task, InReview: false } && lease.Agent == agent);
        if (held?.Task is { } holding && snapshot.Find(holding) is { } current)
        {
            return new Reply(current, held);
        }

        var type = workspace.TypeOf(agent);
        var candidates = snapshot.Tasks.Where(task => task.IsOpen && (story is null || task.Story == story)).ToList();
        var mine = candidates.Where(task => task.AssignedAgent == agent).ToList();
        var next = Choose(mine)
            ?? Choose([.. candidates.Where(task => task.AgentType == type && task.AssignedAgent is not null)])
            ?? Choose([.. candidates.Where(task => task.AssignedAgent is not null)])
            ?? Choose(candidates);
        return next is null ? Reply.Refused(NothingToDo(mine.Count > 0 ? mine : candidates)) : new Reply(next);

        WorkTask? Choose(IReadOnlyList<WorkTask> from) => from.Count == 0 ? null : Scheduler
            .Decide(snapshot, from.Select(task => task.Id).ToHashSet(), [new Worker(agent, type ?? "")], slots: 1, workspace.Protocol.Options.IgnoreCase)
            .OfType<Decision.Claim>().Select(claim => snapshot.Find(claim.Task)).FirstOrDefault();
    }

    /// <summary>Claims a task and keeps its token for later calls.</summary>
    /// <param name="files">Replace the task's own when given.</param>
    public async Task<Reply> ClaimAsync(TaskId task, IReadOnlyList<string>? files, TimeSpan? duration, string? request, CancellationToken cancellation)
    {
        var head = workspace.Repository is { } repository ? await workspace.ResolveAsync(repository, "HEAD", cancellation) : null;
        var reply = workspace.Protocol.Claim(new ClaimRequest(task, agent, files, duration, BaseCommit: head, Request: request));
        if (LeaseToken.TryParse(reply.Token) is not { } token)
        {
            return reply;
        }

        // The answer to a repeated request may be of a lease that has ended since: its token must not take the place of a live one.
        if (workspace.Protocol.Check(task, token) is { Done: false } ended)
        {
            return ended;
        }

        workspace.Tokens.Remember(task, agent, reply.Token!);
        return reply;
    }

    /// <summary>The token of its claim: the one it was started with while that is current, else the remembered one.</summary>
    public LeaseToken? TokenOf(TaskId task) =>
        given is not null && workspace.Protocol.Check(task, given).Done ? given : workspace.Tokens.Find(task, agent) ?? given;

    private Refusal NothingToDo(List<WorkTask> waiting)
    {
        var reason = waiting.Count == 0
            ? "no task is open"
            : $"no task can start: {workspace.Protocol.WhyNot(waiting[0].Id, agent)?.Message ?? "ask again"}";
        return new Refusal(RefusalCodes.NothingToDo, reason, waiting.Count == 0 ? "Import more with: interlock assign --story …" : "See all reasons with: interlock status");
    }
}
