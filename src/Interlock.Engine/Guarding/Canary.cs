namespace Interlock.Engine.Guarding;

/// <summary>Notices hooks that are silently off: something was edited, and nobody had asked. Sings once.</summary>
/// <param name="off">Gets the files that were edited unasked.</param>
internal sealed class Canary(Hatch hatch, Action<IReadOnlyList<string>> off)
{
    private bool settled;

    public void Edited(IReadOnlyList<string> paths)
    {
        // One question proves that the hooks are on; from then on what passes them is the watcher's to see.
        if (!settled && paths.Count > 0)
        {
            settled = true;
            if (hatch.Questions == 0)
            {
                off(paths);
            }
        }
    }
}
