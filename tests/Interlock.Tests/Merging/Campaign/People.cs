using Interlock.Benchmarks;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Merging;

namespace Interlock.Tests.Merging.Campaign;

/// <summary>Everybody but the queue: agents who hand work in, and people who push, rewrite, delete, cancel and undo.</summary>
internal sealed class People(Random chance, QueueGround ground, BranchOracle oracle, ChangeMaker maker, Counts counts)
{
    private readonly List<string> bases = [ground.Start];

    /// <summary>A change of an open task, made on where the branch stood at some moment.</summary>
    public void Submit()
    {
        var open = Tasks().Where(task => task.State == TaskState.Ready && !task.Id.Value.StartsWith("repair", StringComparison.Ordinal) && !(task.NotBefore > ground.Time.GetUtcNow())).ToList();
        if (open.Count == 0)
        {
            return;
        }

        var task = open[chance.Next(open.Count)];
        counts.Add("submitted");
        counts.Add("submitted again", task.Attempts + task.Conflicts > 0 ? 1 : 0);
        if (ground.Tip is { } tip)
        {
            bases.Add(tip);
        }

        // Mostly the newest, or a stale one, or one that was force-moved away since.
        var from = bases[chance.Next(4) > 0 ? bases.Count - 1 : chance.Next(bases.Count)];
        var tree = ground.Objects.TreeOf(from);
        var by = $"{task.Id}.{task.Attempts}";
        var work = chance.Next(100) switch
        {
            < 12 => maker.Spoil(tree, by),
            < 18 => maker.Half(tree, by),
            _ => maker.Change(tree, by),
        };
        Hand(task, from, work);
    }

    /// <summary>Repairs a red branch: through the queue, or by a push.</summary>
    public void Heal(bool push)
    {
        if (ground.Tip is not { } tip)
        {
            return;
        }

        var healed = maker.Heal(ground.Objects.TreeOf(tip));
        if (push)
        {
            counts.Add("healed by a push");
            Move(ground.Objects.WriteCommit(healed, [tip], "heal"));
        }
        else if (Tasks().FirstOrDefault(task => task.State == TaskState.Ready && task.Id.Value.StartsWith("repair", StringComparison.Ordinal)) is { } repair)
        {
            counts.Add("repair submitted");
            Hand(repair, tip, healed);
        }
    }

    /// <summary>Commits of others on top of the branch.</summary>
    public void Push()
    {
        if (ground.Tip is not { } tip)
        {
            return;
        }

        counts.Add("foreign push");
        for (var commits = chance.Next(1, 3); commits > 0; commits--)
        {
            var tree = ground.Objects.TreeOf(tip);
            tip = ground.Objects.WriteCommit(chance.Next(8) == 0 ? maker.Spoil(tree, "human") : maker.Change(tree, "human"), [tip], "by hand");
        }

        Move(tip);
    }

    /// <summary>A reset to an earlier commit, or a rebase of the last ones onto something else.</summary>
    public void Force()
    {
        if (ground.Tip is not { } tip)
        {
            return;
        }

        var history = ground.Objects.FirstParents(tip).ToList();
        var back = Math.Min(chance.Next(1, 4), history.Count - 1);
        if (back == 0)
        {
            return;
        }

        var at = history[back];
        if (chance.Next(2) == 0)
        {
            counts.Add("rebased");
            at = ground.Objects.WriteCommit(maker.Change(ground.Objects.TreeOf(at), "human"), [at], "slipped in");
            foreach (var old in history.Take(back).Reverse())
            {
                at = ground.Objects.WriteCommit(ground.Objects.TreeOf(old), [at], ground.Objects.Commit(old).Message.TrimEnd('\n'));
            }
        }
        else
        {
            counts.Add("reset");
        }

        Move(at);
    }

    public void Delete()
    {
        if (ground.Tip is not null)
        {
            counts.Add("branch deleted");
            oracle.MovedByPeople(null);
            ground.Run("update-ref", "-d", QueueGround.Target);
        }
    }

    public void Cancel()
    {
        var waiting = Tasks().Where(task => task.State == TaskState.Submitted).ToList();
        if (waiting.Count > 0)
        {
            counts.Add(ground.Protocol.Cancel(waiting[chance.Next(waiting.Count)].Id, "not wanted any more").Done ? "cancelled" : "cancelled too late");
        }
    }

    public void Retry()
    {
        foreach (var task in Tasks().Where(task => task.State is TaskState.Dead or TaskState.Cancelled && chance.Next(3) == 0))
        {
            ground.Protocol.Retry(task.Id);
        }
    }

    public async Task UndoAsync()
    {
        var landed = Tasks().Where(task => task is { State: TaskState.Merged, CompletedHow: "landed" }).ToList();
        if (landed.Count == 0)
        {
            return;
        }

        var task = landed[chance.Next(landed.Count)];
        var reverse = await OneLanding.ReverseAsync(ground.Workspace, ground.Repository, task.Id, task.Commit!, TestContext.Current.CancellationToken);
        counts.Add("undo asked", ground.Protocol.Undo(task.Id, QueueGround.Target, reverse, new AgentId("me"), "a second thought").Done ? 1 : 0);
    }

    /// <summary>Another process, of a version without the lock of a run, finishes what it finds.</summary>
    public void Help()
    {
        counts.Add("helped");
        using var other = Engine.Workspace.Open(ground.Home, ground.Time);
        Task.Run(() => new Lander(other.Protocol, new BranchGit(other.Repository!), _ => { }).RecoverAsync(CancellationToken.None)).GetAwaiter().GetResult();
    }

    private void Hand(WorkTask task, string from, FileTree work) =>
        ground.Submit(task.Id, from, ground.Objects.WriteCommit(work, [from], $"work on {task.Id}"), $"dev-{chance.Next(1, 4)}");

    private void Move(string to)
    {
        oracle.MovedByPeople(to);
        ground.Run("update-ref", "--create-reflog", "-m", "by hand", QueueGround.Target, to);
    }

    private IReadOnlyList<WorkTask> Tasks() => ground.Workspace.Store.Read(reader => reader.Tasks());
}
