using System.Globalization;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;

namespace Interlock.Domain.Leasing;

/// <summary>
/// The one place that says whether a task may be claimed. The claim itself, the scheduler and
/// <c>explain</c> all ask here, so they cannot disagree.
/// </summary>
public static class ClaimRules
{
    /// <summary>Null when the claim may be granted; else the first rule that forbids it.</summary>
    /// <param name="files">File set asked for; the task's own when null.</param>
    /// <param name="provider">Of the agent that asks; null when nobody knows, as of a person's window.</param>
    public static Refusal? Check(WorkTask task, ClaimGround ground, string? agentType, FileSet? files = null, string? provider = null) =>
        Find(task, ground, agentType, files, provider)?.Refusal;

    /// <summary>The same, for who looks at many tasks and puts few of the reasons into words.</summary>
    public static Obstacle? Find(WorkTask task, ClaimGround ground, string? agentType, FileSet? files = null, string? provider = null) =>
        OfTask(task, ground.Clock) ?? OfHolder(task, ground) ?? OfDependencies(task, ground) ?? OfLimits(task, ground, agentType, provider)
        ?? OfFiles(files ?? ground.FilesOf(task), ground.Live, task.Id, ground.Clock) ?? OfReservations(task, files ?? ground.FilesOf(task), ground);

    /// <summary>Null when no live lease but the task's own overlaps the files.</summary>
    /// <param name="hot">Files that two tasks may change at once. A person's hold counts for them all the same; empty when a hold asks.</param>
    public static Refusal? CheckFiles(FileSet files, IReadOnlyList<Lease> live, TaskId? own, LeaseClock clock, bool ignoreCase, FileSet hot) =>
        OfFiles(files, new LiveLeases(live, hot, ignoreCase), own, clock)?.Refusal;

    private static Obstacle? OfTask(WorkTask task, LeaseClock clock) => task switch
    {
        { State: TaskState.Merged } => new(RefusalCodes.NotOpen, () => new(RefusalCodes.NotOpen, $"task {task.Id} is completed", "Ask for another: interlock next")),
        { State: TaskState.Cancelled } => new(RefusalCodes.NotOpen, () => new(RefusalCodes.NotOpen, $"task {task.Id} is cancelled", $"Open it again: interlock retry {task.Id}")),
        { State: TaskState.Submitted or TaskState.Merging } => new(
            RefusalCodes.NotOpen, () => new(RefusalCodes.NotOpen, $"task {task.Id} is submitted and in review", "Wait for the verdict: interlock status")),
        { State: TaskState.Dead } => new(
            RefusalCodes.Held, () => new(RefusalCodes.Held, $"task {task.Id} needs a person: {task.LastError}", $"When it is settled: interlock retry {task.Id}")),
        { HeldBecause: { } why } => new(RefusalCodes.Held, () => new(RefusalCodes.Held, $"task {task.Id} is held back: {why}", "Mend the plan and run: interlock assign")),
        { IsWhole: true } => new(RefusalCodes.HasParts, () => new(
            RefusalCodes.HasParts,
            $"task {task.Id} is done by its parts: {string.Join(", ", task.Parts!)}",
            $"Take one of those: interlock next; when none is to be done, interlock cancel {task.Id}")),
        { NotBefore: { } at } when at > clock.Wall => new(RefusalCodes.Backoff, () => new(
            RefusalCodes.Backoff,
            string.Create(CultureInfo.InvariantCulture, $"task {task.Id} failed and waits another {Ages.Text(at - clock.Wall)}: {task.LastError}"),
            $"To start at once: interlock retry {task.Id}")),
        _ => null,
    };

    private static Obstacle? OfHolder(WorkTask task, ClaimGround ground) => ground.Live.Of(task.Id) is not { } lease ? null
        : new(RefusalCodes.AlreadyClaimed, () => HeldBy(lease, ground.Clock, new(
            RefusalCodes.AlreadyClaimed,
            $"task {task.Id} is {(lease.Kind == LeaseKind.Hold ? "on hold by" : "claimed by")} {lease.Agent} for {Ages.Text(Age(lease, ground.Clock))}",
            "Take another: interlock next")));

    private static Obstacle? OfDependencies(WorkTask task, ClaimGround ground)
    {
        foreach (var id in task.Dependencies)
        {
            if (ground.Find(id) is { } dependency && dependency.State != TaskState.Merged)
            {
                return new(RefusalCodes.DependenciesOpen, () => DependenciesOpen(task, dependency, ground));
            }
        }

        return null;
    }

    private static Refusal DependenciesOpen(WorkTask task, WorkTask first, ClaimGround ground)
    {
        var open = task.Dependencies.Select(ground.Find).OfType<WorkTask>().Where(dependency => dependency.State != TaskState.Merged);
        var named = string.Join(", ", open.Select(dependency => $"{dependency.Id} ({StatusWords.Of(dependency.State)})"));
        var lease = ground.Live.Of(first.Id);
        return new(RefusalCodes.DependenciesOpen, $"task {task.Id} waits for {named}", "Take one that is ready: interlock next")
        {
            HolderTask = first.Id,
            Holder = lease?.Agent ?? first.AssignedAgent,
            Age = lease is null ? null : Age(lease, ground.Clock),
        };
    }

    private static Obstacle? OfLimits(WorkTask task, ClaimGround ground, string? agentType, string? provider)
    {
        var limits = ground.Limits;
        return Limit(RefusalCodes.AgentLimit, limits.Agents, LimitKind.Agents, "", "agents")
            ?? Limit(RefusalCodes.ModuleLimit, limits.PerModule, LimitKind.Module, task.Module, "agents in module")
            ?? (task.Epic is { } epic ? Limit(RefusalCodes.EpicLimit, limits.PerEpic, LimitKind.Epic, epic, "agents in epic") : null)
            ?? (agentType is { } type && limits.PerType.TryGetValue(type, out var most) ? Limit(RefusalCodes.TypeLimit, most, LimitKind.Type, type, $"agents of type {type}") : null)
            ?? (provider is { } maker && limits.PerProvider.TryGetValue(maker, out var share) ? Limit(RefusalCodes.ProviderLimit, share, LimitKind.Provider, maker, $"agents of provider {maker}") : null);

        Obstacle? Limit(string code, int most, LimitKind kind, string name, string what)
        {
            if (ground.Live.Running(kind, name) < most)
            {
                return null;
            }

            var among = ground.Live.All.Count;
            return new(code, () => LimitReached(code, most, kind is LimitKind.Module or LimitKind.Epic ? $"{what} '{name}'" : what, [.. ground.Live.Holders(kind, name, among)], ground.Clock));
        }
    }

    private static Refusal LimitReached(string code, int most, string what, List<Lease> holders, LeaseClock clock)
    {
        var refusal = new Refusal(
            code,
            string.Create(CultureInfo.InvariantCulture, $"the limit of {most} {what} is reached: {string.Join(", ", holders.Select(Who))}"),
            "It starts when one of them ends");
        return holders.Count > 0 ? HeldBy(holders[0], clock, refusal) : refusal;
    }

    private static Obstacle? OfFiles(FileSet files, LiveLeases live, TaskId? own, LeaseClock clock) => live.FirstConflict(files, own) is not var (lease, conflict) ? null
        : new(RefusalCodes.FileBusy, () => HeldBy(lease, clock, new(
            RefusalCodes.FileBusy,
            $"{conflict.Theirs} is leased by {Who(lease)} for {Ages.Text(Age(lease, clock))}",
            "Work on something else meanwhile, or ask the holder: interlock send")));

    private static Obstacle? OfReservations(WorkTask task, FileSet files, ClaimGround ground) => ground.ReservedBefore(task, files) is not var (waiting, pattern) ? null
        : new(RefusalCodes.Reserved, () => new(
            RefusalCodes.Reserved,
            string.Create(CultureInfo.InvariantCulture, $"{pattern} is reserved for task {waiting.Id}, which {waiting.Bypasses} claims have passed by"),
            "It starts after that task")
        {
            HolderTask = waiting.Id,
            Age = waiting.WaitingSince is { } since && ground.Clock.Wall > since ? ground.Clock.Wall - since : null,
        });

    private static Refusal HeldBy(Lease lease, LeaseClock clock, Refusal refusal) =>
        refusal with { Holder = lease.Agent, HolderTask = lease.Task, Age = Age(lease, clock) };

    private static TimeSpan Age(Lease lease, LeaseClock clock) =>
        clock.Wall > lease.AcquiredAt ? clock.Wall - lease.AcquiredAt : TimeSpan.Zero;

    private static string Who(Lease lease) => lease.Task is { } task ? $"{lease.Agent} (task {task})" : lease.Agent.Value;
}
