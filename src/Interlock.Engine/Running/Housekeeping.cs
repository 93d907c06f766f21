using Interlock.Domain.Leasing;
using Interlock.Engine.Platform;
using Interlock.Engine.Stores;

namespace Interlock.Engine.Running;

/// <summary>What a run does beside its work: says that it is alive, and makes copies of the store.</summary>
internal sealed class Housekeeping(Workspace workspace, Action<RunNews> tell)
{
    private LeaseClock? beaten;
    private bool backupsFail;

    /// <summary>This process as the one that vouches for its agents.</summary>
    public static Supervisor Self { get; } = new(ProcessIdentity.Current.Host, ProcessIdentity.Current.BootId, ProcessIdentity.Current.Pid, ProcessIdentity.Current.StartTicks);

    public void Tick()
    {
        var now = workspace.Protocol.Clock.Read();
        if (beaten is null || now.Monotonic - beaten.Monotonic >= Heartbeat.Every)
        {
            workspace.Protocol.Beat(Self);
            beaten = now;
            BackUp(now.Wall);
        }
    }

    // A copy that cannot be made is no reason to stop: it is told once.
    private void BackUp(DateTimeOffset now)
    {
        try
        {
            workspace.Backups.TakeIfDue(workspace.Store, now);
            backupsFail = false;
        }
        catch (Exception error) when (error is StoreException or IOException or UnauthorizedAccessException)
        {
            if (!backupsFail)
            {
                tell(new RunNews(now, "WARNING", null, null, $"no copy of the state could be made: {error.Message}"));
            }

            backupsFail = true;
        }
    }
}
