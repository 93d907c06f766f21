using Interlock.Domain.Verification;

namespace Interlock.Tests.Verification;

public sealed class Flaky_checks : IDisposable
{
    private readonly VerifierBench bench = new();

    // Red when it is asked for the first time, green ever after.
    private string Flaky(string name) => VerifierBench.Check(name, $"{bench.Note(name)}; test -e {bench.Marks}/{name}.seen || {{ echo so red; touch {bench.Marks}/{name}.seen; exit 1; }}", """, "cache": false""");

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task Red_then_green_in_the_same_state_passes_and_is_told()
    {
        var verdict = await bench.VerifyAsync(Flaky("test"));

        Assert.Equal((true, 2), (verdict.Passed, verdict.Runs));
        Assert.Equal(["test"], verdict.Flakes);
        var row = Assert.Single(bench.Workspace.Store.Read(reader => reader.LatestRuns("test", 10)));
        Assert.Equal((CheckResult.Flaky, 2), (row.Result, row.Runs));
        Assert.Contains("so red", File.ReadAllText(row.Log!), StringComparison.Ordinal);
        Assert.Equal(["check.flaky"], bench.EventKinds());
        Assert.Contains(row.Log!, Assert.Single(bench.News, news => news.Kind == "flaky").Text, StringComparison.Ordinal);
        Assert.Equal("check 'test' was flaky 1 time in its last 1 run", Assert.Single(bench.Workspace.Protocol.FlakyChecks()).ToString());
    }

    [Fact]
    public async Task Green_only_on_what_the_red_run_left_behind_is_red()
    {
        var verdict = await bench.VerifyAsync(VerifierBench.Check("test", "test -e left || { touch left; exit 1; }"));

        Assert.Equal((false, 2), (verdict.Passed, verdict.Runs));
        Assert.Empty(verdict.Flakes);
    }

    [Fact]
    public async Task Each_check_has_one_second_chance()
    {
        var verdict = await bench.VerifyAsync($"{Flaky("lint")}, {Flaky("test")}");

        Assert.Equal((true, 3), (verdict.Passed, verdict.Runs));
        Assert.Equal(["lint", "test"], verdict.Flakes);
        Assert.Equal((3, 2), (bench.Times("lint"), bench.Times("test")));
    }

    [Fact]
    public async Task A_flake_beside_a_red_check_lets_nothing_pass()
    {
        var verdict = await bench.VerifyAsync($"{Flaky("lint")}, {VerifierBench.Check("test", "false")}");

        Assert.False(verdict.Passed);
        Assert.Equal(["lint"], verdict.Flakes);
        Assert.Contains("'test'", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Three_flakes_in_fifty_runs_are_a_warning()
    {
        for (var i = 1; i <= 3; i++)
        {
            Assert.DoesNotContain(bench.News, news => news.Kind == "WARNING");
            await bench.VerifyAsync(Flaky("test"));
            File.Delete(Path.Combine(bench.Marks, "test.seen"));
        }

        Assert.Contains("flaky 3 times in its last 3 runs", Assert.Single(bench.News, news => news.Kind == "WARNING").Text, StringComparison.Ordinal);
        Assert.True(Assert.Single(bench.Workspace.Protocol.FlakyChecks()).IsLoud);
    }

    [Fact]
    public async Task Flakes_are_forgotten_after_fifty_runs()
    {
        await bench.VerifyAsync(Flaky("test"));
        var protocol = bench.Workspace.Protocol;
        for (var i = 0; i < Flakiness.Window - 1; i++)
        {
            Assert.Equal(1, protocol.RecordCheck(Green(), "label").Flakes);
        }

        Assert.Equal(0, protocol.RecordCheck(Green(), "label").Flakes);
        Assert.Empty(protocol.FlakyChecks());

        static CheckRun Green() => new(new string('a', 64), "test", CheckResult.Passed, DateTimeOffset.UnixEpoch, TimeSpan.Zero, 1, null);
    }
}
