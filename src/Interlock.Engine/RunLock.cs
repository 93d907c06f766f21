using Interlock.Engine.Platform;

namespace Interlock.Engine;

/// <summary>Lets one coordinator run per repository. The kernel frees it when the process dies, however it dies.</summary>
public static class RunLock
{
    public static FileGate? TryTake(string stateDir) => FileGate.TryAcquire(PathIn(stateDir));

    public static bool IsHeld(string stateDir)
    {
        if (!File.Exists(PathIn(stateDir)))
        {
            return false;
        }

        using var gate = FileGate.TryAcquire(PathIn(stateDir));
        return gate is null;
    }

    private static string PathIn(string stateDir) => Path.Combine(stateDir, "run.lock");
}
