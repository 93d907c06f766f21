using System.Text;
using Interlock.Tests.Faults.Inputs;
using Interlock.Tests.Leasing;

namespace Interlock.Tests.Faults;

/// <summary>Part T14: texts made of what readers look for, and good files damaged, for every reader; pairs of globs against enumeration.</summary>
public sealed class Any_text_for_any_reader(ITestOutputHelper output)
{
    private const int PatternsInARound = 100;

    [Fact]
    [Trait(Programme.Trait, "T14")]
    public void No_reader_throws_or_hangs_and_globs_overlap_as_enumeration_says()
    {
        var size = Programme.Size("T14", quick: 20_000, ci: 200_000, full: 2_000_000);
        var seed = Programme.Seed();
        var watchdog = new Watchdog(TimeSpan.FromSeconds(30));
        var each = (size / Readers.All.Count) + 1;
        for (var i = 0; i < Readers.All.Count; i++)
        {
            var reader = Readers.All[i];
            var random = new Random(seed + i);
            watchdog.Feed(reader.Name, Enumerable.Range(0, each).Select(_ => (Action)(() =>
            {
                var input = Input(reader, random);
                watchdog.Note(Convert.ToBase64String(input.AsSpan(0, Math.Min(input.Length, 2000))));
                reader.Read(input);
            })));
        }

        var (pairs, wrong) = (0L, new List<string>());
        for (var round = 0; pairs < size / 10; round++)
        {
            pairs += PatternEnumeration.Compare(seed + round, PatternsInARound, wrong);
        }

        Assert.True(watchdog.Faults.Count + wrong.Count == 0, $"seed {seed}\n{string.Join("\n\n", watchdog.Faults.Concat(wrong).Take(8))}");
        Programme.Report(
            "T14", seed, output,
            Figure.AtLeast("inputs", watchdog.Inputs, size),
            Figure.AtLeast("readers", Readers.All.Count, 40),
            Figure.None("unhandled exceptions and broken laws", watchdog.Unhandled),
            Figure.None("hangs", watchdog.Hangs),
            Figure.AtLeast("pairs of globs enumerated", pairs, size / 10),
            Figure.None("pairs judged otherwise than enumerated", wrong.Count));
    }

    [Fact]
    public void The_watchdog_tells_what_throws_and_what_hangs()
    {
        using var never = new ManualResetEventSlim();
        var watchdog = new Watchdog(TimeSpan.FromMilliseconds(20));

        watchdog.Feed("r", [() => throw new InvalidOperationException("boom"), () => never.Wait(TestContext.Current.CancellationToken)]);
        never.Set();

        Assert.Equal((1L, 1L), (watchdog.Unhandled, watchdog.Hangs));
        Assert.Contains("boom", watchdog.Faults[0], StringComparison.Ordinal);
        Assert.Contains("hangs", watchdog.Faults[1], StringComparison.Ordinal);
    }

    private static byte[] Input(Reader reader, Random random)
    {
        var seed = reader.Seeds[random.Next(reader.Seeds.Count)];
        if (random.Next(2) == 0)
        {
            return Mutations.Any(seed, random);
        }

        var made = new StringBuilder();
        for (var i = random.Next(24); i > 0; i--)
        {
            made.Append(reader.Grammar[random.Next(reader.Grammar.Length)]);
        }

        var bytes = Encoding.UTF8.GetBytes(made.ToString());
        return random.Next(4) == 0 ? [.. seed, .. bytes] : bytes;
    }
}
