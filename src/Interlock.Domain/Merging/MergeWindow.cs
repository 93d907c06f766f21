namespace Interlock.Domain.Merging;

/// <summary>
/// How many changes are verified together. Grows by one with every green batch and halves with every red one; while
/// many of the latest changes were bad, batching costs more runs than it saves and each goes alone.
/// </summary>
/// <param name="Size">From 1 to the configured most.</param>
/// <param name="Latest">The newest outcomes of single changes, oldest first, at most 20: true when it landed.</param>
public sealed record MergeWindow(int Size, IReadOnlyList<bool> Latest)
{
    public const int DefaultMost = 8;
    private const int Remembered = 20;
    private const int Enough = 5;

    // One bad change in five: from here on a batch of two already costs more runs for each landed change than one alone.
    private const double TooManyBad = 0.2;

    public static MergeWindow Start { get; } = new(2, []);

    /// <summary>Share of bad changes among the latest; 0 while too few are known to say.</summary>
    public double BadShare => Latest.Count < Enough ? 0 : Latest.Count(landed => !landed) / (double)Latest.Count;

    /// <summary>The size to use now.</summary>
    public int Effective(int most) => BadShare > TooManyBad ? 1 : Math.Clamp(Size, 1, Math.Max(1, most));

    /// <param name="landed">Changes of the batch that landed.</param>
    public MergeWindow AfterGreen(int landed, int most) => new(Math.Clamp(Size + 1, 1, Math.Max(1, most)), Remember(landed, bad: 0));

    /// <param name="landed">Changes of the batch that landed before the culprit.</param>
    public MergeWindow AfterRed(int landed) => new(Math.Max(1, Size / 2), Remember(landed, bad: 1));

    // Also by value, not only by reference of the list.
    public bool Equals(MergeWindow? other) => other is not null && Size == other.Size && Latest.SequenceEqual(other.Latest);

    public override int GetHashCode() => HashCode.Combine(Size, Latest.Count);

    private List<bool> Remember(int landed, int bad) =>
        [.. Latest.Concat(Enumerable.Repeat(true, landed)).Concat(Enumerable.Repeat(false, bad)).TakeLast(Remembered)];
}
