using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Engine;
using Interlock.Engine.Importers;
using Interlock.Engine.Protocol;
using Interlock.Engine.Running;
using Interlock.Engine.Worktrees;
using Interlock.Tests.Projections;
using Interlock.Tests.Worktrees;

namespace Interlock.Tests.Running;

public sealed class Taking_over : IDisposable
{
    private static readonly TaskId Id = new("2.5.1");

    private readonly string home = Directory.CreateTempSubdirectory("interlock-take-over-").FullName;
    private readonly Workspace workspace;
    private readonly string start;

    public Taking_over()
    {
        var root = Path.Combine(home, "repository");
        Directory.CreateDirectory(root);
        TestRepository.RunIn(root, "init", "-q");
        TestRepository.RunIn(root, "config", "user.name", "Test");
        TestRepository.RunIn(root, "config", "user.email", "test@localhost");
        TestRepository.WriteIn(root, "interlock.json", """{ "worktrees": { "root": "../trees" } }""");
        TestRepository.WriteIn(root, "plan/IMPLEMENTATION_PLAN.md", OpenedRepository.Plan);
        start = TestRepository.CommitIn(root, "start");
        workspace = Workspace.Open(root, TimeProvider.System);
        PlanImport.Store(PlanImport.Read(root, workspace.Config), workspace.Config, workspace.Protocol);
    }

    public void Dispose()
    {
        workspace.Dispose();
        Directory.Delete(home, recursive: true);
    }

    // A person cancels the task after its worktree was made and before the run could say which process works there.
    [Fact]
    public async Task The_worktree_in_which_a_living_run_starts_its_agent_is_left_to_that_run()
    {
        var (token, worktree) = await ClaimAsync(Housekeeping.Self);

        await TakeOverAsync(workspace.Protocol.Cancel(Id, "not needed").Lease!);

        Assert.True(File.Exists(Path.Combine(worktree.Path, "half.txt")));
        Assert.Equal(RefusalCodes.NotCurrent, workspace.Protocol.Register(token, Housekeeping.Self).Refusal?.Code);
    }

    [Fact]
    public async Task What_a_run_left_that_died_at_that_point_is_saved_and_removed()
    {
        var (_, worktree) = await ClaimAsync(Housekeeping.Self with { Start = 1 });

        await TakeOverAsync(workspace.Protocol.Reclaim(1, "it died", usesAttempt: false).Lease!);

        Assert.False(Directory.Exists(worktree.Path));
        Assert.Equal("half\n", TestRepository.RunIn(workspace.Root, "show", "refs/interlock/salvage/2.5.1/1:half.txt") + "\n");
    }

    private async Task<(LeaseToken Token, Worktree Worktree)> ClaimAsync(Supervisor supervisor)
    {
        var reply = workspace.Protocol.Claim(new ClaimRequest(
            Id, new AgentId("dev-oauth-1"), Supervisor: supervisor, BaseCommit: start, WorktreeName: fence => Commits.WorktreeOf(Id, fence)));
        var pool = new Recovery(workspace).Worktrees(workspace.Repository!);
        var worktree = await pool.CreateAsync(reply.Lease!.Worktree!, Commits.BranchOf(Id, reply.Lease.Fence), start, TestContext.Current.CancellationToken);
        File.WriteAllText(Path.Combine(worktree.Path, "half.txt"), "half\n");
        return (LeaseToken.TryParse(reply.Token)!, worktree);
    }

    private Task TakeOverAsync(Lease lease) => new Recovery(workspace).TakeOverAsync(lease, TestContext.Current.CancellationToken);
}
