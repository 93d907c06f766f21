using Interlock.Domain.Liveness;
using Interlock.Tests.Faults;

namespace Interlock.Tests.Watching;

/// <summary>The campaign in virtual time: whoever is slow but alive is let be, and whoever nothing comes of is interrupted within a limit that can be told before.</summary>
[Trait("campaign", "liveness")]
public sealed class Two_hundred_slow_and_two_hundred_hung(ITestOutputHelper output)
{
    private static readonly TimeSpan Looks = TimeSpan.FromSeconds(Acting.Every * 4);

    private static readonly (string Name, string Adapter, Action<Acting, Random> Act)[] Slow =
    [
        ("thinks long", "claude", (agent, chance) => { agent.For(Part(agent.Profile.Silence, chance)); agent.CallNew(); agent.For(Part(agent.Profile.Silence, chance)); agent.Write(); }),
        ("thinks long and prints nothing meanwhile", "codex", (agent, chance) => { agent.For(Part(agent.Profile.Silence, chance)); agent.Call("command_execution", $"{chance.Next()}"); agent.For(Part(agent.Profile.Silence, chance)); agent.Write(); }),
        ("has a tool that works long", "claude", (agent, chance) => { agent.Begin("Bash", $"build {chance.Next()}"); agent.For(Part(agent.Profile.TalkOnly, chance), busy: Share(chance)); agent.End("Bash"); agent.Write(); }),
        ("computes without a word", "shell", (agent, chance) => { agent.For(Part(agent.Profile.NoProgress, chance), busy: Share(chance)); agent.PrintNew(); agent.Write(); }),
        ("asks again and again until the answer is another", "gemini", (agent, chance) => { agent.For(Part(agent.Profile.TalkOnly, chance), doing: () => agent.Call("shell", "tail build.log", $"{chance.Next()}")); agent.Write(); }),
        ("asks the same a few times", "qwen", (agent, chance) => { for (var turn = 0; turn < 11; turn++) { agent.Call("shell", "is it done?", "no"); agent.For(TimeSpan.FromSeconds(chance.Next(20, 90))); } agent.Write(); }),
        ("reads and reads", "opencode", (agent, chance) => { agent.For(Part(agent.Profile.TalkOnly, chance), doing: agent.CallNew); agent.Write(); }),
        ("prints the same line while a command of its works", "shell", (agent, chance) => { agent.For(Part(agent.Profile.NoProgress, chance), busy: Share(chance), doing: () => agent.Print("still building")); agent.Write(); }),
        ("prints a lot for a while", "claude", (agent, chance) => { agent.For(Part(agent.Profile.LoopTime, chance), busy: 0.4, doing: () => agent.PrintNew(12 << 20)); agent.Write(); }),
        ("cannot be looked at", "shell", (agent, chance) => { agent.Hide(); agent.For(TimeSpan.FromMinutes(chance.Next(20, 90))); agent.PrintNew(); }),
        ("copies something large", "aider", (agent, chance) => { agent.For(Part(agent.Profile.NoProgress, chance), doing: () => agent.Move(1 << 20)); agent.Write(); }),
        ("changes one file now and then", "copilot", (agent, chance) => { agent.For(Part(agent.Profile.Silence, chance)); agent.Write(); }),
    ];

    // Each with the limit within which it has to be interrupted once it goes wrong.
    private static readonly (string Name, string Adapter, Func<LivenessProfile, TimeSpan> Limit, Action<Acting, Random> Act)[] Hung =
    [
        ("hangs", "claude", limits => limits.Silence, (agent, _) => agent.Pass()),
        ("hangs, and its command is any", "shell", limits => limits.Silence, (agent, _) => agent.Pass(busy: 0.01)),
        ("hangs in a tool", "codex", limits => limits.Silence, (agent, _) => { agent.Begin("command_execution", "read -p"); agent.For(TimeSpan.FromHours(2)); }),
        ("turns in a busy circle", "gemini", limits => limits.NoProgress, (agent, _) => agent.Pass(busy: 1)),
        ("turns in a busy circle, and its command is any", "shell", limits => limits.NoProgress, (agent, _) => agent.Pass(busy: 0.9)),
        ("repeats a tool call", "claude", limits => Longer(limits.LoopTime, Acting.Every * limits.Repeats), (agent, _) => { agent.Call("Edit", "a.cs", "string not found"); agent.Pass(); }),
        ("repeats a circle of three", "cursor-agent", limits => Longer(limits.LoopTime, Acting.Every * limits.Repeats * 3), (agent, chance) => { agent.Call("Read", "a"); agent.Pass(); agent.Call("Edit", "a", "no"); agent.Pass(); agent.Call("Bash", "t", "red"); agent.Pass(); }),
        ("repeats a tool call as fast as it can", "opencode", limits => Longer(limits.LoopTime / 5, Acting.Every), (agent, _) => { for (var turn = 0; turn < 60; turn++) { agent.Call("grep", "x", ""); } agent.Pass(busy: 0.3); }),
        ("prints the same line", "shell", limits => limits.LineLoopTime, (agent, _) => { for (var turn = 0; turn < 5; turn++) { agent.Print("retrying..."); } agent.Pass(); }),
        ("says that it is getting on", "claude", limits => limits.NoProgress, (agent, _) => { agent.PrintNew(); agent.Pass(); }),
        ("pretends to edit", "qwen", limits => limits.TalkOnly, (agent, _) => { agent.CallNew(); agent.Pass(); }),
        ("says something new and does nothing", "aider", limits => limits.TalkOnly, (agent, _) => { agent.PrintNew(); agent.Pass(); }),
        ("floods", "shell", limits => limits.LoopTime, (agent, _) => { agent.PrintNew(20 << 20); agent.Pass(busy: 0.5); }),
        ("floods its log with events", "copilot", limits => limits.LoopTime, (agent, _) => { agent.CallNew(); agent.PrintNew(20 << 20); agent.Pass(busy: 0.5); }),
        ("is gone and left its output open", "amp", _ => Verdict.Parting, (agent, _) => { agent.Vanish(); agent.Pass(); }),
    ];

    [Fact]
    public void Nobody_slow_is_interrupted()
    {
        var seed = Programme.Seed();
        var (runs, killed, nudged, looks) = (Programme.Size("LIVENESS", 200, 200, 5000), new List<string>(), 0, 0L);
        for (var run = 0; run < runs; run++)
        {
            var chance = new Random(seed + run);
            var (name, adapter, act) = Slow[run % Slow.Length];
            var agent = new Acting(adapter, chance.Next(2) == 0);
            for (var end = TimeSpan.FromHours(3); agent.Now < end;)
            {
                act(agent, chance);
                agent.Pass(Share(chance));
            }

            killed.AddRange(agent.Interruptions.Take(1).Select(step => $"seed {seed + run}, {name}, after {step.At}: {step.Reason}"));
            nudged += agent.Steps.Exists(step => step.Rung == Rung.Nudge) ? 1 : 0;
            looks += (long)(agent.Now / TimeSpan.FromSeconds(Acting.Every));
        }

        Assert.True(killed.Count == 0, string.Join('\n', killed.Take(10)));
        Programme.Report("LIVENESS", seed, output, Figure.AtLeast("slow runs", runs, Math.Min(200, runs)), Figure.None("false kills", killed.Count),
            new Figure("of them asked how they are", nudged), Figure.AtLeast("looks", looks, runs));
    }

    [Fact]
    public void Everybody_hung_is_found_within_its_limit()
    {
        var seed = Programme.Seed();
        var (runs, late, worst) = (Programme.Size("LIVENESS", 200, 200, 5000), new List<string>(), TimeSpan.Zero);
        for (var run = 0; run < runs; run++)
        {
            var chance = new Random(seed + run);
            var (name, adapter, limit, act) = Hung[run % Hung.Length];
            var agent = new Acting(adapter, chance.Next(2) == 0);
            agent.For(TimeSpan.FromMinutes(chance.Next(1, 30)), busy: Share(chance), doing: () => { agent.CallNew(); agent.PrintNew(); agent.Write(); });
            Assert.Empty(agent.Steps);
            var (from, most) = (agent.Now, limit(agent.Profile) + agent.Profile.Patience + Looks);
            while (agent.Now - from < most && !agent.Interruptions.Any())
            {
                act(agent, chance);
            }

            if (agent.Interruptions.FirstOrDefault() is not { Rung: >= Rung.Resume } found || found.At - from > most)
            {
                late.Add($"seed {seed + run}, {name}: not within {most}, {agent.Verdict.Reason}");
                continue;
            }

            // A hurt one is never given up at once: it had a message and its work was saved first, unless it was dead.
            Assert.Equal(name.StartsWith("is gone", StringComparison.Ordinal) ? [] : [Rung.Nudge, Rung.Snapshot], agent.Steps.Select(step => step.Rung).TakeWhile(rung => rung < Rung.Resume));
            worst = found.At - from > worst ? found.At - from : worst;
        }

        Assert.True(late.Count == 0, string.Join('\n', late.Take(10)));
        Programme.Report("LIVENESS", seed, output, Figure.AtLeast("hung runs", runs, Math.Min(200, runs)), Figure.None("not found in time", late.Count), new Figure("seconds until the latest was found", (long)worst.TotalSeconds));
    }

    [Fact]
    public void Who_hangs_again_after_each_help_is_given_up_for_another_in_less_than_twice_the_first_limit()
    {
        foreach (var canResume in (bool[])[true, false])
        {
            var agent = new Acting("claude", canResume);
            agent.For(agent.Profile.Silence * 2);

            Rung[] help = canResume ? [Rung.Resume, Rung.Restart, Rung.Reassign] : [Rung.Restart, Rung.Reassign];
            Assert.Equal(help, agent.Interruptions.Select(step => step.Rung));
        }
    }

    // Close to a limit, and never over it.
    private static TimeSpan Part(TimeSpan limit, Random chance) => limit * (0.5 + (0.45 * chance.NextDouble()));

    private static double Share(Random chance) => 0.1 + chance.NextDouble();

    private static TimeSpan Longer(TimeSpan one, int seconds) => one.TotalSeconds > seconds ? one : TimeSpan.FromSeconds(seconds);
}
