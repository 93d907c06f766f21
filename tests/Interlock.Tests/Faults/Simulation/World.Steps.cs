using System.Globalization;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Merging;
using Interlock.Engine.Protocol;

namespace Interlock.Tests.Faults.Simulation;

/// <summary>Who acts next, and what befalls the host as a whole.</summary>
internal sealed partial class World
{
    private const int MostRounds = 80;
    private const int RoundsOfNothing = 4;

    private void Step()
    {
        Time.Advance(TimeSpan.FromSeconds(Chance.Next(1, 60)));
        switch (Chance.Next(100))
        {
            case < 30:
                if (Running is null)
                {
                    Begin();
                }

                Tick(Running!);
                break;
            case < 62:
                if (Running is { Attempts.Count: > 0 } run)
                {
                    Work(run, run.Attempts[Chance.Next(run.Attempts.Count)]);
                }

                break;
            case < 93:
                Interfere();
                break;
            case < 95:
                Running?.Dead = true;
                Say("the run is killed");
                break;
            case < 96:
                RestartHost();
                break;
            case < 97:
                Lose();
                break;
            default:
                hasSpace = !hasSpace;
                if (!hasSpace)
                {
                    Hit(Fault.NoSpaceForNewWork);
                }

                break;
        }
    }

    /// <summary>Anything that may happen while a run is in the middle of something.</summary>
    private void Interfere() => Try(() =>
    {
        switch (Chance.Next(20))
        {
            case < 6:
                ActInWindow();
                break;
            case < 10:
                ActAsZombie();
                break;
            case < 14:
                ActByHand();
                break;
            case < 16:
                TouchBranch();
                break;
            case 16:
                Hit(Fault.HelperLands);
                Finish(new Lander(Protocol, mutant.Git?.Invoke(this) ?? Git, _ => { }).RecoverAsync(CancellationToken.None));
                break;
            case 17:
                Hit(Fault.HelperReclaims);
                Reclaim();
                break;
            case 18:
                SetClock();
                break;
            default:
                Time.Advance(TimeSpan.FromSeconds(Chance.Next(30, 200)));
                break;
        }
    });

    private void SetClock()
    {
        var back = Chance.Next(2) == 0;
        Hit(back ? Fault.ClockSetBack : Fault.ClockSetForward);
        Time.WallShift += TimeSpan.FromMinutes(Chance.Next(1, 181) * (back ? -1 : 1));
    }

    private void RestartHost()
    {
        Hit(Fault.HostRestarts);
        boots++;
        Time.Restart();
        runs.ForEach(run => run.Dead = true);
        Protocol = new TaskProtocol(Store, new Clock(Time, Boot), options);
    }

    // Somebody deletes the state; what git still shows is all there is to build it from.
    private void Lose()
    {
        if (Git[Target] is null)
        {
            return;
        }

        Hit(Fault.StateWipedAndRebuilt);
        calm = true;
        runs.ForEach(run => run.Dead = true);
        windows.Clear();
        unanswered.Clear();
        Places.Clear();
        var given = Store.State.LastFence;
        File.State = new MemoryState($"e{(int.Parse(Store.State.Epoch[1..], CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture)}");
        Judge.Rebuilt();
        Import();
        Protocol.SkipFences(given, "the state was lost");
        var log = Git.Log(Git[Target]).ToList();
        foreach (var commit in log.Where(commit => commit is { Fence: not null, Undoes: false }))
        {
            if (log.TakeWhile(newer => newer.Id != commit.Id).Any(newer => newer.Undoes && newer.Task == commit.Task))
            {
                Judge.Excuse(commit.Task!.Value);
                Protocol.Block(commit.Task!.Value, null, "it was undone before the state was rebuilt", null);
            }
            else
            {
                Protocol.AdoptLanded(commit.Task!.Value, commit.Id, Target);
            }
        }

        Protocol.NoteBranch(Target, Git[Target]!, "as it stands");
        calm = false;
    }

    // No fault strikes any more; people say go on, and everything has half a day.
    private void CalmDown()
    {
        calm = true;
        hasSpace = true;
        var still = 0;
        for (var round = 0; round == 0 || (round < MostRounds && Store.State.Tasks.Any(task => !task.IsFinished && task.State != TaskState.Dead)); round++)
        {
            var events = Store.State.Events.Count;
            Protocol.ResumeQueue(Target);
            if (Running is null)
            {
                Begin();
            }

            var run = Running!;
            Tick(run);
            foreach (var attempt in run.Attempts.ToList())
            {
                while (run.Attempts.Contains(attempt) && !run.Dead)
                {
                    Work(run, attempt);
                }
            }

            Time.Advance(TimeSpan.FromMinutes(11));
            still = Store.State.Events.Count == events && Store.State.Live.All(lease => lease.InReview) && !Store.State.Tasks.Any(task => task.IsOpen && task.NotBefore > Now.Wall) ? still + 1 : 0;
            if (still == RoundsOfNothing)
            {
                break;
            }
        }
    }
}
