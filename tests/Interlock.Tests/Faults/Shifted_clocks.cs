using System.Diagnostics;
using System.Globalization;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Tests.Protocol;
using Interlock.Tests.Scenarios;

namespace Interlock.Tests.Faults;

/// <summary>
/// Wall clocks that are set forward and back, and monotonic clocks of other namespaces. A lease ends when its time is over by the
/// clock nobody can set: not before, and not never.
/// </summary>
public sealed class Shifted_clocks(ITestOutputHelper output)
{
    private const int Tasks = 12;

    private static readonly string[] Shifts = ["+3h", "-3h", "+400d", "-400d", "+61m", "-1s"];
    private static readonly string? FakeTime = !Directory.Exists("/usr/lib") ? null : Directory.GetDirectories("/usr/lib", "*-linux-*")
        .Select(folder => Path.Combine(folder, "faketime", "libfaketimeMT.so.1")).FirstOrDefault(File.Exists);

    private readonly List<string> wrong = [];
    private int starts;

    [Fact]
    [Trait(Programme.Trait, "T12")]
    public async Task No_lease_ends_early_or_lives_for_ever_and_no_process_is_taken_for_another()
    {
        Assert.SkipUnless(FakeTime is not null, "clocks of processes are shifted with the package faketime");
        var seed = Programme.Seed();
        var steps = Programme.Size("T12", quick: 300, ci: 1500, full: 100_000);
        var rounds = Programme.Size("T12_ROUNDS", quick: 1, ci: 3, full: 24);
        var wrongEnds = Wander(new Random(seed), steps);
        for (var round = 0; round < rounds; round++)
        {
            var shift = Shifts[(seed + round) % Shifts.Length];
            await ShiftedProgramAsync(shift);
            await JumpingRunAsync(shift);
        }

        wrong.ForEach(output.WriteLine);
        Programme.Report(
            "T12", seed, output, new Figure("steps", steps, Least: steps), new Figure("starts under another clock", starts, Least: rounds * 4),
            Figure.None("leases that ended early or lived too long", wrongEnds), Figure.None("programs that were fooled", wrong.Count));
    }

    // Claims, renewals, releases and passing time while people set the wall clock; a model of ten lines says who must still hold.
    private static int Wander(Random chance, int steps)
    {
        using var bench = new ProtocolBench(new Limits { Agents = 100, PerModule = 100 });
        bench.With([.. Enumerable.Range(0, Tasks).Select(i => ProtocolBench.Task($"t{i}", $"f{i}"))]);
        var (now, deadlines, tokens, bad) = (TimeSpan.Zero, new SortedDictionary<string, TimeSpan>(StringComparer.Ordinal), new Dictionary<string, LeaseToken>(), 0);
        for (var step = 0; step < steps; step++)
        {
            var task = $"t{chance.Next(Tasks)}";
            switch (chance.Next(6))
            {
                case 0 or 1 when !deadlines.ContainsKey(task):
                    tokens[task] = bench.Token(task, $"dev-{step}");
                    deadlines[task] = now + TimeSpan.FromHours(2);
                    break;
                case 2 when deadlines.ContainsKey(task):
                    var duration = TimeSpan.FromMinutes(chance.Next(1, 300));
                    bad += bench.Protocol.Renew(new TaskId(task), tokens[task], duration).Done ? 0 : 1;
                    deadlines[task] = now + duration;
                    break;
                case 3 when deadlines.Remove(task):
                    bad += bench.Protocol.Release(new TaskId(task), tokens[task]).Done ? 0 : 1;
                    break;
                case 4:
                    var passing = TimeSpan.FromMinutes(chance.Next(90));
                    bench.Time.Advance(passing);
                    now += passing;
                    break;
                default:
                    bench.Time.WallShift = TimeSpan.FromMinutes(chance.Next(-100_000, 100_000));
                    break;
            }

            bench.ReclaimDue();
            foreach (var over in deadlines.Where(entry => entry.Value <= now).Select(entry => entry.Key).ToList())
            {
                deadlines.Remove(over);
            }

            bad += bench.Live.Select(lease => lease.Task!.Value.Value).Order(StringComparer.Ordinal).SequenceEqual(deadlines.Keys) ? 0 : 1;
        }

        return bad;
    }

    private async Task ShiftedProgramAsync(string shift)
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2"), "true");
        await bench.InterlockAsync("assign", "--story", "1.1");
        await bench.InterlockAsync("claim", "1.1.1", "--agent", "qa-1");
        Expect($"held, looked at by a clock {shift}", "in_progress", await StatusAsync(bench, "1.1.1", Under(shift)));
        starts++;
        var renewed = await Product.FinishAsync(bench.BeginWith(Under(shift), "renew", "1.1.1", "--agent", "qa-1"));
        Expect($"renewed by a clock {shift}", "0", renewed.ExitCode.ToString(CultureInfo.InvariantCulture));
        Expect($"held, renewed by a clock {shift}", "in_progress", await StatusAsync(bench, "1.1.1", []));

        var from = Stopwatch.GetTimestamp();
        await Product.FinishAsync(bench.BeginWith(Under(shift), "claim", "1.1.2", "--agent", "qa-2", "--for", "2s"));
        starts++;
        await EndsAfterTwoSecondsAsync(bench, "1.1.2", from, $"claimed by a clock {shift}");
    }

    // The wall clock jumps both ways under a run that works; nothing it does may be hurried or held up.
    private async Task JumpingRunAsync(string shift)
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), """
            mkdir -p src
            : > "$SIGNALS/started"
            while [ ! -e "$SIGNALS/go" ]; do sleep 0.05; done
            echo x > src/part.txt
            """);
        var clock = Path.Combine(bench.Signals, "clock");
        File.WriteAllText(clock, "+0");
        var jumping = Under(shift);
        jumping.Remove("FAKETIME");
        jumping["FAKETIME_TIMESTAMP_FILE"] = clock;
        jumping["FAKETIME_NO_CACHE"] = "1";
        starts++;
        using var run = bench.BeginWith(jumping, "run", "--story", "1.1");
        await bench.AwaitSignalAsync("started");
        foreach (var jump in (string[])[shift, "+0", shift.StartsWith('-') ? $"+{shift[1..]}" : $"-{shift[1..]}"])
        {
            File.WriteAllText(clock, jump);
            Expect($"the agent of a run whose clock went {jump}", "in_progress", await StatusAsync(bench, "1.1.1", []));
        }

        bench.Signal("go");
        var ran = await Product.FinishAsync(run);
        Expect($"a run whose clock went {shift}", "0", ran.ExitCode.ToString(CultureInfo.InvariantCulture));
        var kinds = await bench.EventKindsAsync();
        Expect($"reclaimed under a run whose clock went {shift}", "", string.Join(", ", kinds.Where(kind => kind is "lease.reclaimed" or "lease.revoked" or "task.failed")));
    }

    /// <summary>In a time namespace the monotonic clock and the start times of processes are other ones.</summary>
    [Fact]
    [Trait(Programme.Trait, "T12")]
    public async Task A_command_in_another_time_namespace_neither_ends_what_is_held_nor_holds_for_ever()
    {
        string[] ahead = ["unshare", "-T", "--monotonic", "864000", "--boottime", "864000"];
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2", "1.1.3"), """
            : > "$SIGNALS/started"
            while [ ! -e "$SIGNALS/go" ]; do sleep 0.05; done
            mkdir -p src; echo x > "src/$INTERLOCK_TASK_ID.txt"
            """, limits: """{ "agents": 3 }""");
        await bench.InterlockAsync("assign", "--story", "1.1");
        var looked = await Product.FinishAsync(bench.BeginIn(ahead, "status"));
        Assert.SkipUnless(looked.ExitCode == 0, $"no time namespaces here: {looked.Error}");

        await bench.InterlockAsync("claim", "1.1.2", "--agent", "qa-1");
        var from = Stopwatch.GetTimestamp();
        await Product.FinishAsync(bench.BeginIn(ahead, "claim", "1.1.3", "--agent", "qa-2", "--for", "2s"));
        using var run = bench.StartRun();
        await bench.AwaitSignalAsync("started");
        foreach (var task in (string[])["1.1.1", "1.1.2"])
        {
            Expect($"{task}, looked at from another time namespace", "in_progress", StatusOf((await Product.FinishAsync(bench.BeginIn(ahead, "status", "--json"))).Json, task));
        }

        // The run looks too: whoever does so first after its end opens the task, and the run may take it then.
        await EndsAfterTwoSecondsAsync(bench, "1.1.3", from, "claimed in another time namespace");
        await bench.InterlockAsync("release", "1.1.2", "--agent", "qa-1");
        bench.Signal("go");
        Assert.Equal(0, (await Product.FinishAsync(run)).ExitCode);
        Assert.Empty(wrong);
    }

    private async Task EndsAfterTwoSecondsAsync(Bench bench, string task, long from, string what)
    {
        while (true)
        {
            var locks = (await bench.InterlockAsync("locks", "--json")).Json.GetProperty("locks").EnumerateArray();
            var held = locks.Any(entry => entry.GetProperty("task_id").GetString() == task && entry.GetProperty("agent_id").GetString() == "qa-2");
            var age = Stopwatch.GetElapsedTime(from);
            if (!held)
            {
                Expect($"{what}: ended early", "False", (age < TimeSpan.FromSeconds(2)).ToString());
                return;
            }

            if (age > TimeSpan.FromMinutes(1))
            {
                wrong.Add($"{what}: a lease of two seconds lives for a minute");
                return;
            }
        }
    }

    private async Task<string> StatusAsync(Bench bench, string task, Dictionary<string, string> clock)
    {
        starts += clock.Count > 0 ? 1 : 0;
        return StatusOf((await Product.FinishAsync(bench.BeginWith(clock, "status", "--json"))).Json, task);
    }

    private static string StatusOf(System.Text.Json.JsonElement status, string task) =>
        status.GetProperty("tasks").EnumerateArray().Single(entry => entry.GetProperty("task_id").GetString() == task).GetProperty("status").GetString()!;

    private void Expect(string what, string wanted, string found)
    {
        if (wanted != found)
        {
            wrong.Add($"{what}: {found} instead of {wanted}");
        }
    }

    private static Dictionary<string, string> Under(string shift) => new()
    {
        ["LD_PRELOAD"] = FakeTime!, ["FAKETIME"] = shift, ["DONT_FAKE_MONOTONIC"] = "1", ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
    };
}
