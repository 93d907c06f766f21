using System.Globalization;
using Interlock.Benchmarks;
using Interlock.Domain.Merging;
using Interlock.Engine.Merging;
using Interlock.Engine.Running;

namespace Interlock.Tests.Merging.Campaign;

/// <summary>One generated repository and what happens on its branch, all of it decided by the seed.</summary>
internal sealed class Story : IDisposable
{
    private const int Tasks = 24;

    private readonly int seed;
    private readonly Random chance;
    private readonly Counts counts = new();
    private readonly QueueGround ground;
    private readonly BranchOracle oracle;
    private readonly People people;
    private readonly Disturbance disturbance;
    private ScriptedChecks checks = null!;
    private int step;

    public Story(int seed)
    {
        this.seed = seed;
        chance = new Random(seed);
        disturbance = new Disturbance(chance);
        string[] ids = [.. Enumerable.Range(1, Tasks).Select(n => string.Create(CultureInfo.InvariantCulture, $"2.5.{n}"))];
        ChangeMaker? maker = null;
        ground = new QueueGround(
            objects => (maker = new ChangeMaker(chance, objects, counts)).NewRepository(ids),
            owner => checks ??= new ScriptedChecks(owner.Objects, seed, _ => disturbance.Pass("look")) { Slow = seed % 2 == 0 },
            QueueSettings.Default) { OnNews = news => disturbance.Pass($"news {news.Kind}") };
        ground.Add([.. ids.Select((id, n) => QueueGround.NewTask(id, $"m{n % 5}", 1 + (n % 3)))]);
        oracle = new BranchOracle(ground, checks, counts);
        people = new People(chance, ground, oracle, maker!, counts);
    }

    /// <summary>Plays until about this many batches were taken and everything is decided.</summary>
    /// <exception cref="OracleException">A rule was broken; says the seed and the step.</exception>
    public async Task<Counts> PlayAsync(int batches, bool inspect)
    {
        Failpoint.Watcher.Value = Pass;
        try
        {
            // As a run does before its first claim.
            await ground.Queue.LookAsync(QueueGround.Target, TestContext.Current.CancellationToken);
            for (step = 1; counts["batch"] < batches && step < batches * 12; step++)
            {
                await StepAsync();
                oracle.CheckReturns();
            }

            await FinishAsync();
            if (inspect)
            {
                ground.Run("fsck", "--strict", "--no-dangling");
                counts.Add("fsck");
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw new OracleException($"seed {seed}, step {step}, last point '{disturbance.Last}': {error.Message}\n{(error is OracleException ? "" : error.StackTrace)}\n{counts.Latest}\n{string.Join('\n', ground.News.TakeLast(12).Select(news => $"{news.Kind} {news.Task} {news.Text}"))}");
        }

        counts.Add("check runs", checks.Runs);
        counts.Add("flake", checks.Flakes);
        counts.Add("verified ahead", checks.Beside);
        return counts;
    }

    public void Dispose() => ground.Dispose();

    private void Pass(string point)
    {
        disturbance.Pass(point);
        if (point == Failpoint.WhileVerifying)
        {
            checks.AnswerNext();
        }
    }

    private async Task StepAsync()
    {
        switch (chance.Next(100))
        {
            case < 42:
                for (var left = chance.Next(1, 6); left > 0; left--)
                {
                    people.Submit();
                }

                break;
            case < 78:
                await LandAsync(chance.Next(100));
                break;
            case < 84:
                people.Push();
                break;
            case < 86:
                people.Force();
                break;
            case < 87:
                people.Delete();
                break;
            case < 90:
                people.Cancel();
                break;
            case < 93:
                await people.UndoAsync();
                break;
            case < 95:
                people.Retry();
                break;
            default:
                ground.Time.Advance(TimeSpan.FromMinutes(chance.Next(50)));
                break;
        }

        await ReactAsync();
    }

    // People see a branch that is paused or red, sooner or later.
    private async Task ReactAsync()
    {
        if (ground.Workspace.Store.Read(reader => reader.FindBranch(QueueGround.Target)) is not { } branch)
        {
            return;
        }

        if (branch.Pause is not null && chance.Next(4) == 0)
        {
            counts.Add("paused and resumed");
            ground.Protocol.ResumeQueue(QueueGround.Target);
        }

        if (branch.RedTip is not null && branch.RedTip == ground.Tip && chance.Next(4) == 0)
        {
            counts.Add("red branch");
            people.Heal(push: chance.Next(3) == 0);
            await LandAsync(100);
        }
    }

    private async Task LandAsync(int dice)
    {
        Action<string>? trouble = dice switch
        {
            < 22 => point => throw new CrashException(point),
            < 28 => Told("foreign push while landing", people.Push),
            < 32 => Told("cancelled while landing", people.Cancel),
            < 35 => Told("forced while landing", people.Force),
            < 37 => Told("deleted while landing", people.Delete),
            < 40 => Told("submitted while landing", people.Submit),
            < 46 => Told("helped while landing", people.Help),
            _ => null,
        };
        if (trouble is not null)
        {
            disturbance.Arm(trouble, behind: dice is >= 40 and < 43 ? Failpoint.AfterIntent : null);
        }

        try
        {
            await ground.Queue.LookAsync(QueueGround.Target, TestContext.Current.CancellationToken);
            if (ground.Queue.HasWork)
            {
                counts.Add("batch");
                await ground.Queue.LandNextAsync(TestContext.Current.CancellationToken);
            }
        }
        catch (CrashException crash)
        {
            await RecoverAsync(crash);
        }

        disturbance.Disarm();
    }

    private async Task RecoverAsync(CrashException crash)
    {
        while (true)
        {
            counts.Add(Where(crash));
            ground.Reopen();
            checks.Forget();
            if (chance.Next(4) == 0)
            {
                disturbance.Arm(point => throw new CrashException(point), most: 6);
            }

            try
            {
                await ground.Queue.RecoverAsync(TestContext.Current.CancellationToken);
                await ground.Queue.LookAsync(QueueGround.Target, TestContext.Current.CancellationToken);
                disturbance.Disarm();
                oracle.CheckReturns();
                oracle.CheckAgreement();
                return;
            }
            catch (CrashException again)
            {
                counts.Add("crash while recovering");
                crash = again;
            }
        }
    }

    // Where it hurt, by what it left.
    private string Where(CrashException crash)
    {
        var open = oracle.Landings().FirstOrDefault(landing => landing.State == LandingState.Merging);
        return crash.Message == "look" ? "crash while checking"
            : open is null ? "crash outside of landing"
            : ground.Objects.FirstParents(ground.Tip).Contains(open.IntentNew) ? "crash between swap and record"
            : "crash between intent and swap";
    }

    private Action<string> Told(string kind, Action act) => _ =>
    {
        counts.Add(kind);
        act();
    };

    // With everybody gone home, the queue comes to an end: each change landed, went back with a reason, or waits for one.
    private async Task FinishAsync()
    {
        for (var rounds = 0; ; rounds++)
        {
            SerialOracle.Require(rounds < 200, $"the queue does not come to an end: {oracle.Describe(ground.Tip)}");
            ground.Protocol.ResumeQueue(QueueGround.Target);
            await ground.Queue.LookAsync(QueueGround.Target, TestContext.Current.CancellationToken);
            ground.Protocol.ResumeQueue(QueueGround.Target);
            if (ground.Queue.HasWork)
            {
                counts.Add("batch");
                await ground.Queue.LandNextAsync(TestContext.Current.CancellationToken);
                oracle.CheckReturns();
                continue;
            }

            oracle.CheckReturns();
            oracle.CheckAgreement();
            if (oracle.Landings().All(landing => landing.State is LandingState.Landed or LandingState.Returned))
            {
                return;
            }

            var branch = ground.Workspace.Store.Read(reader => reader.FindBranch(QueueGround.Target))!;
            SerialOracle.Require(branch.RedTip == ground.Tip && !checks.IsGreen(ground.Tip!), "a change waits for nothing");
            counts.Add("waited for a green branch");
            people.Heal(push: true);
        }
    }
}
