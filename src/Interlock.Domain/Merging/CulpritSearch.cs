namespace Interlock.Domain.Merging;

/// <summary>
/// Finds the first bad change of a red batch by halving. The batch is a chain: tip <c>i</c> holds the first <c>i</c> changes,
/// tip 0 is the branch. Each probe verifies one tip; a green one may land at once, as it is.
/// </summary>
/// <param name="Green">Highest tip known to be green; 0 is the branch itself.</param>
/// <param name="Red">Lowest tip that failed.</param>
/// <param name="Confirmed">Whether that tip failed twice; a single failure may be a flake.</param>
/// <param name="Sure">Lowest tip that failed twice.</param>
public sealed record CulpritSearch(int Green, int Red, bool Confirmed, int Sure)
{
    /// <summary>For a batch whose last tip failed twice.</summary>
    public static CulpritSearch Of(int changes) => new(0, changes, true, changes);

    /// <summary>True when the change at <see cref="Red"/> alone is to blame: the tip before it is green, its own is surely red.</summary>
    public bool IsFound => Confirmed && Red - Green == 1;

    /// <summary>The tip to verify next. It is <see cref="Red"/> itself when only the second failure is missing.</summary>
    public int Probe => Red - Green == 1 ? Red : (Green + Red) / 2;

    public CulpritSearch AfterGreen(int tip) => tip < Red ? this with { Green = tip } : new CulpritSearch(tip, Sure, true, Sure);

    public CulpritSearch AfterRed(int tip) => tip == Red
        ? this with { Confirmed = true, Sure = tip }
        : this with { Red = tip, Confirmed = false };
}
