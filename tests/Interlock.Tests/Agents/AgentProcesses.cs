using System.Diagnostics;
using System.Globalization;
using Interlock.Engine.Agents;
using Interlock.Engine.Platform;
using Microsoft.Extensions.Time.Testing;

namespace Interlock.Tests.Agents;

public sealed class AgentProcesses : IDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly string folder = Directory.CreateTempSubdirectory("interlock-agent-").FullName;
    private readonly string run = Guid.NewGuid().ToString("N");

    private string Log => Path.Combine(folder, "logs", "agent.log");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task An_agent_that_works_exits_with_its_output_in_the_log()
    {
        var outcome = await RunAsync("work", "x.txt", "hello");

        Assert.Equal((0, null, AgentEnd.Exited), (outcome.ExitCode, outcome.Signal, outcome.End));
        Assert.Equal("hello\n", File.ReadAllText(Path.Combine(folder, "x.txt")));
        Assert.Equal("wrote x.txt\n", File.ReadAllText(Log));
        Assert.Equal("wrote x.txt\n", outcome.Tail);
    }

    [Fact]
    public async Task An_agent_that_fails_shows_its_code_and_what_it_said()
    {
        var outcome = await RunAsync("fail", "3", "no credit left");

        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains("no credit left", outcome.Tail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_killed_by_a_signal_shows_the_signal()
    {
        var outcome = await RunAsync("die");

        Assert.Equal((null, 9, AgentEnd.Exited), (outcome.ExitCode, outcome.Signal, outcome.End));
    }

    [Fact]
    public async Task A_program_that_does_not_exist_is_an_outcome_and_no_exception()
    {
        var agent = await StartAsync(new AgentCommand(["/no/such/agent"], folder, FakeAgent.Environment(run), "prompt"), Limits());

        var outcome = await agent.Completion;

        Assert.Equal(127, outcome.ExitCode);
        Assert.Contains("/no/such/agent", outcome.Tail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_prompt_arrives_on_standard_input_which_is_then_closed()
    {
        var prompt = new string('p', 300_000) + "ü";
        var agent = await StartAsync(FakeAgent.Command(folder, run, "read-prompt", "got.txt") with { Prompt = prompt }, Limits());

        Assert.Equal(0, (await agent.Completion).ExitCode);
        Assert.Equal(prompt, File.ReadAllText(Path.Combine(folder, "got.txt")));
    }

    [Fact]
    public async Task A_prompt_that_nobody_reads_holds_nothing_up()
    {
        var agent = await StartAsync(FakeAgent.Command(folder, run, "lie") with { Prompt = new string('p', 1 << 20) }, Limits());

        Assert.Equal(AgentEnd.Exited, (await agent.Completion).End);
    }

    [Fact]
    public async Task A_flood_turns_the_log_over_within_its_cap_and_fills_memory_only_by_its_tail()
    {
        var agent = await StartAsync(FakeAgent.Command(folder, run, "flood", "8"), Limits() with { LogCap = 1 << 20 });

        var outcome = await agent.Completion;

        Assert.Equal(["agent.log", "agent.log.1", "agent.log.2", "agent.log.3"], Directory.GetFiles(Path.GetDirectoryName(Log)!).Select(Path.GetFileName).Order());
        Assert.InRange(Directory.GetFiles(Path.GetDirectoryName(Log)!).Sum(file => new FileInfo(file).Length), 3 << 18, 1 << 20);
        Assert.EndsWith("x\nend of flood\n", File.ReadAllText(Log + ".1") + File.ReadAllText(Log), StringComparison.Ordinal);
        Assert.Equal((8L << 20) + "end of flood\n".Length, agent.Printed);
        Assert.Equal(16 * 1024, outcome.Tail.Length);
        Assert.EndsWith("x\nend of flood\n", outcome.Tail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_process_of_the_same_log_leaves_no_piece_of_the_one_before()
    {
        await (await StartAsync(FakeAgent.Command(folder, run, "flood", "1"), Limits() with { LogCap = 1 << 18 })).Completion;

        await (await StartAsync(FakeAgent.Command(folder, run, "lie"), Limits() with { LogCap = 1 << 18 })).Completion;

        Assert.Equal([Log], Directory.GetFiles(Path.GetDirectoryName(Log)!));
    }

    [Fact]
    public async Task What_is_read_from_its_beginning_is_kept_from_its_beginning()
    {
        var whole = Path.Combine(folder, "answer");

        await (await StartAsync(FakeAgent.Command(folder, run, "flood", "2"), Limits() with { LogCap = 1 << 18, StandardOutput = whole })).Completion;

        Assert.InRange(new FileInfo(whole).Length, 1 << 18, (1 << 18) + 100);
        Assert.EndsWith("is not kept]\n", File.ReadAllText(whole), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_over_its_wall_limit_is_stopped()
    {
        var time = new FakeTimeProvider();
        var agent = await StartAsync(FakeAgent.Command(folder, run, "hang"), Limits() with { Wall = TimeSpan.FromMinutes(30), StopGrace = TimeSpan.FromSeconds(5) }, time);
        await OutputAsync(agent, "hanging");

        time.Advance(TimeSpan.FromMinutes(29));
        Assert.False(agent.Completion.IsCompleted);
        time.Advance(TimeSpan.FromMinutes(1));

        var outcome = await agent.Completion;
        Assert.Equal(AgentEnd.TimedOut, outcome.End);
        Assert.Equal(Liveness.Dead, agent.Identity.Probe());
        Assert.Equal(TimeSpan.FromMinutes(30), outcome.Duration);
    }

    [Fact]
    public async Task An_agent_silent_for_its_limit_since_its_last_word_is_stopped()
    {
        var time = new FakeTimeProvider();
        var fifo = Path.Combine(folder, "in");
        using (var made = Process.Start("mkfifo", [fifo]))
        {
            made.WaitForExit();
        }

        string[] script = ["/bin/sh", "-c", $"exec <'{fifo}'; echo first; while read x; do echo again; done; exec sleep 60"];
        var command = new AgentCommand(script, folder, FakeAgent.Environment(run), "");
        var agent = await StartAsync(command, Limits() with { Silence = TimeSpan.FromMinutes(10) }, time);
        using (var speak = new StreamWriter(fifo))
        {
            await OutputAsync(agent, "first");
            time.Advance(TimeSpan.FromMinutes(9));
            await speak.WriteLineAsync("go on");
            await speak.FlushAsync(TestContext.Current.CancellationToken);
            await OutputAsync(agent, "again");
        }

        while (agent.LastOutputAt < time.GetUtcNow())
        {
            await Task.Yield();
        }

        time.Advance(TimeSpan.FromMinutes(9));
        Assert.False(agent.Completion.IsCompleted);
        time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(AgentEnd.Silent, (await agent.Completion).End);
    }

    [Fact]
    public async Task An_agent_that_ignores_signals_is_killed_after_the_grace()
    {
        var agent = await StartAsync(FakeAgent.Command(folder, run, "ignore-signals"), Limits());
        await OutputAsync(agent, "ignoring signals");

        await agent.StopAsync(TimeSpan.FromMilliseconds(200));

        var outcome = await agent.Completion;
        Assert.Equal((9, AgentEnd.Cancelled), (outcome.Signal, outcome.End));
    }

    [Fact]
    public async Task An_agent_asked_to_stop_may_end_by_itself()
    {
        var command = new AgentCommand(["/bin/sh", "-c", "trap 'echo bye; exit 5' TERM; echo up; while :; do sleep 0.05; done"], folder, FakeAgent.Environment(run), "");
        var agent = await StartAsync(command, Limits());
        await OutputAsync(agent, "up");

        await agent.StopAsync(TimeSpan.FromSeconds(20));

        Assert.Equal((5, AgentEnd.Cancelled), ((await agent.Completion).ExitCode, (await agent.Completion).End));
        Assert.Contains("bye", agent.Tail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_stops_the_agent()
    {
        using var stop = new CancellationTokenSource();
        var agent = await AgentProcess.StartAsync(FakeAgent.Command(folder, run, "hang"), Log, Limits(), TimeProvider.System, stop.Token);
        await OutputAsync(agent, "hanging");

        await stop.CancelAsync();

        Assert.Equal(AgentEnd.Cancelled, (await agent.Completion).End);
        Assert.Equal(Liveness.Dead, agent.Identity.Probe());
    }

    [Theory]
    [InlineData("spawn-child-and-exit")]
    [InlineData("spawn-session-and-exit")]
    public async Task A_child_left_behind_with_our_pipes_open_neither_delays_the_end_nor_survives_it(string verb)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the marker is found in /proc");
        var started = Stopwatch.GetTimestamp();

        var outcome = await RunAsync(verb);

        Assert.Equal(0, outcome.ExitCode);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(30));
        var child = int.Parse(outcome.Tail.Split('\n').First(l => l.StartsWith("child ", StringComparison.Ordinal))[6..], CultureInfo.InvariantCulture);
        Assert.False(ProcessTree.HasMarker(child, run));
        Assert.Null(ProcessIdentity.Of(child));
    }

    [Fact]
    public async Task Stopping_one_run_leaves_another_alone()
    {
        var other = Guid.NewGuid().ToString("N");
        var stays = await AgentProcess.StartAsync(FakeAgent.Command(folder, other, "hang"), Log + "2", Limits(), TimeProvider.System, CancellationToken.None);
        var goes = await StartAsync(FakeAgent.Command(folder, run, "ignore-signals"), Limits());

        await goes.StopAsync(TimeSpan.Zero);

        Assert.Equal(Liveness.Alive, stays.Identity.Probe());
        await stays.StopAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_pid_given_out_again_is_never_signalled()
    {
        using var bystander = Process.Start(new ProcessStartInfo("setsid", ["sleep", "60"]))!;
        var stale = ProcessIdentity.Of(bystander.Id)!;
        stale = stale with { StartTicks = stale.StartTicks - 1 };

        await ProcessTree.StopAsync(stale, marker: null, TimeSpan.FromMilliseconds(50), CancellationToken.None);

        Assert.False(bystander.HasExited);
        bystander.Kill();
    }

    [Fact]
    public async Task The_own_process_and_group_are_never_signalled() =>
        await ProcessTree.StopAsync(ProcessIdentity.Current, marker: null, TimeSpan.FromMilliseconds(50), CancellationToken.None);

    private static ProcessLimits Limits() => new(Hour, Hour, TimeSpan.FromMilliseconds(100), ProcessLimits.AgentLogCap);

    private Task<AgentProcess> StartAsync(AgentCommand command, ProcessLimits limits, TimeProvider? time = null) =>
        AgentProcess.StartAsync(command, Log, limits, time ?? TimeProvider.System, CancellationToken.None);

    private async Task<AgentOutcome> RunAsync(params string[] verb) =>
        await (await StartAsync(FakeAgent.Command(folder, run, verb), Limits())).Completion;

    private static async Task OutputAsync(AgentProcess agent, string text)
    {
        while (!agent.Tail.Contains(text, StringComparison.Ordinal))
        {
            Assert.False(agent.Completion.IsCompleted, agent.Tail);
            await Task.Yield();
        }
    }
}
