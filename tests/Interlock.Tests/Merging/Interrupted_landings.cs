using Interlock.Benchmarks;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Merging;
using Interlock.Engine.Running;
using Interlock.Tests.Merging.Campaign;
using Interlock.Tests.Worktrees;

namespace Interlock.Tests.Merging;

/// <summary>What people do to the branch between two steps of one landing.</summary>
public sealed class Interrupted_landings : IDisposable
{
    private readonly TaskId task = new("2.5.1");
    private readonly QueueGround ground = new(
        objects => FileTree.Empty.With("a.txt", new FileEntry(FileEntry.Plain, objects.WriteBlob("one\n"))), owner => new ScriptedChecks(owner.Objects, 1), QueueSettings.Default);

    public void Dispose() => ground.Dispose();

    [Fact]
    public async Task A_branch_that_was_rebased_after_the_swap_and_before_the_record_does_not_get_the_change_twice()
    {
        var fence = Assert.Single(await LandUpToAsync(Failpoint.AfterSwap));
        var rebased = await RebaseAndRecoverAsync(ground.Start);

        var (landing, done, branch) = ground.Workspace.Store.Read(reader => (reader.FindLanding(fence)!, reader.FindTask(task)!, reader.FindBranch(QueueGround.Target)!));
        Assert.Equal((LandingState.Landed, TaskState.Merged, rebased), (landing.State, done.State, done.Commit));
        Assert.Equal(PauseCodes.ForceMoved, branch.Pause?.Code);
    }

    [Fact]
    public async Task When_only_the_later_half_of_a_batch_was_rebased_none_of_it_lands_twice()
    {
        var fences = await LandUpToAsync(Failpoint.AfterSwap, "2.5.2");
        var first = ground.Objects.Commit(ground.Tip!).Parents.Single();
        var rebased = await RebaseAndRecoverAsync(first);

        var (landings, tasks) = ground.Workspace.Store.Read(reader => (fences.Select(reader.FindLanding).ToList(), reader.Tasks()));
        Assert.All(landings, landing => Assert.Equal(LandingState.Landed, landing!.State));
        Assert.Equal(new[] { first, rebased }.Order(), tasks.Select(done => done.Commit).Order());
    }

    [Fact]
    public async Task A_branch_that_is_moved_back_between_the_look_and_the_next_landing_is_noticed()
    {
        var fence = Assert.Single(await LandUpToAsync(Failpoint.AfterRecord));
        await ground.Queue.LookAsync(QueueGround.Target, TestRepository.Now);
        ground.Add(QueueGround.NewTask("2.5.3", "n"));
        Submit("2.5.3");
        ground.Run("update-ref", QueueGround.Target, ground.Start);

        await ground.Queue.LandNextAsync(TestRepository.Now);

        var (done, branch) = ground.Workspace.Store.Read(reader => (reader.FindTask(reader.FindLanding(fence)!.Task)!, reader.FindBranch(QueueGround.Target)!));
        Assert.Equal((TaskState.Dead, null), (done.State, done.Commit));
        Assert.Equal((ground.Start, PauseCodes.ForceMoved), (ground.Tip, branch.Pause?.Code));
    }

    // Somebody puts a commit of their own on this one, the tip of the branch on that, and the queue comes back.
    private async Task<string> RebaseAndRecoverAsync(string onto)
    {
        var tip = ground.Tip!;
        var slipped = ground.Objects.WriteCommit(ground.Objects.TreeOf(onto), [onto], "slipped in");
        var rebased = ground.Objects.WriteCommit(ground.Objects.TreeOf(tip), [slipped], ground.Objects.Commit(tip).Message.TrimEnd('\n'));
        ground.Run("update-ref", QueueGround.Target, rebased);

        ground.Reopen();
        await ground.Queue.RecoverAsync(TestRepository.Now);
        await ground.Queue.LookAsync(QueueGround.Target, TestRepository.Now);

        Assert.False(ground.Queue.HasWork);
        Assert.Equal(rebased, ground.Tip);
        return rebased;
    }

    // The first task and these, all in one batch.
    private async Task<IReadOnlyList<long>> LandUpToAsync(string point, params string[] others)
    {
        string[] ids = [task.Value, .. others];
        ground.Add([.. ids.Select(id => QueueGround.NewTask(id, "m"))]);
        await ground.Queue.LookAsync(QueueGround.Target, TestRepository.Now);
        var fences = ids.Select(Submit).ToList();
        Failpoint.Watcher.Value = name => _ = name == point ? throw new CrashException(name) : name;
        await Assert.ThrowsAsync<CrashException>(() => ground.Queue.LandNextAsync(TestRepository.Now));
        Failpoint.Watcher.Value = null;
        return fences;
    }

    private long Submit(string id)
    {
        var work = ground.Objects.TreeOf(ground.Start).With($"{id}.txt", new FileEntry(FileEntry.Plain, ground.Objects.WriteBlob($"{id}\n")));
        return ground.Submit(new TaskId(id), ground.Start, ground.Objects.WriteCommit(work, [ground.Start], "work"));
    }
}
