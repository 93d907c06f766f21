using Interlock.Domain.Leasing;
using Interlock.Domain.Liveness;
using Interlock.Engine.Configuration;
using Interlock.Engine.Platform;

namespace Interlock.Engine.Running;

/// <summary>The brake on starts, as configured.</summary>
public static class AdmissionRules
{
    public static Admission Of(InterlockConfig config) => new(config.Admission.Load, config.Admission.FreeMemory?.Bytes);

    /// <summary>Why the active run starts no further agent now; null when it may, or none is active.</summary>
    public static Refusal? WhyNot(Workspace workspace)
    {
        if (!RunLock.IsHeld(workspace.StateDir))
        {
            return null;
        }

        // An outage only the run knows of. Who is at work the leases tell, also before it has looked for the first time.
        return RunSight.Read(workspace.StateDir)?.Brake is { Code: RefusalCodes.Outage } outage ? outage
            : Of(workspace.Config.Config).Check(MachineMeter.Read(), workspace.Store.Read(reader => reader.LiveLeases()).Count(lease => lease is { Kind: LeaseKind.Task, InReview: false }));
    }
}
