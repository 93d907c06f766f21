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
        var fence = await LandUpToAsync(Failpoint.AfterSwap);
        var landed = ground.Tip!;
        var slipped = ground.Objects.WriteCommit(ground.Objects.TreeOf(ground.Start), [ground.Start], "slipped in");
        var rebased = ground.Objects.WriteCommit(ground.Objects.TreeOf(landed), [slipped], ground.Objects.Commit(landed).Message.TrimEnd('\n'));
        ground.Run("update-ref", QueueGround.Target, rebased);

        ground.Reopen();
        await ground.Queue.RecoverAsync(TestRepository.Now);
        await ground.Queue.LookAsync(QueueGround.Target, TestRepository.Now);

        Assert.False(ground.Queue.HasWork);
        Assert.Equal(rebased, ground.Tip);
        var (landing, done, branch) = ground.Workspace.Store.Read(reader => (reader.FindLanding(fence)!, reader.FindTask(task)!, reader.FindBranch(QueueGround.Target)!));
        Assert.Equal((LandingState.Landed, TaskState.Merged, rebased), (landing.State, done.State, done.Commit));
        Assert.Equal(PauseCodes.ForceMoved, branch.Pause?.Code);
    }

    private async Task<long> LandUpToAsync(string point)
    {
        ground.Add(QueueGround.NewTask(task.Value, "m"));
        await ground.Queue.LookAsync(QueueGround.Target, TestRepository.Now);
        var work = ground.Objects.TreeOf(ground.Start).With("b.txt", new FileEntry(FileEntry.Plain, ground.Objects.WriteBlob("b\n")));
        var fence = ground.Submit(task, ground.Start, ground.Objects.WriteCommit(work, [ground.Start], "work"));
        Failpoint.Watcher.Value = name => _ = name == point ? throw new CrashException(name) : name;
        await Assert.ThrowsAsync<CrashException>(() => ground.Queue.LandNextAsync(TestRepository.Now));
        Failpoint.Watcher.Value = null;
        return fence;
    }
}
