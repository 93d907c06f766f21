namespace Interlock.Domain.Spending;

/// <summary>What a model read and wrote, counted in one way for every CLI: each token stands in exactly one of the first four numbers.</summary>
/// <param name="Input">Fresh input, neither read from a cache nor written to one.</param>
/// <param name="CachedInput">Input read from the provider's cache.</param>
/// <param name="CacheWrite">Input written to the provider's cache.</param>
/// <param name="Output">Everything written, reasoning included.</param>
/// <param name="Reasoning">The part of <paramref name="Output"/> that was reasoning, where the CLI tells.</param>
/// <param name="Turns">Answers of the model.</param>
public sealed record Usage(long Input = 0, long CachedInput = 0, long CacheWrite = 0, long Output = 0, long Reasoning = 0, int Turns = 0)
{
    /// <summary>Nothing at all.</summary>
    public static Usage None { get; } = new();

    /// <summary>Tokens a CLI counts without saying what they were; they have no price.</summary>
    public long Unsplit { get; init; }

    /// <summary>All tokens together.</summary>
    public long Tokens => Input + CachedInput + CacheWrite + Output + Unsplit;

    /// <summary>Both together.</summary>
    public static Usage operator +(Usage left, Usage right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new Usage(
            left.Input + right.Input, left.CachedInput + right.CachedInput, left.CacheWrite + right.CacheWrite,
            left.Output + right.Output, left.Reasoning + right.Reasoning, left.Turns + right.Turns)
        { Unsplit = left.Unsplit + right.Unsplit };
    }

    /// <summary>
    /// What was added to a running total. A total that went down is that of a session which began anew, so all of it was added.
    /// </summary>
    public Usage Since(Usage before)
    {
        ArgumentNullException.ThrowIfNull(before);
        return Tokens < before.Tokens ? this : new Usage(
            Grown(Input, before.Input), Grown(CachedInput, before.CachedInput), Grown(CacheWrite, before.CacheWrite),
            Grown(Output, before.Output), Grown(Reasoning, before.Reasoning), (int)Grown(Turns, before.Turns))
        { Unsplit = Grown(Unsplit, before.Unsplit) };
    }

    private static long Grown(long now, long before) => Math.Max(0, now - before);
}
