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

    /// <summary>
    /// The same, for who looks at many tasks and puts few of the reasons into words. Files come before limits: a task that
    /// waits for both waits for its files too, and is in the order of those that do.
    /// </summary>
    public static Obstacle? Find(WorkTask task, ClaimGround ground, string? agentType, FileSet? files = null, string? provider = null) =>
        Find(task, ground, new ClaimFacts(ground.Live.Of(task.Id), OpenDependencies(task, ground).FirstOrDefault()), agentType, files, provider);

    /// <summary>The same, for who has looked up the facts of many tasks at once.</summary>
    internal static Obstacle? Find(WorkTask task, ClaimGround ground, ClaimFacts facts, string? agentType, FileSet? files = null, string? provider = null) =>
        OfTask(task, ground.Clock) ?? OfHolder(facts.Holder, ground.Clock) ?? OfDependencies(task, facts.Blocker, ground)
        ?? (files is null && ground.IsClearOf(task) ? null : OfFiles(task, files ?? ground.FilesOf(task), ground))
        ?? OfLimits(task, ground, agentType, provider);

    /// <summary>Null when no live lease but the task's own overlaps the files.</summary>
    /// <param name="hot">Files that two tasks may change at once. A person's hold counts for them all the same; empty when a hold asks.</param>
    public static Refusal? CheckFiles(FileSet files, IReadOnlyList<Lease> live, TaskId? own, LeaseClock clock, bool ignoreCase, FileSet hot) =>
        OfLeases(files, new LiveLeases(live, hot, ignoreCase), own, clock)?.Refusal;

    /// <summary>Null when no file is reserved for a task that has waited longer than this one.</summary>
    public static Refusal? CheckReservations(WorkTask task, FileSet files, ClaimGround ground) => OfReservations(task, files, ground)?.Refusal;

    /// <summary>Null when no live lease has the task itself.</summary>
    /// <param name="remedy">What whoever asks can do about it.</param>
    public static Refusal? CheckHolder(TaskId task, IReadOnlyList<Lease> live, LeaseClock clock, string remedy) =>
        live.FirstOrDefault(lease => lease.Task == task) is { } holder ? Taken(holder, clock, remedy) : null;

    private static Obstacle? OfTask(WorkTask task, LeaseClock clock) => task switch
    {
        { State: TaskState.Merged } => Obstacle.Of(RefusalCodes.NotOpen, task, static task => new(
            RefusalCodes.NotOpen, $"task {task.Id} is completed", "Ask for another: interlock next")),
        { State: TaskState.Cancelled } => Obstacle.Of(RefusalCodes.NotOpen, task, static task => new(
            RefusalCodes.NotOpen, $"task {task.Id} is cancelled", $"Open it again: interlock retry {task.Id}")),
        { State: TaskState.Submitted or TaskState.Merging } => Obstacle.Of(RefusalCodes.NotOpen, task, static task => new(
            RefusalCodes.NotOpen, $"task {task.Id} is submitted and in review", "Wait for the verdict: interlock status")),
        { State: TaskState.Dead } => Obstacle.Of(RefusalCodes.Held, task, static task => new(
            RefusalCodes.Held, $"task {task.Id} needs a person: {task.LastError}", $"When it is settled: interlock retry {task.Id}")),
        { HeldBecause: not null } => Obstacle.Of(RefusalCodes.Held, task, static task => new(
            RefusalCodes.Held, $"task {task.Id} is held back: {task.HeldBecause}", "Mend the plan and run: interlock assign")),
        { IsWhole: true } => Obstacle.Of(RefusalCodes.HasParts, task, static task => new(
            RefusalCodes.HasParts,
            $"task {task.Id} is done by its parts: {string.Join(", ", task.Parts!)}",
            $"Take one of those: interlock next; when none is to be done, interlock cancel {task.Id}")),
        { NotBefore: { } at } when at > clock.Wall => Obstacle.Of(RefusalCodes.Backoff, (Task: task, Left: at - clock.Wall), static about => new(
            RefusalCodes.Backoff,
            string.Create(CultureInfo.InvariantCulture, $"task {about.Task.Id} failed and waits another {Ages.Text(about.Left)}: {about.Task.LastError}"),
            $"To start at once: interlock retry {about.Task.Id}")),
        _ => null,
    };

    private static Obstacle? OfHolder(Lease? holder, LeaseClock clock) => holder is null ? null
        : Obstacle.Of(RefusalCodes.AlreadyClaimed, (Lease: holder, Clock: clock), static about => Taken(about.Lease, about.Clock, "Take another: interlock next"));

    private static Refusal Taken(Lease holder, LeaseClock clock, string remedy) => HeldBy(holder, clock, new(
        RefusalCodes.AlreadyClaimed,
        $"task {holder.Task} is {(holder.Kind == LeaseKind.Hold ? "on hold by" : "claimed by")} {holder.Agent} for {Ages.Text(Age(holder, clock))}",
        remedy));

    private static Obstacle? OfDependencies(WorkTask task, WorkTask? first, ClaimGround ground) => first is null ? null
        : Obstacle.Of(RefusalCodes.DependenciesOpen, (Task: task, First: first, Ground: ground), static about => DependenciesOpen(about.Task, about.First, about.Ground));

    private static IEnumerable<WorkTask> OpenDependencies(WorkTask task, ClaimGround ground) =>
        task.Dependencies.Select(ground.Find).OfType<WorkTask>().Where(dependency => dependency.State != TaskState.Merged);

    private static Refusal DependenciesOpen(WorkTask task, WorkTask first, ClaimGround ground)
    {
        var named = string.Join(", ", OpenDependencies(task, ground).Select(dependency => $"{dependency.Id} ({StatusWords.Of(dependency.State)})"));
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
        return Limit(ground, RefusalCodes.AgentLimit, limits.Agents, LimitKind.Agents, "", "agents")
            ?? Limit(ground, RefusalCodes.ModuleLimit, limits.PerModule, LimitKind.Module, task.Module, "agents in module")
            ?? (task.Epic is { } epic ? Limit(ground, RefusalCodes.EpicLimit, limits.PerEpic, LimitKind.Epic, epic, "agents in epic") : null)
            ?? (agentType is { } type && limits.PerType.TryGetValue(type, out var most) ? Limit(ground, RefusalCodes.TypeLimit, most, LimitKind.Type, type, "agents of type") : null)
            ?? (provider is { } maker && limits.PerProvider.TryGetValue(maker, out var share) ? Limit(ground, RefusalCodes.ProviderLimit, share, LimitKind.Provider, maker, "agents of provider") : null);
    }

    private static Obstacle? Limit(ClaimGround ground, string code, int most, LimitKind kind, string name, string what)
    {
        if (ground.Live.Running(kind, name) < most)
        {
            return null;
        }

        if (!ground.Reached.TryGetValue((kind, name), out var obstacle))
        {
            var reached = new LimitReached(ground, code, most, kind, name, what, ground.Live.All.Count);
            ground.Reached[(kind, name)] = obstacle = Obstacle.Of(code, reached, static about => about.Words());
        }

        return obstacle;
    }

    private static Obstacle? OfFiles(WorkTask task, FileSet files, ClaimGround ground) =>
        OfLeases(files, ground.Live, task.Id, ground.Clock) ?? OfReservations(task, files, ground);

    private static Obstacle? OfLeases(FileSet files, LiveLeases live, TaskId? own, LeaseClock clock) => live.FirstConflict(files, own) is not { } found ? null
        : Obstacle.Of(RefusalCodes.FileBusy, (found.Lease, found.Conflict, Clock: clock), static about => HeldBy(about.Lease, about.Clock, new(
            RefusalCodes.FileBusy,
            $"{about.Conflict.Theirs} is leased by {Who(about.Lease)} for {Ages.Text(Age(about.Lease, about.Clock))}",
            "Work on something else meanwhile, or ask the holder: interlock send")));

    private static Obstacle? OfReservations(WorkTask task, FileSet files, ClaimGround ground) => ground.ReservedBefore(task, files) is not { } found ? null
        : Obstacle.Of(RefusalCodes.Reserved, (found.Waiting, found.Pattern, ground.Clock), static about => new(
            RefusalCodes.Reserved,
            string.Create(CultureInfo.InvariantCulture, $"{about.Pattern} is reserved for task {about.Waiting.Id}, which {about.Waiting.Bypasses} claims have passed by"),
            "It starts after that task")
        {
            HolderTask = about.Waiting.Id,
            Age = about.Waiting.WaitingSince is { } since && about.Clock.Wall > since ? about.Clock.Wall - since : null,
        });

    private static Refusal HeldBy(Lease lease, LeaseClock clock, Refusal refusal) =>
        refusal with { Holder = lease.Agent, HolderTask = lease.Task, Age = Age(lease, clock) };

    private static TimeSpan Age(Lease lease, LeaseClock clock) =>
        clock.Wall > lease.AcquiredAt ? clock.Wall - lease.AcquiredAt : TimeSpan.Zero;

    private static string Who(Lease lease) => lease.Task is { } task ? $"{lease.Agent} (task {task})" : lease.Agent.Value;

    /// <param name="Among">How many leases there were: claims that follow in the same tick did not stand in the way.</param>
    private readonly record struct LimitReached(ClaimGround Ground, string Code, int Most, LimitKind Kind, string Name, string What, int Among)
    {
        public Refusal Words()
        {
            var holders = Ground.Live.Holders(Kind, Name, Among).ToList();
            var whose = Kind switch
            {
                LimitKind.Agents => What,
                LimitKind.Module or LimitKind.Epic => $"{What} '{Name}'",
                _ => $"{What} {Name}",
            };
            var refusal = new Refusal(
                Code,
                string.Create(CultureInfo.InvariantCulture, $"the limit of {Most} {whose} is reached: {string.Join(", ", holders.Select(Who))}"),
                "It starts when one of them ends");
            return holders.Count > 0 ? HeldBy(holders[0], Ground.Clock, refusal) : refusal;
        }
    }
}

/// <summary>What is looked up about a task before the rules are asked.</summary>
/// <param name="Holder">The task's own lease.</param>
/// <param name="Blocker">The first of its dependencies that has not merged.</param>
internal readonly record struct ClaimFacts(Lease? Holder, WorkTask? Blocker);
