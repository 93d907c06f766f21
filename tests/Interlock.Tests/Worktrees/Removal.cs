using Interlock.Engine.Worktrees;

namespace Interlock.Tests.Worktrees;

public sealed class Removal : IDisposable
{
    private readonly TestRepository repo = new();

    public void Dispose() => repo.Dispose();

    [Fact]
    public async Task An_untouched_worktree_goes_with_its_branch_and_record()
    {
        var w = await repo.NewWorktreeAsync();

        await repo.Pool.RemoveAsync(w, deleteBranch: true, TestRepository.Now);

        Assert.False(Directory.Exists(w.Path));
        Assert.Empty(repo.Run("branch", "--list", "interlock/*"));
        Assert.DoesNotContain("t1-1", repo.Run("worktree", "list"), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(repo.Root, ".trash")));
    }

    [Theory]
    [InlineData("a.txt")]
    [InlineData("untracked.txt")]
    public async Task A_dirty_worktree_is_refused_until_it_is_salvaged(string file)
    {
        var w = await repo.NewWorktreeAsync();
        TestRepository.WriteIn(w.Path, file, "work\n");

        await Assert.ThrowsAsync<UnsavedWorkException>(() => repo.Pool.RemoveAsync(w, deleteBranch: false, TestRepository.Now));
        Assert.Equal("work\n", File.ReadAllText(Path.Combine(w.Path, file)));

        await repo.Pool.SalvageAsync(w, "t1", 1, TestRepository.Now);
        TestRepository.WriteIn(w.Path, file, "more work\n");
        await Assert.ThrowsAsync<UnsavedWorkException>(() => repo.Pool.RemoveAsync(w, deleteBranch: true, TestRepository.Now));

        await repo.Pool.SalvageAsync(w, "t1", 1, TestRepository.Now);
        await repo.Pool.RemoveAsync(w, deleteBranch: true, TestRepository.Now);
        Assert.False(Directory.Exists(w.Path));
    }

    [Fact]
    public async Task Commits_on_no_other_branch_are_refused_with_the_branch_and_fine_without()
    {
        var w = await repo.NewWorktreeAsync();
        TestRepository.WriteIn(w.Path, "x.txt", "1\n");
        var head = TestRepository.CommitIn(w.Path, "own");

        await Assert.ThrowsAsync<UnsavedWorkException>(() => repo.Pool.RemoveAsync(w, deleteBranch: true, TestRepository.Now));
        await repo.Pool.RemoveAsync(w, deleteBranch: false, TestRepository.Now);

        Assert.Equal(head, repo.Run("rev-parse", "interlock/t1-1"));
    }

    [Fact]
    public async Task A_detached_commit_is_refused_even_when_the_branch_stays()
    {
        var w = await repo.NewWorktreeAsync();
        TestRepository.RunIn(w.Path, "checkout", "-q", "--detach");
        TestRepository.WriteIn(w.Path, "x.txt", "1\n");
        TestRepository.CommitIn(w.Path, "detached");

        await Assert.ThrowsAsync<UnsavedWorkException>(() => repo.Pool.RemoveAsync(w, deleteBranch: false, TestRepository.Now));
    }

    [Fact]
    public async Task Sealed_work_that_landed_in_another_form_needs_no_salvage()
    {
        var w = await repo.NewWorktreeAsync();
        TestRepository.WriteIn(w.Path, "x.txt", "1\n");
        var work = Assert.IsType<SealResult.Sealed>(await Sealer.SealAsync(w, "m", "a", "a@b", TestRepository.Now));

        await repo.Pool.RemoveAsync(w, deleteBranch: true, submitted: work.Commit, TestRepository.Now);

        Assert.False(Directory.Exists(w.Path));
    }

    [Fact]
    public async Task Work_done_after_the_landed_commit_is_still_refused()
    {
        var w = await repo.NewWorktreeAsync();
        TestRepository.WriteIn(w.Path, "x.txt", "1\n");
        var work = Assert.IsType<SealResult.Sealed>(await Sealer.SealAsync(w, "m", "a", "a@b", TestRepository.Now));
        TestRepository.WriteIn(w.Path, "x.txt", "2\n");

        await Assert.ThrowsAsync<UnsavedWorkException>(() => repo.Pool.RemoveAsync(w, deleteBranch: true, submitted: work.Commit, TestRepository.Now));
    }

    [Fact]
    public async Task Links_are_unlinked_and_what_they_lead_to_stays()
    {
        var w = await repo.NewWorktreeAsync();
        var outside = Directory.CreateDirectory(Path.Combine(repo.Home, "outside"));
        TestRepository.WriteIn(outside.FullName, "keep.txt", "keep");
        Directory.CreateSymbolicLink(Path.Combine(w.Path, "src/link"), outside.FullName);
        Directory.CreateSymbolicLink(Path.Combine(w.Path, "up"), repo.Main);
        await repo.Pool.SalvageAsync(w, "t1", 1, TestRepository.Now);

        await repo.Pool.RemoveAsync(w, deleteBranch: true, TestRepository.Now);

        Assert.Equal("keep", File.ReadAllText(Path.Combine(outside.FullName, "keep.txt")));
        Assert.True(File.Exists(Path.Combine(repo.Main, "a.txt")));
    }

    [Fact]
    public async Task A_path_that_is_not_ours_is_never_removed()
    {
        var mine = Path.Combine(repo.Root, "mine");
        repo.Run("worktree", "add", "-q", "-b", "mine", mine);
        var w = await repo.NewWorktreeAsync();

        foreach (var wrong in new[]
        {
            new Worktree(mine, "mine", "mine", repo.Head, Path.Combine(repo.Main, ".git/worktrees/mine")),
            w with { Path = repo.Main },
            w with { Path = mine, Name = "mine" },
            w with { GitDir = Path.Combine(repo.Main, ".git") },
        })
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => repo.Pool.RemoveAsync(wrong, deleteBranch: false, TestRepository.Now));
        }

        Assert.True(File.Exists(Path.Combine(mine, "a.txt")));
        Assert.True(File.Exists(Path.Combine(repo.Main, "a.txt")));
    }

    [Fact]
    public async Task A_worktree_replaced_by_a_link_is_refused()
    {
        var w = await repo.NewWorktreeAsync();
        Directory.Move(w.Path, w.Path + "-moved");
        Directory.CreateSymbolicLink(w.Path, repo.Main);

        await Assert.ThrowsAsync<InvalidOperationException>(() => repo.Pool.RemoveAsync(w, deleteBranch: false, TestRepository.Now));

        Assert.True(File.Exists(Path.Combine(repo.Main, "a.txt")));
    }

    [Fact]
    public async Task A_worktree_whose_directory_someone_deleted_is_listed_and_can_be_removed()
    {
        var w = await repo.NewWorktreeAsync();
        Directory.Delete(w.Path, recursive: true);

        Assert.Equal([w], await repo.Pool.ListAsync(TestRepository.Now));
        await repo.Pool.RemoveAsync(w, deleteBranch: true, TestRepository.Now);

        Assert.Empty(await repo.Pool.ListAsync(TestRepository.Now));
    }

    [Fact]
    public async Task Prior_work_comes_back_as_staged_changes_on_the_new_base()
    {
        var start = repo.Head;
        var w = await repo.NewWorktreeAsync();
        TestRepository.WriteIn(w.Path, "a.txt", "ONE\ntwo\nthree\nfour\nfive\nsix\nseven\n");
        TestRepository.WriteIn(w.Path, "x.txt", "1\n");
        var prior = await repo.Pool.SalvageAsync(w, "t1", 1, TestRepository.Now);
        repo.Write("a.txt", "one\ntwo\nthree\nfour\nfive\nsix\nSEVEN\n");
        var moved = repo.Commit("moved on");
        var next = await repo.NewWorktreeAsync("t1-2");

        Assert.True(await repo.Pool.ApplyPriorWorkAsync(next, prior!, start, _ => false, TestRepository.Now));

        Assert.Equal("ONE\ntwo\nthree\nfour\nfive\nsix\nSEVEN\n", File.ReadAllText(Path.Combine(next.Path, "a.txt")));
        Assert.Equal("M  a.txt\nA  x.txt", TestRepository.RunIn(next.Path, "status", "--porcelain"));
        Assert.Equal(moved, TestRepository.RunIn(next.Path, "rev-parse", "HEAD"));
    }

    [Fact]
    public async Task Prior_work_comes_back_without_what_no_task_may_change()
    {
        repo.Write("plan.md", "- [ ] one\n");
        var start = repo.Commit("a plan");
        var w = await repo.NewWorktreeAsync();
        TestRepository.WriteIn(w.Path, "x.txt", "1\n");
        TestRepository.WriteIn(w.Path, "plan.md", "- [x] one\n");
        TestRepository.WriteIn(w.Path, "agent_tasks/mine.json", "{}\n");
        var prior = await repo.Pool.SalvageAsync(w, "t1", 1, TestRepository.Now);
        repo.Write("plan.md", "- [ ] one, and more\n");
        repo.Commit("moved on");
        var next = await repo.NewWorktreeAsync("t1-2");

        Assert.True(await repo.Pool.ApplyPriorWorkAsync(next, prior!, start, path => path is "plan.md" or "agent_tasks/mine.json", TestRepository.Now));

        Assert.Equal("A  x.txt", TestRepository.RunIn(next.Path, "status", "--porcelain"));
    }

    [Fact]
    public async Task Prior_work_that_conflicts_leaves_the_worktree_untouched()
    {
        var start = repo.Head;
        var w = await repo.NewWorktreeAsync();
        TestRepository.WriteIn(w.Path, "a.txt", "mine\n");
        var prior = await repo.Pool.SalvageAsync(w, "t1", 1, TestRepository.Now);
        repo.Write("a.txt", "theirs\n");
        repo.Commit("moved on");
        var next = await repo.NewWorktreeAsync("t1-2");

        Assert.False(await repo.Pool.ApplyPriorWorkAsync(next, prior!, start, _ => false, TestRepository.Now));

        Assert.Equal("", TestRepository.RunIn(next.Path, "status", "--porcelain"));
    }

    [Fact]
    public async Task Prior_work_never_overwrites_work_already_there()
    {
        var start = repo.Head;
        var w = await repo.NewWorktreeAsync();
        TestRepository.WriteIn(w.Path, "a.txt", "prior\n");
        var prior = await repo.Pool.SalvageAsync(w, "t1", 1, TestRepository.Now);
        var next = await repo.NewWorktreeAsync("t1-2");
        TestRepository.WriteIn(next.Path, "a.txt", "current\n");

        Assert.False(await repo.Pool.ApplyPriorWorkAsync(next, prior!, start, _ => false, TestRepository.Now));

        Assert.Equal("current\n", File.ReadAllText(Path.Combine(next.Path, "a.txt")));
    }
}
