using Interlock.Engine.Verification;
using Interlock.Tests.Agents;

namespace Interlock.Tests.Verification;

public sealed class Checks : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly string folder = Directory.CreateTempSubdirectory("interlock-check-").FullName;
    private readonly IReadOnlyDictionary<string, string> environment = FakeAgent.Environment(Guid.NewGuid().ToString("N"));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Green_checks_all_run_in_order()
    {
        var outcomes = await RunAsync(new("types", Agent("work", "1.txt", "x"), Minute), new("lint", Agent("work", "2.txt", "x"), Minute));

        Assert.Equal(["types", "lint"], outcomes.Select(o => o.Name));
        Assert.All(outcomes, o => Assert.True(o.Passed));
        Assert.True(File.Exists(Path.Combine(folder, "2.txt")));
    }

    [Fact]
    public async Task The_first_red_check_is_the_last_to_run()
    {
        var outcomes = await RunAsync(new("types", Agent("fail", "2", "type error in a.ts"), Minute), new("lint", Agent("work", "2.txt", "x"), Minute));

        var red = Assert.Single(outcomes);
        Assert.Equal((false, 2, false), (red.Passed, red.ExitCode, red.TimedOut));
        Assert.Contains("type error in a.ts", File.ReadAllText(red.LogPath), StringComparison.Ordinal);
        Assert.Contains("type error in a.ts", red.Tail, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder, "2.txt")));
    }

    [Fact]
    public async Task A_check_over_its_time_is_red()
    {
        var red = Assert.Single(await RunAsync(new Check("slow", Agent("hang"), TimeSpan.FromMilliseconds(300))));

        Assert.Equal((false, true), (red.Passed, red.TimedOut));
    }

    [Fact]
    public async Task A_check_that_exits_well_only_because_it_was_stopped_is_red()
    {
        string[] command = ["/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.05; done"];

        var red = Assert.Single(await RunAsync(new Check("polite", command, TimeSpan.FromMilliseconds(300))));

        Assert.Equal((false, 0, true), (red.Passed, red.ExitCode, red.TimedOut));
    }

    [Fact]
    public async Task A_check_that_is_killed_or_does_not_exist_is_red()
    {
        Assert.Equal((false, 137), Short(Assert.Single(await RunAsync(new Check("dies", Agent("die"), Minute)))));
        Assert.Equal((false, 127), Short(Assert.Single(await RunAsync(new Check("none", ["/no/such/check"], Minute)))));
    }

    [Fact]
    public async Task A_flood_is_kept_to_ten_megabytes()
    {
        var outcome = Assert.Single(await RunAsync(new Check("../flood: all", Agent("flood", "12"), Minute)));

        Assert.True(outcome.Passed);
        // In four pieces, of which the oldest goes when the newest is full.
        var kept = Directory.GetFiles(Path.GetDirectoryName(outcome.LogPath)!, $"{Path.GetFileName(outcome.LogPath)}*");
        Assert.Equal(4, kept.Length);
        Assert.InRange(kept.Sum(piece => new FileInfo(piece).Length), (10 << 20) / 4 * 3, (10 << 20) + 100);
        Assert.Equal(Path.Combine(folder, "logs"), Path.GetDirectoryName(outcome.LogPath));
    }

    [Fact]
    public async Task A_check_sees_only_the_environment_it_is_given()
    {
        Environment.SetEnvironmentVariable("CHECK_CANARY", "leaked");

        await RunAsync(new Check("env", Agent("env", "CHECK_CANARY", "seen.txt"), Minute));

        Assert.Equal("", File.ReadAllText(Path.Combine(folder, "seen.txt")));
    }

    [Fact]
    public async Task Cancelling_stops_the_check_and_is_no_outcome()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new CheckRunner().RunAsync(
            folder, [new Check("hang", Agent("hang"), Minute)], Path.Combine(folder, "logs"), environment, stop.Token));
    }

    private static (bool Passed, int ExitCode) Short(CheckOutcome outcome) => (outcome.Passed, outcome.ExitCode);

    private static string[] Agent(params string[] verb) => [FakeAgent.Path, .. verb];

    private Task<IReadOnlyList<CheckOutcome>> RunAsync(params Check[] checks) =>
        new CheckRunner().RunAsync(folder, checks, Path.Combine(folder, "logs"), environment, CancellationToken.None);
}
