using Interlock.Domain.Leasing;
using Interlock.Domain.Liveness;
using Interlock.Engine.Platform;

namespace Interlock.Engine.Running;

/// <summary>
/// Looks at the agents of a run every few seconds, judges each by what can be seen, and takes one step at a time with those nothing comes of.
/// Judging is <see cref="Verdict"/>'s, the steps are <see cref="Ladder"/>'s; here is only who is looked at and what is told.
/// </summary>
internal sealed class Supervision(RunContext context)
{
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Seldom = TimeSpan.FromSeconds(5);

    private readonly ProcessUse processes = new();
    private readonly Dictionary<long, Watched> watched = [];
    private readonly Dictionary<Rung, int> steps = [];
    private readonly Deaths deaths = new(context.Workspace.Protocol.Clock.Time);
    private readonly Lock gate = new();

    // Changed by attempts that end, too.
    private Outage outage = Outage.None;
    private bool outageTold;
    private TimeSpan lookedAt = TimeSpan.MinValue;
    private string? braked;

    private TimeSpan Now => context.Workspace.Protocol.Clock.Read().Monotonic;

    /// <summary>How often each step was taken.</summary>
    public IReadOnlyDictionary<Rung, int> Steps => steps;

    /// <summary>Looks, unless it did so a moment ago.</summary>
    /// <param name="tipOf">The tip of an attempt's branch, by its fence.</param>
    public void Tick(IReadOnlyCollection<TaskRun> running, Func<long, string?> tipOf)
    {
        var atWork = running.Select(run => (Run: run, run.Life)).Where(entry => entry.Life is { IsOver: false }).Select(entry => (entry.Run, Life: entry.Life!)).ToList();
        deaths.AtWork = atWork.Count;
        var now = Now;
        var pause = atWork.Count == 0 ? Seldom : atWork.Min(entry => entry.Life.Profile.Quiet) / 4;
        if (lookedAt > TimeSpan.MinValue && now - lookedAt < (pause < Often ? Often : pause > Seldom ? Seldom : pause))
        {
            return;
        }

        lookedAt = now;
        var used = processes.Look([.. atWork.Select(entry => entry.Life.Process.Identity)]);
        var fell = 0;
        foreach (var (run, life) in atWork)
        {
            fell += Judge(run, life, life.Look(now, used[life.Process.Identity.Pid], tipOf(run.Lease.Fence))) ? 1 : 0;
        }

        foreach (var fence in watched.Keys.Except(running.Select(run => run.Lease.Fence)).ToList())
        {
            watched.Remove(fence);
        }

        Suspect(atWork.Count, fell, now, atWork.Count == 0 ? Seldom : atWork.Min(entry => entry.Life.Profile.Silence) / 4);
        if (!outage.IsOn(now))
        {
            atWork.ForEach(entry => Climb(entry.Run, entry.Life, now));
        }

        new RunSight(context.Workspace.Protocol.Clock.Now, [.. watched.Values.Select(Sight)], Brake(atWork.Count)).Write(context.Workspace.StateDir);
    }

    /// <summary>Why no further agent starts now, beside the one that always may work; null when more may.</summary>
    public Refusal? Brake(int atWork)
    {
        var now = Now;
        return outage.IsOn(now)
            ? new Refusal(RefusalCodes.Outage, $"{outage.Fell} agents stopped at once, which is taken for an outage: nobody starts for another {Ages.Text(outage.Until!.Value - now)}", "It goes on by itself then")
            : AdmissionRules.CheckDisk(context.Workspace, context.Pool)
                ?? AdmissionRules.Of(context.Workspace.Config.Config).Check(MachineMeter.Read(), Math.Max(1, atWork));
    }

    /// <summary>How many more may start.</summary>
    public static int SlotsUnder(Refusal? brake, int most, int atWork) => brake switch
    {
        null => most - atWork,
        { Code: RefusalCodes.Overload } when atWork == 0 => 1,
        _ => 0,
    };

    /// <summary>Tells whoever watches when tasks begin to wait for a brake, and when that is over.</summary>
    public void TellBrake(Refusal? why)
    {
        if (why?.Code != braked)
        {
            Note(why is null ? "run.brake-off" : "run.brake-on", why?.Message ?? "further agents may start again");
            braked = why?.Code;
        }
    }

    /// <summary>Whether an agent that was killed by nobody of ours fell with most of the others, so that it is not its own fault.</summary>
    public async Task<bool> IsOutageAsync(CancellationToken cancellation)
    {
        var (fell, among) = await deaths.CountAsync(cancellation);
        if (!Outage.IsMost(among, fell))
        {
            return false;
        }

        lock (gate)
        {
            outage = outage.See(among, fell, Now, Outage.LongestPause / 4);
        }

        return true;
    }

    // True when it looks dead or stuck and did not before.
    private bool Judge(TaskRun run, AgentLife life, Look look)
    {
        if (!watched.TryGetValue(run.Lease.Fence, out var entry) || !ReferenceEquals(entry.Life, life))
        {
            watched[run.Lease.Fence] = entry = new Watched(run, life, Track.Begin(life.Profile, look), entry?.Ladder.Anew() ?? Ladder.Foot, context.Workspace.Protocol.Clock.Now);
        }

        entry.Track = entry.Track.See(look);
        var before = entry.Verdict?.Health;
        entry.Verdict = Verdict.Of(entry.Track);
        if (entry.Verdict.Health != before)
        {
            entry.Since = context.Workspace.Protocol.Clock.Now;
            Tell(entry);
        }

        return Fallen(entry.Verdict.Health) && before is { } was && !Fallen(was);
    }

    private void Suspect(int atWork, int fell, TimeSpan now, TimeSpan pause)
    {
        lock (gate)
        {
            outage = outage.See(atWork, fell, now, pause);
        }

        if (outage.IsOn(now) && !outageTold)
        {
            Note("run.outage", $"{outage.Fell} agents stopped at once, most of those at work: taken for an outage, nobody is interrupted or started for {Ages.Text(outage.Until!.Value - now)}");
        }
        else if (!outage.IsOn(now) && outageTold)
        {
            var down = watched.Values.Count(entry => entry.Verdict is { IsBad: true });
            Note("run.outage-over", down == 0 ? "everybody works again" : $"{down} of {atWork} agents are still down and are judged one by one");
        }

        outageTold = outage.IsOn(now);
    }

    private void Climb(TaskRun run, AgentLife life, TimeSpan now)
    {
        var entry = watched[run.Lease.Fence];
        var (ladder, step) = entry.Ladder.Climb(entry.Verdict!, life.Profile, now, life.Preset.Profile.Resume);
        entry.Ladder = ladder;
        if (step is not null)
        {
            steps[step.Rung] = steps.GetValueOrDefault(step.Rung) + 1;
            entry.Step = StepWords.Did(step.Rung);
            run.Take(step with { Reason = $"{Word(entry.Verdict!.Health)}: {step.Reason}" });
        }
    }

    // What comes and goes in good order is for the screens; what is wrong, and that it is over, is for the log.
    private void Tell(Watched entry)
    {
        var (health, lease) = (entry.Verdict!.Health, entry.Run.Lease);
        var fine = health is AgentHealth.Healthy or AgentHealth.Slow;
        if (fine && entry.Trouble is null)
        {
            return;
        }

        var text = fine ? $"no longer {entry.Trouble}: {entry.Verdict.Reason}" : $"{entry.Verdict.Reason} ({string.Join("; ", entry.Verdict.Evidence)})";
        entry.Trouble = fine ? null : Word(health);
        var kind = fine ? "recovered" : Word(health);
        context.Workspace.Protocol.NoteAttempt($"agent.{kind}", text, lease);
        context.Tell(new RunNews(context.Workspace.Protocol.Clock.Now, kind, lease.Task, lease.Agent, text));
    }

    private void Note(string kind, string text)
    {
        context.Workspace.Protocol.Note(kind, text);
        context.Tell(new RunNews(context.Workspace.Protocol.Clock.Now, kind["run.".Length..], null, null, text));
    }

    private static AgentSight Sight(Watched entry) => new(
        entry.Run.Lease.Agent.Value, entry.Run.Task.Id.Value, entry.Run.Lease.Fence, Word(entry.Verdict!.Health), entry.Verdict.Reason, entry.Verdict.Evidence, entry.Since, entry.Step);

    private static bool Fallen(AgentHealth health) => health is AgentHealth.Dead or AgentHealth.Stuck;

    private static string Word(AgentHealth health) => health.ToString().ToLowerInvariant();

    private sealed class Watched(TaskRun run, AgentLife life, Track track, Ladder ladder, DateTimeOffset since)
    {
        public TaskRun Run => run;

        public AgentLife Life => life;

        public Track Track { get; set; } = track;

        public Ladder Ladder { get; set; } = ladder;

        public Verdict? Verdict { get; set; }

        public DateTimeOffset Since { get; set; } = since;

        public string? Step { get; set; }

        /// <summary>What was told to be wrong with it; null when all is well.</summary>
        public string? Trouble { get; set; }
    }
}
