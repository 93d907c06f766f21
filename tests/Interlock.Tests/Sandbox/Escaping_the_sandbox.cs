using Interlock.Engine.Sandbox;

namespace Interlock.Tests.Sandbox;

using Cli = Interlock.Tests.Cli.Cli;

public sealed class Escaping_the_sandbox
{
    public Escaping_the_sandbox() => Assert.SkipWhen(Sandboxes.For(new()).WhyNone is not null, "there is no bwrap here");

    [Fact]
    public void No_attempt_gets_out_and_an_agent_can_do_its_work()
    {
        using var cli = Cli.Folder();

        var report = cli.Json("doctor", "sandbox").Expect(0).Json;

        Assert.True(report.GetProperty("attempts").GetArrayLength() >= 30);
        Assert.All(report.GetProperty("attempts").EnumerateArray(), attempt => Assert.True(attempt.GetProperty("held").GetBoolean(), attempt.ToString()));
        Assert.True(report.GetProperty("own_work").GetBoolean());
    }

    [Theory]
    [InlineData("main", "write a tracked file of the main checkout by its absolute path")]
    [InlineData("main", "make a git hook")]
    [InlineData("state", "read another agent's token")]
    [InlineData("state", "read the state")]
    [InlineData("fixed", "lead git elsewhere from the worktree's own record")]
    [InlineData("fixed", "make settings of the worktree that git would run")]
    [InlineData("fixed", "delete packed history")]
    public async Task A_hole_in_the_sandbox_is_found(string hole, string attempt)
    {
        var report = await EscapeBattery.RunAsync(TimeProvider.System, (scope, lab) => hole switch
        {
            "main" => scope with { Kept = [], Writable = [lab.Workspace.Root] },
            "state" => scope with { Hidden = [] },
            _ => scope with { Fixed = [] },
        }, TestContext.Current.CancellationToken);

        Assert.NotNull(report.Verdicts.Single(verdict => verdict.Attempt == attempt).Escaped);
        Assert.False(report.Held);
    }
}
