using System.Globalization;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;

namespace Interlock.Domain.Leasing;

/// <summary>What a claim is decided on, read in the same transaction that will grant it.</summary>
/// <param name="Find">Any task by its id; null for one that does not exist.</param>
/// <param name="Live">Every live lease of the repository, holds included.</param>
/// <param name="Waiting">Open tasks that overlapping claims have passed by; only they can hold a reservation.</param>
/// <param name="Files">File set asked for; empty when unknown.</param>
/// <param name="IgnoreCase">Whether the repository's paths differ by case alone.</param>
public sealed record ClaimFacts(
    WorkTask Task,
    Func<TaskId, WorkTask?> Find,
    IReadOnlyList<Lease> Live,
    IReadOnlyList<WorkTask> Waiting,
    Limits Limits,
    LeaseClock Clock,
    FileSet Files,
    string? AgentType,
    bool IgnoreCase = false);

/// <summary>
/// The one place that says whether a task may be claimed. The claim itself, the scheduler and
/// <c>explain</c> all ask here, so they cannot disagree.
/// </summary>
public static class ClaimRules
{
    /// <summary>Null when the claim may be granted; else the first rule that forbids it.</summary>
    public static Refusal? Check(ClaimFacts facts) =>
        CheckTask(facts) ?? CheckHolder(facts) ?? CheckDependencies(facts) ?? CheckLimits(facts)
        ?? CheckFiles(facts.Files, facts.Live, facts.Task.Id, facts.Clock, facts.IgnoreCase, facts.Limits.Hot) ?? CheckReservations(facts);

    /// <summary>Null when no live lease but the task's own overlaps the files.</summary>
    /// <param name="hot">Files that two tasks may change at once. A person's hold counts for them all the same; empty when a hold asks.</param>
    public static Refusal? CheckFiles(FileSet files, IReadOnlyList<Lease> live, TaskId? own, LeaseClock clock, bool ignoreCase, FileSet hot)
    {
        var cold = files.Without(hot, ignoreCase);
        foreach (var lease in live)
        {
            if ((own is not null && lease.Task == own) || lease.Files.Count == 0)
            {
                continue;
            }

            var theirs = FileSet.Parse(lease.Files);
            var conflicting = lease.Kind == LeaseKind.Hold ? files.FirstConflict(theirs, ignoreCase) : cold.FirstConflict(theirs.Without(hot, ignoreCase), ignoreCase);
            if (conflicting is { } conflict)
            {
                var age = Age(lease, clock);
                return new Refusal(
                    RefusalCodes.FileBusy,
                    $"{conflict.Theirs} is leased by {Who(lease)} for {Ages.Text(age)}",
                    "Work on something else meanwhile, or ask the holder: interlock send") with
                {
                    Holder = lease.Agent,
                    HolderTask = lease.Task,
                    Age = age,
                };
            }
        }

        return null;
    }

    private static Refusal? CheckTask(ClaimFacts facts)
    {
        var task = facts.Task;
        return task switch
        {
            { State: TaskState.Merged } => new Refusal(RefusalCodes.NotOpen, $"task {task.Id} is completed", "Ask for another: interlock next"),
            { State: TaskState.Cancelled } => new Refusal(RefusalCodes.NotOpen, $"task {task.Id} is cancelled", $"Open it again: interlock retry {task.Id}"),
            { State: TaskState.Submitted or TaskState.Merging } => new Refusal(RefusalCodes.NotOpen, $"task {task.Id} is submitted and in review", "Wait for the verdict: interlock status"),
            { State: TaskState.Dead } => new Refusal(RefusalCodes.Held, $"task {task.Id} needs a person: {task.LastError}", $"When it is settled: interlock retry {task.Id}"),
            { HeldBecause: { } why } => new Refusal(RefusalCodes.Held, $"task {task.Id} is held back: {why}", "Mend the plan and run: interlock assign"),
            { IsWhole: true } => new Refusal(
                RefusalCodes.HasParts, $"task {task.Id} is done by its parts: {string.Join(", ", task.Parts!)}", $"Take one of those: interlock next; when none is to be done, interlock cancel {task.Id}"),
            { NotBefore: { } at } when at > facts.Clock.Wall => new Refusal(
                RefusalCodes.Backoff,
                string.Create(CultureInfo.InvariantCulture, $"task {task.Id} failed and waits another {Ages.Text(at - facts.Clock.Wall)}: {task.LastError}"),
                $"To start at once: interlock retry {task.Id}"),
            _ => null,
        };
    }

    private static Refusal? CheckHolder(ClaimFacts facts)
    {
        var lease = facts.Live.FirstOrDefault(lease => lease.Task == facts.Task.Id);
        if (lease is null)
        {
            return null;
        }

        var age = Age(lease, facts.Clock);
        return new Refusal(
            RefusalCodes.AlreadyClaimed,
            $"task {facts.Task.Id} is {(lease.Kind == LeaseKind.Hold ? "on hold by" : "claimed by")} {lease.Agent} for {Ages.Text(age)}",
            "Take another: interlock next") with
        {
            Holder = lease.Agent,
            HolderTask = lease.Task,
            Age = age,
        };
    }

    private static Refusal? CheckDependencies(ClaimFacts facts)
    {
        var open = facts.Task.Dependencies.Select(facts.Find).OfType<WorkTask>().Where(dependency => dependency.State != TaskState.Merged).ToList();
        if (open.Count == 0)
        {
            return null;
        }

        var named = string.Join(", ", open.Select(task => $"{task.Id} ({StatusWords.Of(task.State)})"));
        return new Refusal(RefusalCodes.DependenciesOpen, $"task {facts.Task.Id} waits for {named}", "Take one that is ready: interlock next") with
        {
            HolderTask = open[0].Id,
            Holder = open[0].AssignedAgent,
        };
    }

    private static Refusal? CheckLimits(ClaimFacts facts)
    {
        var running = facts.Live.Where(lease => lease is { Kind: LeaseKind.Task, InReview: false }).ToList();
        return Limit(RefusalCodes.AgentLimit, "agents", facts.Limits.Agents, running)
            ?? Limit(RefusalCodes.ModuleLimit, $"agents in module '{facts.Task.Module}'", facts.Limits.PerModule,
                [.. running.Where(lease => lease.Module == facts.Task.Module)])
            ?? (facts.Task.Epic is { } epic
                ? Limit(RefusalCodes.EpicLimit, $"agents in epic '{epic}'", facts.Limits.PerEpic, [.. running.Where(lease => lease.Epic == epic)])
                : null)
            ?? (facts.AgentType is { } type && facts.Limits.PerType.TryGetValue(type, out var most)
                ? Limit(RefusalCodes.TypeLimit, $"agents of type {type}", most, [.. running.Where(lease => lease.AgentType == type)])
                : null);

        Refusal? Limit(string code, string what, int most, IReadOnlyList<Lease> holders) => holders.Count < most
            ? null
            : new Refusal(
                code,
                string.Create(CultureInfo.InvariantCulture, $"the limit of {most} {what} is reached: {string.Join(", ", holders.Select(Who))}"),
                "It starts when one of them ends") with
            {
                Holder = holders.Count > 0 ? holders[0].Agent : null,
                HolderTask = holders.Count > 0 ? holders[0].Task : null,
                Age = holders.Count > 0 ? Age(holders[0], facts.Clock) : null,
            };
    }

    private static Refusal? CheckReservations(ClaimFacts facts)
    {
        foreach (var waiting in facts.Waiting)
        {
            if (waiting.Id == facts.Task.Id || Reservations.MayGoFirst(facts.Task, waiting) || !Reservations.Holds(waiting, facts.Limits, facts.Clock, facts.Find))
            {
                continue;
            }

            var theirs = FileSet.Parse(waiting.Files).Without(facts.Limits.Hot, facts.IgnoreCase);
            if (facts.Files.Without(facts.Limits.Hot, facts.IgnoreCase).FirstConflict(theirs, facts.IgnoreCase) is { } conflict)
            {
                return new Refusal(
                    RefusalCodes.Reserved,
                    string.Create(CultureInfo.InvariantCulture, $"{conflict.Theirs} is reserved for task {waiting.Id}, which {waiting.Bypasses} claims have passed by"),
                    "It starts after that task") with
                { HolderTask = waiting.Id };
            }
        }

        return null;
    }

    private static TimeSpan Age(Lease lease, LeaseClock clock) =>
        clock.Wall > lease.AcquiredAt ? clock.Wall - lease.AcquiredAt : TimeSpan.Zero;

    private static string Who(Lease lease) => lease.Task is { } task ? $"{lease.Agent} (task {task})" : lease.Agent.Value;
}
