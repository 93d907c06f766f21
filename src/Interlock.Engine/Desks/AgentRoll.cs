using Interlock.Domain.Leasing;
using Interlock.Domain.Messaging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Stores;

namespace Interlock.Engine.Desks;

/// <summary>One agent as people watch it.</summary>
/// <param name="State">One of <c>working</c>, <c>in review</c>, <c>suspect</c>, <c>idle</c>, <c>not seen</c>.</param>
/// <param name="Seen">When it, or the run behind it, was last heard of.</param>
/// <param name="How">What was heard: a verb, a way, or the run's own report.</param>
/// <param name="Waiting">Messages it has not read.</param>
public sealed record AgentEntry(AgentId Agent, string State, WorkTask? Task, Lease? Lease, DateTimeOffset? Seen, string? How, int Waiting);

/// <summary>Everything that a person who watches wants to see at once.</summary>
/// <param name="Queue">Work that waits to land, oldest first.</param>
/// <param name="Overdue">Questions whose time is over without an answer.</param>
public sealed record AgentRoll(
    long Revision, DateTimeOffset At, bool RunActive, IReadOnlyList<AgentEntry> Agents, IReadOnlyList<(TaskId Task, string State)> Queue, IReadOnlyList<Message> Overdue)
{
    public static AgentRoll Read(Workspace workspace)
    {
        var snapshot = workspace.Snapshot();
        var (revision, signs, landings) = workspace.Store.Read(reader => (
            reader.Revision,
            reader.SignsOfLife().ToDictionary(sign => sign.Agent),
            reader.OpenLandings().Select(landing => (landing.Task, landing.State.ToString().ToLowerInvariant())).ToList()));
        var agents = workspace.Config.Roster.Agents.Select(agent => agent.Id)
            .Concat(snapshot.Leases.Where(lease => lease.Kind == LeaseKind.Task).Select(lease => lease.Agent))
            .Concat(signs.Keys).Distinct().Order();
        return new AgentRoll(
            revision, snapshot.Clock.Wall, RunLock.IsHeld(workspace.StateDir), [.. agents.Select(agent => Entry(workspace, snapshot, agent, signs.GetValueOrDefault(agent)))], landings, workspace.Mailbox.Overdue());
    }

    private static AgentEntry Entry(Workspace workspace, Snapshot snapshot, AgentId agent, SignOfLife? sign)
    {
        var lease = snapshot.Leases.Where(lease => lease.Kind == LeaseKind.Task && lease.Agent == agent).OrderBy(lease => lease.InReview).ThenByDescending(lease => lease.Fence).FirstOrDefault();
        var state = lease is null ? sign is null ? "not seen" : "idle" : lease.InReview ? "in review" : lease.Suspect ? "suspect" : "working";
        DateTimeOffset? report = lease is not null && workspace.Protocol.SilenceOf(lease) is { } silence ? snapshot.Clock.Wall - silence : null;
        var (seen, how) = report is { } at && (sign is null || at > sign.At) ? (report, "run") : (sign?.At, sign?.How);
        return new AgentEntry(agent, state, lease?.Task is { } task ? snapshot.Find(task) : null, lease, seen, how, workspace.Mailbox.Waiting(agent));
    }
}
