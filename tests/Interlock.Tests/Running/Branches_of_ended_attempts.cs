using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Protocol;
using Interlock.Engine.Running;
using Interlock.Engine.Worktrees;
using Interlock.Tests.Projections;
using Interlock.Tests.Worktrees;

namespace Interlock.Tests.Running;

public sealed class Branches_of_ended_attempts : IDisposable
{
    private static readonly TaskId Id = new("2.5.1");

    private readonly OpenedRepository opened = new();
    private readonly string start;

    public Branches_of_ended_attempts()
    {
        Git("config", "user.name", "Test");
        Git("config", "user.email", "test@localhost");
        start = TestRepository.CommitIn(opened.Root, "start");
    }

    private WorkTask Task => opened.Store.Read(reader => reader.FindTask(Id))!;

    public void Dispose() => opened.Dispose();

    [Fact]
    public async Task Sealed_work_whose_lease_was_taken_away_is_offered_to_the_next_attempt()
    {
        var (fence, token) = Claim();
        var work = Seal(fence, "work");
        opened.Protocol.Release(Id, token);

        await SweepAsync();

        Assert.Equal(work, Task.PriorCommit);
        Assert.Equal(start, Task.PriorBase);
        Assert.Equal(work, Git("rev-parse", $"refs/interlock/salvage/2.5.1/{fence}"));
        Assert.Equal("", Branches());
    }

    [Fact]
    public async Task A_newer_attempt_is_what_the_next_one_starts_from()
    {
        foreach (var text in (string[])["first", "second"])
        {
            var (fence, token) = Claim();
            Seal(fence, text);
            opened.Protocol.Release(Id, token);
        }

        await SweepAsync();

        Assert.Equal(Git("rev-parse", "refs/interlock/salvage/2.5.1/2"), Task.PriorCommit);
        Assert.Equal("", Branches());
    }

    [Fact]
    public async Task Work_that_may_still_land_or_is_still_done_keeps_its_branch()
    {
        var (fence, token) = Claim();
        var work = Seal(fence, "work");
        await SweepAsync();
        Assert.Equal($"agent/2.5.1/{fence}", Branches());

        opened.Protocol.Submit(Id, token, "refs/heads/interlock/2.5", start, work);
        await SweepAsync();

        Assert.Equal($"agent/2.5.1/{fence}", Branches());
        Assert.Null(Task.PriorCommit);
    }

    [Fact]
    public async Task Work_that_was_saved_in_another_form_under_the_same_fence_is_kept_together_with_it()
    {
        var (fence, token) = Claim();
        var work = Seal(fence, "work");
        var other = Git("commit-tree", $"{start}^{{tree}}", "-p", start, "-m", "other");
        Git("update-ref", $"refs/interlock/salvage/2.5.1/{fence}", other);
        opened.Protocol.Release(Id, token);

        await SweepAsync();

        Assert.Equal("", Branches());
        var saved = Git("rev-parse", $"refs/interlock/salvage/2.5.1/{fence}");
        Assert.Equal($"{work} {other}", Git("log", "-1", "--format=%P", saved));
        Assert.Equal(Git("rev-parse", $"{work}^{{tree}}"), Git("rev-parse", $"{saved}^{{tree}}"));
        Assert.Equal(saved, Task.PriorCommit);
    }

    [Fact]
    public async Task A_branch_of_a_task_in_the_plan_that_no_lease_knows_goes_with_its_work_saved_and_others_stay()
    {
        var work = Seal(77, "work");
        Git("branch", "agent/9.9.9/77");
        Git("branch", "agent/mine");

        await SweepAsync();

        Assert.Equal("agent/9.9.9/77\nagent/mine", Branches());
        Assert.Equal(work, Git("rev-parse", "refs/interlock/salvage/2.5.1/77"));
        Assert.Null(Task.PriorCommit);
    }

    [Fact]
    public async Task What_landed_leaves_no_branch_and_no_salvage()
    {
        var (fence, token) = Claim();
        var work = Seal(fence, "work");
        opened.Protocol.Submit(Id, token, "refs/heads/interlock/2.5", start, work);
        opened.Protocol.TryBeginLanding([new LandingStep(fence, start)], start);
        opened.Protocol.RecordLanded([fence], start);

        await SweepAsync();

        Assert.Equal("", Branches());
        Assert.Equal("", Git("for-each-ref", "refs/interlock"));
    }

    private (long Fence, LeaseToken Token) Claim()
    {
        var reply = opened.Protocol.Claim(new ClaimRequest(Id, new AgentId("dev-oauth-1"), BaseCommit: start));
        Assert.True(reply.Done, reply.Refusal?.Message);
        return (reply.Lease!.Fence, LeaseToken.TryParse(reply.Token)!);
    }

    private string Seal(long fence, string text)
    {
        var commit = Git("commit-tree", start + "^{tree}", "-p", start, "-m", text);
        Git("update-ref", $"refs/heads/{Commits.BranchOf(Id, fence)}", commit);
        return commit;
    }

    private Task SweepAsync()
    {
        var repository = opened.Workspace.Repository!;
        return new Recovery(opened.Workspace).SweepAsync(new WorktreePool(repository, opened.Root + "-trees", WorktreeSetup.None), TestContext.Current.CancellationToken);
    }

    private string Branches() => Git("for-each-ref", "--format=%(refname:short)", "refs/heads/agent");

    private string Git(params string[] arguments) => TestRepository.RunIn(opened.Root, arguments);
}
