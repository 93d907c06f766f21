using Interlock.Domain.Health;
using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Stores;

namespace Interlock.Tests.Faults.Simulation;

/// <summary>What may become what, what may land, and what must have come to an end.</summary>
internal sealed partial class Judge
{
    // Which events may open what was done, and which may call something done.
    private static readonly HashSet<string> Undoing = ["task.undone", "task.uprooted", "task.reopened-by-hand"];
    private static readonly HashSet<string> Completing = ["task.landed", "task.completed-by-hand", "task.completed-without-code", "task.completed-by-parts"];
    private static readonly HashSet<string> Reviewing = ["task.submitted", "task.approved", "task.undo-asked", "landing.withdrawn", "landing.intended"];
    private static readonly HashSet<string> LeavingReview = ["task.landed", "task.returned", "task.dead", "task.cancelled"];

    private readonly HashSet<TaskId> landedBefore = [];

    /// <summary>Each move of the branch by the queue.</summary>
    public void Swapped(string fullRef, string? old, string next)
    {
        if (old is null)
        {
            return;
        }

        Require(world.Git.IsAncestor(old, next), "S5", $"the branch was moved from {old} to {next} and lost commits");
        Require(world.Checks.HasPassed(next) && !SimulatedChecks.IsRed(world.Git.Commit(next)), "S6", $"{next} lands, and it was not what the checks passed");
        foreach (var commit in world.Git.Log(next).TakeWhile(commit => commit.Id != old))
        {
            KeepsAll(commit);
        }

        Once(next);
    }

    /// <summary>The faults have stopped and everything had its time.</summary>
    public void AtTheEnd()
    {
        var state = world.File.State;
        foreach (var task in state.Tasks.Where(task => !task.IsFinished && world.IsTold))
        {
            world.Say($"left: {task.Id}, {task.State}, {string.Join(' ', task.Files)}: {task.LastError ?? world.Protocol.WhyNot(task.Id)?.Message}");
        }

        foreach (var task in state.Tasks)
        {
            Require(task.IsFinished || Waits(state, task, []), "L1", $"task {task.Id} is {task.State} and waits for nobody: {task.LastError} {world.Protocol.WhyNot(task.Id)?.Message}");
        }

        var tip = world.Git[World.Target];
        foreach (var task in state.Tasks.Where(task => task is { State: TaskState.Merged, CompletedHow: "landed" }))
        {
            Require(task.Commit is not null && tip is not null && world.Git.Has(task.Commit) && world.Git.IsAncestor(task.Commit, tip), "S5", $"task {task.Id} is completed, and {task.Commit} is not on the branch");
        }

        var undone = world.Git.Log(tip).Where(commit => commit.Undoes).Select(commit => commit.Task).ToHashSet();
        foreach (var commit in world.Git.Log(tip).Where(commit => commit is { Fence: not null, Undoes: false } && !undone.Contains(commit.Task)))
        {
            Require(landedBefore.Contains(commit.Task!.Value) || state.Find(commit.Task!.Value) is { State: TaskState.Merged }, "S5", $"{commit.Id} of task {commit.Task} is on the branch, and the task is {state.Find(commit.Task!.Value)?.State}");
        }

        Doctor(state);
        if (world.Chance.Next(16) == 0)
        {
            Replay();
        }
    }

    /// <summary>L1: right after a look at the leases no dead process has one.</summary>
    public void NobodyDeadHolds() => Require(
        !world.File.State.Live.Any(lease => !lease.InReview && world.TrueState(lease) == HolderState.Dead), "L1", "a dead process still has a lease");

    /// <summary>From here on a person's choice may put a task twice on the branch.</summary>
    public void Excuse(TaskId task) => landedBefore.Add(task);

    private void Doctor(MemoryState state)
    {
        var view = new StateView(state.Tasks, [.. state.Leases.Values], [.. state.Landings.Values], world.Options.Limits, state.LastFence + 1);
        var findings = Invariants.Check(view);
        Require(findings.Count == 0, "doctor", string.Join("; ", findings));
    }

    private void Replay()
    {
        var different = new MemoryStore(world.File).Read(reader => EventReplay.Until(reader, reader.Revision).DifferencesTo(reader.Rows()));
        Require(different.Count == 0, "A1", $"the log and the rows differ in {string.Join(", ", different)}");
    }

    // A person, or something that waits for a person.
    private bool Waits(MemoryState state, WorkTask task, HashSet<TaskId> seen) => seen.Add(task.Id) && (
        (task.State == TaskState.Dead && task.LastError is not null)
        || task.HeldBecause is not null
        || (task.State is TaskState.Submitted && state.Branches.Values.Any(branch => branch.Pause is not null || branch.RedTip is not null))
        || (task.IsOpen && state.Live.Any(lease => lease.Task is { } id && id != task.Id && Overlap(lease.Files, task.Files) && state.Find(id) is { } holder && Waits(state, holder, seen)))
        || (task.IsOpen && world.Protocol.WhyNot(task.Id) is { Code: RefusalCodes.Reserved, HolderTask: { } first } && state.Find(first) is { } waiting && Waits(state, waiting, seen))
        || (task.IsOpen && task.Dependencies.Select(state.Find).Any(before => before is { State: TaskState.Cancelled or TaskState.Dead } || (before is not null && !before.IsFinished && Waits(state, before, seen)))));

    private void Event(MemoryState before, MemoryState after, MemoryEvent entry)
    {
        var line = entry.Line;
        if (line.Kind == "task.claimed")
        {
            Claimed(before, after, after.Leases[line.Fence!.Value]);
        }
        else if (line is { Kind: "lease.reclaimed", Fence: { } fence } && before.Leases.TryGetValue(fence, out var lease))
        {
            var state = world.TrueState(lease);
            var silence = lease.Supervisor is { } holder ? before.Beats.GetValueOrDefault(holder)?.Age(world.Now) : null;
            var expired = lease.ClockBoot == world.Boot ? world.Now.Monotonic >= lease.Deadline : world.Now.Wall >= lease.ExpiresAt;
            Require(
                state == HolderState.Dead || (expired && state != HolderState.Alive) || (state == HolderState.Unknown && silence >= TimeSpan.FromSeconds(120)),
                "S4", $"the lease with fence {Text(fence)} was taken from {lease.Agent}, who is {state} and has time left");
        }
    }

    private void Claimed(MemoryState before, MemoryState after, Lease lease)
    {
        var task = before.Find(lease.Task!.Value)!;
        Require(task is { IsOpen: true, HeldBecause: null }, "S1", $"task {task.Id} was claimed while {task.State}");
        Require(task.NotBefore is null || task.NotBefore <= world.Now.Wall, "S1", $"task {task.Id} was claimed before its pause was over");
        Require(task.Dependencies.All(id => before.Find(id) is not { State: not TaskState.Merged }), "S5", $"task {task.Id} was claimed before what it depends on had landed");
        bypasses.Remove(task.Id);
        foreach (var other in before.Tasks.Where(other => other.Id != task.Id))
        {
            if (!IsKeptWaiting(before, other))
            {
                bypasses.Remove(other.Id);
            }
            else if (Overlap(lease.Files, other.Files) && task.WaitingSince is null && !other.Dependencies.Contains(task.Id))
            {
                bypasses[other.Id] = bypasses.GetValueOrDefault(other.Id) + 1;
                Require(bypasses[other.Id] <= world.Options.Limits.Bypasses, "L2", $"task {other.Id} was passed by {Text(bypasses[other.Id])} times");
            }
        }
    }

    private bool IsKeptWaiting(MemoryState state, WorkTask task) => task is { IsOpen: true, WaitingSince: not null, HeldBecause: null, IsWhole: false }
        && (task.NotBefore is null || task.NotBefore <= world.Now.Wall) && task.Dependencies.All(id => state.Find(id) is not { State: not TaskState.Merged });

    private static void Moves(MemoryState before, MemoryState after)
    {
        var kinds = new Lazy<HashSet<string>>(() => [.. after.Events.Skip(before.Events.Count).Select(entry => entry.Line.Kind)]);
        foreach (var task in after.Tasks)
        {
            var was = before.Find(task.Id)?.State ?? TaskState.Ready;
            if (was == task.State)
            {
                continue;
            }

            Require(was != TaskState.Merged || kinds.Value.Overlaps(Undoing), "S5", $"task {task.Id} was completed and became {task.State} by {string.Join(", ", kinds.Value)}");
            Require(task.State != TaskState.Merged || kinds.Value.Overlaps(Completing), "S5", $"task {task.Id} was called completed by {string.Join(", ", kinds.Value)}");
            Require(task.State is not (TaskState.Submitted or TaskState.Merging) || kinds.Value.Overlaps(Reviewing), "S5", $"task {task.Id} became {task.State} by {string.Join(", ", kinds.Value)}");
            Require(was is not (TaskState.Submitted or TaskState.Merging) || task.State is TaskState.Submitted or TaskState.Merging || kinds.Value.Overlaps(LeavingReview), "S5", $"task {task.Id} left its review by {string.Join(", ", kinds.Value)}");
        }

        Rows(after);
    }

    // What a row says must be what the others say.
    private static void Rows(MemoryState state)
    {
        foreach (var task in state.Tasks)
        {
            var lease = state.Live.FirstOrDefault(live => live.Task == task.Id && live.Kind == LeaseKind.Task);
            var landings = state.Landings.Values.Where(landing => landing.Task == task.Id && landing.State is LandingState.Submitted or LandingState.Merging).ToList();
            Require(task.State != TaskState.Running || lease is { InReview: false }, "S1", $"task {task.Id} is running without a lease");
            Require(lease is null || lease.InReview == task.State is TaskState.Submitted or TaskState.Merging, "S1", $"task {task.Id} is {task.State} and {lease?.Agent} has a lease on it");
            Require(lease is null || lease.InReview || task.State == TaskState.Running, "S1", $"task {task.Id} is {task.State} and {lease?.Agent} works on it");
            Require(landings.Count == (task.State is TaskState.Submitted or TaskState.Merging ? 1 : 0), "S5", $"task {task.Id} is {task.State} with {Text(landings.Count)} open landings");
        }
    }

    // S5: nothing is on the branch twice.
    private void Once(string tip)
    {
        var fences = new HashSet<long>();
        var works = new Dictionary<TaskId, int>();
        foreach (var commit in world.Git.Log(tip).Where(commit => commit.Fence is not null))
        {
            Require(fences.Add(commit.Fence!.Value), "S5", $"the work of fence {Text(commit.Fence.Value)} is twice on the branch");
            works[commit.Task!.Value] = works.GetValueOrDefault(commit.Task!.Value) + (commit.Undoes ? -1 : 1);
        }

        foreach (var (task, count) in works)
        {
            Require(count <= 1 || landedBefore.Contains(task), "S5", $"task {task} landed {Text(count)} times");
        }
    }

    // What was there is still there, under what is new; only an undo or a repair takes something away.
    private void KeepsAll(SimulatedCommit commit)
    {
        if (commit.Undoes || commit.Parent is null)
        {
            return;
        }

        foreach (var (path, text) in world.Git.Commit(commit.Parent).Tree)
        {
            var now = commit.Tree.GetValueOrDefault(path) ?? "";
            Require(
                now.Replace("!", "", StringComparison.Ordinal).StartsWith(text.Replace("!", "", StringComparison.Ordinal), StringComparison.Ordinal),
                "S6", $"{commit.Id} lost what {path} held: '{text}' became '{now}'");
        }
    }
}
