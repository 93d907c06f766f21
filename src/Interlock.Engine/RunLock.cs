using Interlock.Engine.Platform;

namespace Interlock.Engine;

/// <summary>Lets one coordinator run per repository. The kernel frees it when the process dies, however it dies.</summary>
public static class RunLock
{
    private const int Tries = 10;

    /// <summary>Null when another run holds it. Tries for a moment, because whoever only asks holds it for an instant too.</summary>
    public static FileGate? TryTake(string stateDir)
    {
        for (var turn = 1; turn < Tries; turn++)
        {
            if (FileGate.TryAcquire(PathIn(stateDir)) is { } gate)
            {
                return gate;
            }

            Thread.Sleep(20);
        }

        return FileGate.TryAcquire(PathIn(stateDir));
    }

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
