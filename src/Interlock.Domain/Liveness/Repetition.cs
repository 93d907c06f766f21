namespace Interlock.Domain.Liveness;

/// <summary>The same few things, again and again.</summary>
/// <param name="What">In words.</param>
/// <param name="Times">How often it came again.</param>
/// <param name="Since">When the first of them came.</param>
/// <param name="IsTool">Tool calls with equal answers; else lines of output.</param>
public sealed record Repeated(string What, int Times, TimeSpan Since, bool IsTool);

/// <summary>
/// Notices when what an agent does is what it just did: one to three things in turn. Whatever it is told, it holds no more than a
/// few dozen numbers.
/// </summary>
/// <param name="isTool">Whether tool calls are counted, or lines.</param>
public sealed class Repetition(bool isTool)
{
    /// <summary>So many different things in turn are still a circle.</summary>
    public const int Circle = 3;

    private const int Remembered = 64;
    private readonly ulong[] recent = new ulong[Remembered];
    private readonly ulong[] circle = new ulong[Circle];
    private int place;
    private int turn;
    private int times;
    private TimeSpan since;
    private string what = "";

    /// <summary>Things that were unlike the last dozens before them.</summary>
    public long News { get; private set; }

    /// <summary>Null until something comes again.</summary>
    public Repeated? Now => times == 0 ? null : new Repeated(what, times, since, isTool);

    /// <summary>One more.</summary>
    /// <param name="print">Equal for equal things.</param>
    /// <param name="words">What a person is shown of it.</param>
    public void Note(ulong print, string words, TimeSpan at)
    {
        // Zero marks a free place.
        print = print == 0 ? 1 : print;
        if (Array.IndexOf(recent, print) < 0)
        {
            recent[place++ % Remembered] = print;
            News++;
        }

        if (Array.IndexOf(circle, print) >= 0)
        {
            times++;
        }
        else
        {
            circle[turn++ % Circle] = print;
            (times, since) = (0, at);
        }

        what = words;
    }
}
