using Interlock.Domain.Leasing;
using Interlock.Engine.Guarding;
using Interlock.Engine.Health;
using Interlock.Engine.Platform;
using Interlock.Engine.Stores;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Running;

/// <summary>What a run does beside its work: says that it is alive, makes copies of the store, and clears what the killed left: locks of git, half-written files and sockets.</summary>
internal sealed class Housekeeping(Workspace workspace, Repository repository, Action<RunNews> tell)
{
    private readonly HashSet<string> failing = [];
    private LeaseClock? beaten;

    /// <summary>This process as the one that vouches for its agents.</summary>
    public static Supervisor Self { get; } = new(ProcessIdentity.Current.Host, ProcessIdentity.Current.BootId, ProcessIdentity.Current.Pid, ProcessIdentity.Current.StartTicks);

    public void Tick()
    {
        var now = workspace.Protocol.Clock.Read();
        if (beaten is null || now.Monotonic - beaten.Monotonic >= Heartbeat.Every)
        {
            workspace.Protocol.Beat(Self);
            if (beaten is null)
            {
                Try("folders of agents' sockets could not be deleted", now.Wall, () => HatchFolder.ClearAbandoned(now.Wall));
            }

            beaten = now;
            Try("no copy of the state could be made", now.Wall, () => workspace.Backups.TakeIfDue(workspace.Store, now.Wall));
            Try("temporary files could not be deleted", now.Wall, () => TemporaryFiles.HalfWritten(workspace).ToList().ForEach(File.Delete));
            Try("locks that git left could not be removed", now.Wall, () => ClearLocks(now.Wall));
        }
    }

    private void ClearLocks(DateTimeOffset now)
    {
        foreach (var removed in GitLocks.Clear(repository, now))
        {
            workspace.Protocol.Note("git.lock-removed", removed);
            tell(new RunNews(now, "unlocked", null, null, removed));
        }
    }

    // What cannot be done is no reason to stop: it is told once.
    private void Try(string failure, DateTimeOffset now, Action act)
    {
        try
        {
            act();
            failing.Remove(failure);
        }
        catch (Exception error) when (error is StoreException or IOException or UnauthorizedAccessException)
        {
            if (failing.Add(failure))
            {
                tell(new RunNews(now, "WARNING", null, null, $"{failure}: {error.Message}"));
            }
        }
    }
}
