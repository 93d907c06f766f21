using System.Globalization;
using System.Text.Json;

namespace Interlock.Tests.Faults;

/// <summary>
/// What every part of the fault programme shares: how large it runs, from which seed, and how it says what it did.
/// Each part is a test with the trait <c>programme</c> = its name, so <c>ci/faults</c> can run one alone.
/// </summary>
/// <remarks>
/// <c>INTERLOCK_FAULTS_&lt;NAME&gt;</c> is a size for one part; <c>INTERLOCK_FAULTS_SIZE</c> is <c>full</c> or <c>ci</c> for all; without both
/// a part runs small enough for every build. <c>INTERLOCK_FAULTS_SEED</c> plays a run again. <c>INTERLOCK_FAULTS_REPORT</c> names a
/// file that gets one JSON line a part.
/// </remarks>
internal static class Programme
{
    public const string Trait = "programme";

    private static readonly Lock Gate = new();

    /// <summary>How many schedules, claims, kills or inputs this run of a part is asked for.</summary>
    public static int Size(string part, int quick, int ci, int full) =>
        int.TryParse(Environment.GetEnvironmentVariable($"INTERLOCK_FAULTS_{part}"), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked
        : Environment.GetEnvironmentVariable("INTERLOCK_FAULTS_SIZE") switch { "full" => full, "ci" => ci, _ => quick };

    /// <summary>The first seed of this run; by chance unless given.</summary>
    public static int Seed() =>
        int.TryParse(Environment.GetEnvironmentVariable("INTERLOCK_FAULTS_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next(1_000_000_000);

    /// <summary>Prints seed and counts, hands them to <c>ci/faults</c>, and fails when a count is below its figure.</summary>
    public static void Report(string part, int seed, ITestOutputHelper output, params Figure[] figures)
    {
        output.WriteLine($"{part}: seed {seed}; {string.Join("; ", figures.Select(figure => $"{figure.What} {figure.Count.ToString(CultureInfo.InvariantCulture)}"))}");
        if (Environment.GetEnvironmentVariable("INTERLOCK_FAULTS_REPORT") is { Length: > 0 } path)
        {
            using var text = new MemoryStream();
            using (var json = new Utf8JsonWriter(text))
            {
                json.WriteStartObject();
                json.WriteString("part", part);
                json.WriteNumber("seed", seed);
                json.WriteStartArray("figures");
                foreach (var figure in figures)
                {
                    json.WriteStartObject();
                    json.WriteString("what", figure.What);
                    json.WriteNumber("count", figure.Count);
                    json.WriteNumber("least", figure.Least);
                    json.WriteNumber("most", figure.Most);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            lock (Gate)
            {
                File.AppendAllText(path, System.Text.Encoding.UTF8.GetString(text.ToArray()) + "\n");
            }
        }

        foreach (var figure in figures)
        {
            Assert.True(figure.Count >= figure.Least, $"{part}, seed {seed}: {figure.What} {figure.Count} is below {figure.Least}");
            Assert.True(figure.Count <= figure.Most, $"{part}, seed {seed}: {figure.What} {figure.Count} is above {figure.Most}");
        }
    }
}

/// <summary>One number of a part, with the bounds between which the part counts as passed.</summary>
internal sealed record Figure(string What, long Count, long Least = 0, long Most = long.MaxValue)
{
    /// <summary>Something that must never happen.</summary>
    public static Figure None(string what, long count) => new(what, count, Most: 0);

    /// <summary>Something that must have happened at least so often, or the part proves less than it says.</summary>
    public static Figure AtLeast(string what, long count, long least) => new(what, count, least);
}
