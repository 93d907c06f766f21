using System.Globalization;
using System.Threading.Channels;
using Interlock.Benchmarks;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Merging;
using Interlock.Engine.Verification;

namespace Interlock.Tests.Merging;

/// <summary>The next batch is verified while the present one is, and only the branch decides whether that counts.</summary>
public sealed class Verified_ahead : IDisposable
{
    private readonly AnsweredChecks checks = new();
    private QueueGround ground;
    private int tasks;

    public Verified_ahead() => ground = Ground(QueueSettings.Default);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public void Dispose() => ground.Dispose();

    [Fact]
    public async Task What_was_green_on_top_of_the_batch_before_lands_without_another_look()
    {
        var (landing, first) = await BeginAsync();
        var next = Submit();
        var ahead = await LookOnNoticeAsync();
        ahead.Say(green: true);
        first.Say(green: true);
        await landing;

        await ground.Queue.LandNextAsync(Now);

        Assert.Equal(ahead.Commit, ground.Tip);
        Assert.Equal(first.Commit, ground.Objects.Commit(ahead.Commit).Parents.Single());
        Assert.Equal((LandingState.Landed, 2), (StateOf(next), checks.Asked));
    }

    [Fact]
    public async Task What_is_still_being_looked_at_when_its_turn_comes_is_waited_for()
    {
        var (landing, first) = await BeginAsync();
        Submit();
        var ahead = await LookOnNoticeAsync();
        first.Say(green: true);
        await landing;

        var second = ground.Queue.LandNextAsync(Now);
        Assert.False(second.IsCompleted);
        ahead.Say(green: true);
        await second;

        Assert.Equal((ahead.Commit, 2), (ground.Tip, checks.Asked));
    }

    [Fact]
    public async Task On_top_of_a_red_batch_it_is_stopped_and_nobody_is_blamed_by_it()
    {
        var (landing, first) = await BeginAsync();
        var innocent = Submit();
        var ahead = await LookOnNoticeAsync();
        first.Say(green: false);
        await ahead.Stopped;
        var alone = await checks.NextAsync();
        alone.Say(green: false);
        var branch = await checks.NextAsync();
        branch.Say(green: true);
        await landing;

        Assert.Equal((first.Commit, ground.Start), (alone.Commit, branch.Commit));

        Assert.Equal(LandingState.Submitted, StateOf(innocent));
        landing = ground.Queue.LandNextAsync(Now);
        var again = await checks.NextAsync();
        Assert.Equal(ground.Start, ground.Objects.Commit(again.Commit).Parents.Single());
        again.Say(green: true);
        await landing;
        Assert.Equal((again.Commit, LandingState.Landed), (ground.Tip, StateOf(innocent)));
    }

    [Fact]
    public async Task Red_beside_a_neighbour_and_green_alone_lands()
    {
        var (landing, first) = await BeginAsync();
        Submit();
        var neighbour = await LookOnNoticeAsync();
        first.Say(green: false);
        await neighbour.Stopped;
        (await checks.NextAsync()).Say(green: true);
        await landing;

        Assert.Equal(first.Commit, ground.Tip);
    }

    [Fact]
    public async Task Red_beforehand_is_asked_again_before_anybody_is_blamed()
    {
        var (landing, first) = await BeginAsync();
        var flaky = Submit();
        var ahead = await LookOnNoticeAsync();
        ahead.Say(green: false);
        first.Say(green: true);
        await landing;

        landing = ground.Queue.LandNextAsync(Now);
        var again = await checks.NextAsync();
        Assert.Equal((ahead.Commit, false, true), (again.Commit, ahead.SecondLook, again.SecondLook));
        again.Say(green: true);
        await landing;

        Assert.Equal(LandingState.Landed, StateOf(flaky));
    }

    [Fact]
    public async Task Changes_that_come_in_the_first_half_of_it_go_along_and_later_ones_wait()
    {
        var (landing, first) = await BeginAsync();
        ground.Time.Advance(TimeSpan.FromMinutes(10));
        first.Say(green: true);
        await landing;
        (landing, first) = await BeginAsync();
        Submit();
        var alone = await LookOnNoticeAsync();

        ground.Time.Advance(TimeSpan.FromMinutes(4));
        Submit();
        var both = await LookOnNoticeAsync();
        await alone.Stopped;
        ground.Time.Advance(TimeSpan.FromMinutes(6));
        var late = Submit();
        ground.Queue.Notice();
        first.Say(green: true);
        await landing;
        Assert.Equal(4, checks.Asked);
        landing = ground.Queue.LandNextAsync(Now);
        var last = await checks.NextAsync();
        both.Say(green: true);
        await landing;

        Assert.Equal(both.Commit, ground.Tip);
        Assert.Equal([both.Commit, ground.Objects.Commit(both.Commit).Parents.Single(), first.Commit], ground.Objects.FirstParents(ground.Tip).Take(3));
        Assert.Equal(both.Commit, ground.Objects.Commit(last.Commit).Parents.Single());
        Assert.Equal(LandingState.Submitted, StateOf(late));
    }

    [Fact]
    public async Task A_change_that_was_withdrawn_takes_what_was_verified_with_it_along()
    {
        var (landing, first) = await BeginAsync();
        var gone = Submit();
        var ahead = await LookOnNoticeAsync();
        ground.Protocol.Cancel(ground.Workspace.Store.Read(reader => reader.FindLanding(gone)!.Task), "not wanted any more");
        ahead.Say(green: true);
        first.Say(green: true);
        await landing;

        Assert.False(await ground.Queue.LandNextAsync(Now));
        Assert.Equal(first.Commit, ground.Tip);
    }

    [Fact]
    public async Task A_commit_of_somebody_else_in_between_makes_it_worthless()
    {
        var (landing, first) = await BeginAsync();
        Submit();
        var ahead = await LookOnNoticeAsync();
        ahead.Say(green: true);
        first.Say(green: true);
        await landing;
        var foreign = ground.Objects.WriteCommit(ground.Objects.TreeOf(first.Commit), [first.Commit], "by hand");
        ground.Run("update-ref", QueueGround.Target, foreign);
        await ground.Queue.LookAsync(QueueGround.Target, Now);

        landing = ground.Queue.LandNextAsync(Now);
        var again = await checks.NextAsync();
        Assert.Equal(foreign, ground.Objects.Commit(again.Commit).Parents.Single());
        again.Say(green: true);
        await landing;
        Assert.Equal(again.Commit, ground.Tip);
    }

    [Fact]
    public async Task Taking_landed_work_back_does_not_wait_for_it()
    {
        var (landing, first) = await BeginAsync();
        first.Say(green: true);
        await landing;
        var (bad, commit) = (new TaskId("2.5.1"), first.Commit);
        (landing, first) = await BeginAsync();
        Submit();
        var ahead = await LookOnNoticeAsync();
        var reverse = await OneLanding.ReverseAsync(ground.Workspace, ground.Repository, bad, commit, Now);
        Assert.True(ground.Protocol.Undo(bad, QueueGround.Target, reverse, new AgentId("me"), "a second thought").Done);
        first.Say(green: true);
        await landing;

        landing = ground.Queue.LandNextAsync(Now);
        await ahead.Stopped;
        var undo = await checks.NextAsync();
        undo.Say(green: true);
        await landing;

        Assert.Equal(undo.Commit, ground.Tip);
        Assert.Contains(ground.News, news => news.Kind == "undone" && news.Task == bad);
    }

    [Fact]
    public async Task Nothing_of_it_outlives_the_queue()
    {
        var (landing, first) = await BeginAsync();
        Submit();
        var ahead = await LookOnNoticeAsync();
        first.Say(green: true);
        await landing;

        await ground.Queue.DisposeAsync();

        await ahead.Stopped;
    }

    [Fact]
    public async Task Switched_off_the_next_batch_waits_for_its_turn()
    {
        ground.Dispose();
        ground = Ground(QueueSettings.Default with { Ahead = () => false });
        var (landing, first) = await BeginAsync();
        Submit();
        ground.Queue.Notice();
        first.Say(green: true);
        await landing;

        Assert.Equal(1, checks.Asked);
        landing = ground.Queue.LandNextAsync(Now);
        (await checks.NextAsync()).Say(green: true);
        await landing;
    }

    private QueueGround Ground(QueueSettings settings) => new(
        objects => FileTree.Empty.With("a.txt", new FileEntry(FileEntry.Plain, objects.WriteBlob("one\n"))), _ => checks, settings);

    // A change is handed in and its verification is under way.
    private async Task<(Task<bool> Landing, AskedLook Look)> BeginAsync()
    {
        Submit();
        await ground.Queue.LookAsync(QueueGround.Target, Now);
        return (ground.Queue.LandNextAsync(Now), await checks.NextAsync());
    }

    private Task<AskedLook> LookOnNoticeAsync()
    {
        ground.Queue.Notice();
        return checks.NextAsync();
    }

    private long Submit()
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"2.5.{++tasks}");
        ground.Add(QueueGround.NewTask(id, id));
        var from = ground.Tip!;
        var work = ground.Objects.TreeOf(from).With($"{id}.txt", new FileEntry(FileEntry.Plain, ground.Objects.WriteBlob($"{id}\n")));
        return ground.Submit(new TaskId(id), from, ground.Objects.WriteCommit(work, [from], "work"), $"dev-{tasks}");
    }

    private LandingState StateOf(long fence) => ground.Workspace.Store.Read(reader => reader.FindLanding(fence)!.State);

    /// <summary>A look at a commit that the test answers.</summary>
    private sealed class AskedLook(string commit, bool secondLook, CancellationToken cancellation)
    {
        private readonly TaskCompletionSource<Verdict> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Commit => commit;

        public bool SecondLook => secondLook;

        public Task Stopped => stopped.Task.WaitAsync(TimeSpan.FromMinutes(1));

        public void Say(bool green) => answer.TrySetResult(new Verdict(green, green ? null : "red", green ? null : "red.log", FromCache: false, 1, []));

        public async Task<Verdict> AnswerAsync()
        {
            await using var registration = cancellation.Register(() =>
            {
                answer.TrySetCanceled(cancellation);
                stopped.TrySetResult();
            });
            return await answer.Task;
        }
    }

    private sealed class AnsweredChecks : IVerifier
    {
        private readonly Channel<AskedLook> looks = Channel.CreateUnbounded<AskedLook>();

        public int Asked { get; private set; }

        public Task<AskedLook> NextAsync() => looks.Reader.ReadAsync(Now).AsTask().WaitAsync(TimeSpan.FromMinutes(1));

        public Task<Verdict> VerifyAsync(string label, string commit, CheckStage stage, CancellationToken cancellation, bool secondLook = true)
        {
            Asked++;
            var look = new AskedLook(commit, secondLook, cancellation);
            looks.Writer.TryWrite(look);
            return look.AnswerAsync();
        }
    }
}
