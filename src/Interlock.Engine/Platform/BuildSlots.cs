using System.Globalization;

namespace Interlock.Engine.Platform;

/// <summary>
/// Bounds how many heavy commands, checks and set-ups of worktrees, run at once in one repository, over all processes. A slot is a
/// lock file, so that it is free again when its holder dies.
/// </summary>
/// <param name="most">Asked each time, since the limit may change; null for none.</param>
public sealed class BuildSlots(string stateDir, Func<int?> most)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    public static BuildSlots Unlimited { get; } = new("", () => null);

    /// <summary>Waits for a slot; give it back by disposing it. Not to be taken by who holds one.</summary>
    public async Task<IDisposable?> TakeAsync(CancellationToken cancellation)
    {
        while (most() is { } slots)
        {
            if (TryTake(slots) is { } gate)
            {
                return gate;
            }

            await Task.Delay(Pause, cancellation);
        }

        return null;
    }

    private FileGate? TryTake(int slots)
    {
        var folder = PrivateFolder.Create(Path.Combine(stateDir, "builds"));
        for (var slot = 1; slot <= slots; slot++)
        {
            if (FileGate.TryAcquire(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{slot}.lock"))) is { } gate)
            {
                return gate;
            }
        }

        return null;
    }
}
