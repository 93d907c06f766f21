using Interlock.Domain.Leasing;
using Interlock.Domain.Liveness;

namespace Interlock.Tests.Watching;

public sealed class Verdicts
{
    private readonly Acting agent = new("claude");

    [Fact]
    public void An_agent_that_does_new_things_is_healthy_and_its_evidence_says_so()
    {
        agent.CallNew();
        agent.Write();
        agent.Pass(busy: 0.5);

        Assert.Equal(AgentHealth.Healthy, agent.Verdict.Health);
        Assert.Contains("processes use 50 % of a core", agent.Verdict.Evidence);
        Assert.Contains(agent.Verdict.Evidence, line => line.StartsWith("worktree changed", StringComparison.Ordinal));
    }

    [Fact]
    public void A_tool_that_works_makes_its_agent_slow_and_names_itself()
    {
        agent.Begin("Bash", "make");
        agent.For(TimeSpan.FromMinutes(12), busy: 1);

        Assert.Equal(AgentHealth.Slow, agent.Verdict.Health);
        Assert.Equal("its tool Bash began 12 min 0 s ago, and it is alive: its processes work", agent.Verdict.Reason);
    }

    [Fact]
    public void A_tool_that_does_nothing_makes_its_agent_idle_and_then_stuck()
    {
        agent.Begin("Bash", "ssh");
        agent.For(agent.Profile.Quiet + TimeSpan.FromSeconds(10));
        Assert.Equal(AgentHealth.Idle, agent.Verdict.Health);

        agent.For(agent.Profile.Silence - agent.Profile.Quiet - TimeSpan.FromSeconds(5));
        Assert.Equal(AgentHealth.Stuck, agent.Verdict.Health);
        Assert.Contains("its tool Bash began", agent.Verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loop_is_told_with_what_is_repeated_and_how_often()
    {
        agent.For(TimeSpan.FromMinutes(6), doing: () => agent.Call("Edit", "a.cs", "not found"));

        Assert.Equal(AgentHealth.Looping, agent.Verdict.Health);
        Assert.Matches("it repeats Edit: [0-9]+ times in 6 min 0 s with the same answer", agent.Verdict.Reason);
    }

    [Fact]
    public void A_loop_that_began_before_the_first_look_is_one_too()
    {
        var profile = LivenessProfile.Of("claude", TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(30));
        var looks = Enumerable.Range(1, 80).Select(number => new Look { At = TimeSpan.FromSeconds(5 * number), Output = number, Cpu = TimeSpan.Zero, Repeated = new Repeated("Edit", number, TimeSpan.Zero, IsTool: true) }).ToList();

        var track = looks.Skip(1).Aggregate(Track.Begin(profile, looks[0]), (track, look) => track.See(look));

        Assert.Equal(AgentHealth.Looping, Verdict.Of(track).Health);
    }

    [Fact]
    public void A_changed_file_ends_a_loop()
    {
        agent.For(TimeSpan.FromMinutes(6), doing: () => agent.Call("Edit", "a.cs", "not found"));
        agent.Write();
        agent.Pass();

        Assert.Equal(AgentHealth.Healthy, agent.Verdict.Health);
    }

    [Fact]
    public void What_cannot_be_looked_at_is_unknown_for_ever_and_no_step_is_taken()
    {
        agent.Hide();
        agent.For(TimeSpan.FromHours(10));

        Assert.Equal(AgentHealth.Unknown, agent.Verdict.Health);
        Assert.Empty(agent.Steps);
    }

    [Fact]
    public void Processes_that_are_gone_are_dead_a_moment_later_and_begun_anew_at_once()
    {
        agent.Vanish();
        agent.Pass();
        Assert.Equal(AgentHealth.Healthy, agent.Verdict.Health);

        agent.For(Verdict.Parting);

        Assert.Equal([Rung.Resume], agent.Steps.Select(step => step.Rung));
    }

    [Fact]
    public void Who_gets_going_after_a_nudge_is_left_alone()
    {
        agent.For(agent.Profile.Quiet + TimeSpan.FromSeconds(10));
        agent.CallNew();
        agent.Pass();
        agent.For(agent.Profile.Quiet + TimeSpan.FromSeconds(10));

        Assert.Equal([Rung.Nudge, Rung.Nudge], agent.Steps.Select(step => step.Rung));
        Assert.Empty(agent.Interruptions);
    }

    [Fact]
    public void Most_agents_falling_in_one_look_are_an_outage_that_ends_by_itself()
    {
        var (at, pause) = (TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1));

        Assert.False(Outage.None.See(10, 5, at, pause).IsOn(at));
        Assert.False(Outage.None.See(2, 2, at, pause).IsOn(at));
        var outage = Outage.None.See(10, 6, at, pause);

        Assert.True(outage.IsOn(at));
        Assert.True(outage.IsOn(at + pause - TimeSpan.FromSeconds(1)));
        Assert.False(outage.IsOn(at + pause));
    }

    [Theory]
    [InlineData(7.9, 600, null)]
    [InlineData(8.1, 600, "this machine is overloaded: 8.1 processes want each core (no agent starts above 8)")]
    [InlineData(1.0, 400, "this machine is short of memory: 400 MB are free (no agent starts below 512)")]
    public void A_busy_machine_starts_no_further_agent_and_says_why(double load, int free, string? why)
    {
        var admission = new Admission(8, 512L << 20);
        var machine = new MachineLoad(load, (long)free << 20);

        Assert.Equal(why, admission.Check(machine, atWork: 1)?.Message);
        Assert.Null(admission.Check(machine, atWork: 0));
        Assert.Null(new Admission(null, null).Check(machine, atWork: 9));
        Assert.Null(admission.Check(new MachineLoad(null, null), atWork: 9));
        Assert.True(why is null || admission.Check(machine, atWork: 1)!.Code == RefusalCodes.Overload);
    }
}
