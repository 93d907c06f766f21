using Interlock.Domain.Leasing;
using Interlock.Domain.Liveness;
using Interlock.Engine.Configuration;
using Interlock.Engine.Platform;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Running;

/// <summary>The brake on starts, as configured.</summary>
public static class AdmissionRules
{
    public static Admission Of(InterlockConfig config) => new(config.Admission.Load, config.Admission.FreeMemory?.Bytes);

    /// <summary>Why runs start no agent while the disk of the worktrees is full; null while it is not. When the state is on it too, a claim says so.</summary>
    public static Refusal? CheckDisk(Workspace workspace, WorktreePool pool) => FreeSpace.IsLow(pool.Root) && !FreeSpace.IsLow(workspace.StateDir)
        ? new Refusal(RefusalCodes.NoSpace, $"less than 200 MB are free on the disk of '{pool.Root}', where agents work, so no run starts one", "Free some space, or set worktrees.root to a folder on another disk")
        : null;

    /// <summary>Why a run starts no further agent now; null when it may, or when nothing but an active run could say so and none is.</summary>
    public static Refusal? WhyNot(Workspace workspace)
    {
        if (workspace.Repository is { } repository && CheckDisk(workspace, new Recovery(workspace).Worktrees(repository)) is { } full)
        {
            return full;
        }

        if (!RunLock.IsHeld(workspace.StateDir))
        {
            return null;
        }

        // An outage only the run knows of. Who is at work the leases tell, also before it has looked for the first time.
        return RunSight.Read(workspace.StateDir)?.Brake is { Code: RefusalCodes.Outage } outage ? outage
            : Of(workspace.Config.Config).Check(MachineMeter.Read(), workspace.Store.Read(reader => reader.LiveLeases()).Count(lease => lease is { Kind: LeaseKind.Task, InReview: false }));
    }
}
