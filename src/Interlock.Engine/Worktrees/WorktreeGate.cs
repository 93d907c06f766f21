using Interlock.Engine.Platform;

namespace Interlock.Engine.Worktrees;

/// <summary>Held by whoever makes a worktree of that name, so that a sweep does not take it for the remains of a crash.</summary>
internal sealed class WorktreeGate : IDisposable
{
    private readonly FileGate gate;
    private readonly string path;

    private WorktreeGate(FileGate gate, string path) => (this.gate, this.path) = (gate, path);

    internal static async Task<WorktreeGate> TakeAsync(Repository repository, string name, CancellationToken cancellation)
    {
        var path = PathOf(repository, name);
        return new WorktreeGate(await FileGate.AcquireAsync(path, cancellation), path);
    }

    /// <summary>Null when somebody is making it.</summary>
    internal static WorktreeGate? TryTake(Repository repository, string name)
    {
        var path = PathOf(repository, name);
        return FileGate.TryAcquire(path) is { } gate ? new WorktreeGate(gate, path) : null;
    }

    public void Dispose()
    {
        // Deleted while held: whoever waits sees that its file has no name any more and starts over. Windows does not let go of an open file.
        if (!OperatingSystem.IsWindows())
        {
            File.Delete(path);
        }

        gate.Dispose();
    }

    private static string PathOf(Repository repository, string name) =>
        Path.Combine(PrivateFolder.Create(Path.Combine(repository.StateDir, "making")), name + ".lock");
}
