using System.Security.Cryptography;
using System.Text;
using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Merging;
using Interlock.Engine.Stores;

namespace Interlock.Tests.Faults.Simulation;

/// <summary>
/// One seeded bug. The product has no switch for it: the simulation changes one answer that a rule gets, or one write that it
/// makes, so that the product behaves as if that rule were not in it.
/// </summary>
internal sealed record Mutant(string Name)
{
    public static Mutant None { get; } = new("none");

    public Func<World, MemoryTransaction, IStoreTransaction>? Alter { get; init; }
    public Func<World, IBranchGit>? Git { get; init; }
    public Func<HolderState, HolderState>? Probe { get; init; }
    public bool SkipsSaving { get; init; }
    public bool WrongMergeBase { get; init; }
    public bool ChecksAlwaysPass { get; init; }

    public static IReadOnlyList<Mutant> All { get; } =
    [
        Stored("no check of the fence", (_, inner) => new EndedLeasesCount(inner)),
        Stored("no check of the secret", (world, inner) => new AnySecretCounts(inner, world)),
        Stored("submitted work is still its holder's", (_, inner) => new ReviewIsOpen(inner)),
        Stored("limits counted outside of the transaction", (world, inner) => new LiveLeasesAsOf(inner, world)),
        Stored("holds do not count", (_, inner) => new SomeLive(inner, lease => lease.Kind != LeaseKind.Hold)),
        Stored("work does not count for a hold", (_, inner) => new SomeLive(inner, lease => lease.Kind == LeaseKind.Hold)),
        Stored("submitted files are free", (_, inner) => new SomeLive(inner, lease => !lease.InReview)),
        Stored("reservations do not count", (_, inner) => new NobodyWaits(inner)),
        Stored("expiry by the wall clock", (_, inner) => new ByWallClock(inner)),
        Stored("requests are not remembered", (_, inner) => new ForgetsResults(inner)),
        Stored("an event is missing", (_, inner) => new ForgetsEvents(inner, "task.failed")),
        Stored("a lease ends without its event", (_, inner) => new ForgetsEvents(inner, "lease.reclaimed")),
        Stored("fences begin again after a loss", (_, inner) => new ForgetsFences(inner)),
        Stored("dependencies do not count", (_, inner) => new EverythingMerged(inner)),
        Stored("the pause after a failure does not count", (_, inner) => new NoPauses(inner)),
        Stored("the lease stays after the landing", (_, inner) => new KeepsLeases(inner, "landed")),
        Stored("the task of a taken lease stays running", (_, inner) => new KeepsRunning(inner)),
        Stored("an intent is not stored", (_, inner) => new NoIntents(inner)),
        Stored("the returned landing stays open", (_, inner) => new KeepsLandings(inner)),
        Stored("the branch is not remembered", (_, inner) => new ForgetsTips(inner)),
        new("the dead and the living look alike") { Probe = state => state is HolderState.Alive ? HolderState.Dead : state },
        new("who cannot be probed is dead") { Probe = state => state is HolderState.Unknown ? HolderState.Dead : state },
        new("the living die for nobody") { Probe = state => state is HolderState.Dead ? HolderState.Alive : state },
        new("removed before it is saved") { SkipsSaving = true },
        new("the wrong merge base") { WrongMergeBase = true },
        new("red lands") { ChecksAlwaysPass = true },
        new("a failed swap means that it did not land") { Git = world => new BlindGit(world.Git) { NothingIsAncestor = true } },
        new("completed without its commit") { Git = world => new BlindGit(world.Git) { EverythingIsAncestor = true } },
        new("the branch is moved wherever it stands") { Git = world => new BlindGit(world.Git) { SwapsBlindly = true } },
        new("a rebased copy is not known again") { Git = world => new BlindGit(world.Git) { FindsNoCopy = true } },
    ];

    private static Mutant Stored(string name, Func<World, MemoryTransaction, IStoreTransaction> alter) => new(name) { Alter = alter };

    private sealed class EndedLeasesCount(MemoryTransaction inner) : Altered(inner)
    {
        public override Lease? FindLease(long fence) => Inner.FindLease(fence) is { } lease && !Inner.LiveLeases().Any(live => live.Task == lease.Task) ? lease with { Live = true } : Inner.FindLease(fence);
    }

    private sealed class AnySecretCounts(MemoryTransaction inner, World world) : Altered(inner)
    {
        public override Lease? FindLease(long fence) => Inner.FindLease(fence) is { } lease && world.Presented is { } token
            ? lease with { SecretHash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token.Secret))) }
            : Inner.FindLease(fence);
    }

    private sealed class ReviewIsOpen(MemoryTransaction inner) : Altered(inner)
    {
        public override Lease? FindLease(long fence) => Inner.FindLease(fence) is { } lease ? lease with { InReview = false } : null;
    }

    // What was live when somebody looked a moment ago.
    private sealed class LiveLeasesAsOf(MemoryTransaction inner, World world) : Altered(inner)
    {
        public override IReadOnlyList<Lease> LiveLeases() => world.Judge.Earlier?.Live ?? Inner.State.Live;
    }

    private sealed class SomeLive(MemoryTransaction inner, Func<Lease, bool> counts) : Altered(inner)
    {
        public override IReadOnlyList<Lease> LiveLeases() => [.. Inner.LiveLeases().Where(counts)];
    }

    private sealed class NobodyWaits(MemoryTransaction inner) : Altered(inner)
    {
        public override IReadOnlyList<WorkTask> WaitingTasks() => [];
    }

    private sealed class ByWallClock(MemoryTransaction inner) : Altered(inner)
    {
        public override Lease? FindLease(long fence) => Inner.FindLease(fence) is { } lease ? Wall(lease) : null;

        public override IReadOnlyList<Lease> LiveLeases() => [.. Inner.LiveLeases().Select(Wall)];

        private static Lease Wall(Lease lease) => lease with { ClockBoot = "another" };
    }

    private sealed class ForgetsResults(MemoryTransaction inner) : Altered(inner)
    {
        public override void SaveResult(string request, string result, DateTimeOffset at)
        {
        }
    }

    private sealed class ForgetsEvents(MemoryTransaction inner, string forgotten) : Altered(inner)
    {
        public override void Append(DateTimeOffset at, string kind, string message, TaskId? task = null, AgentId? agent = null, long? fence = null)
        {
            if (kind == forgotten)
            {
                Inner.ForgetRows();
                return;
            }

            base.Append(at, kind, message, task, agent, fence);
        }
    }

    private sealed class ForgetsFences(MemoryTransaction inner) : Altered(inner)
    {
        public override void SkipFences(long upTo)
        {
        }
    }

    private sealed class EverythingMerged(MemoryTransaction inner) : Altered(inner)
    {
        private bool asked;

        // The first task a claim asks for is its own; those after it are what it depends on.
        public override WorkTask? FindTask(TaskId id)
        {
            var task = Inner.FindTask(id);
            var first = !asked;
            asked = true;
            return first || task is not { IsOpen: true } ? task : task with { State = TaskState.Merged };
        }
    }

    private sealed class NoPauses(MemoryTransaction inner) : Altered(inner)
    {
        public override WorkTask? FindTask(TaskId id) => Inner.FindTask(id) is { } task ? task with { NotBefore = null } : null;
    }

    private sealed class KeepsLeases(MemoryTransaction inner, string because) : Altered(inner)
    {
        public override void Put(Lease lease) => base.Put(lease.EndedBecause == because ? lease with { Live = true } : lease);
    }

    private sealed class KeepsRunning(MemoryTransaction inner) : Altered(inner)
    {
        public override void Put(WorkTask task) => base.Put(Inner.FindTask(task.Id) is { State: TaskState.Running } && task.State == TaskState.Ready ? task with { State = TaskState.Running } : task);
    }

    private sealed class NoIntents(MemoryTransaction inner) : Altered(inner)
    {
        public override void Put(Landing landing) => base.Put(landing.State == LandingState.Merging ? landing with { State = LandingState.Submitted } : landing);
    }

    private sealed class KeepsLandings(MemoryTransaction inner) : Altered(inner)
    {
        public override void Put(Landing landing) => base.Put(landing.State == LandingState.Returned ? landing with { State = LandingState.Submitted } : landing);
    }

    // Where it was left is not known, so a rewrite is never seen.
    private sealed class ForgetsTips(MemoryTransaction inner) : Altered(inner)
    {
        public override BranchState? FindBranch(string fullRef) => null;

        public override IReadOnlyList<BranchState> Branches() => [];
    }
}
