using Interlock.Engine.Worktrees;

namespace Interlock.Tests.Worktrees;

public sealed class Salvage : IDisposable
{
    private readonly TestRepository repo = new();

    public void Dispose() => repo.Dispose();

    [Fact]
    public async Task Nothing_is_saved_of_an_untouched_worktree()
    {
        var w = await repo.NewWorktreeAsync();

        Assert.Null(await repo.Pool.SalvageAsync(w, "t1", 1, TestRepository.Now));
        Assert.Empty(repo.Run("for-each-ref", "refs/interlock"));
    }

    [Fact]
    public async Task Committed_changed_deleted_and_untracked_work_is_saved_and_the_worktree_stays_as_it_is()
    {
        var w = await repo.NewWorktreeAsync();
        TestRepository.WriteIn(w.Path, "committed.txt", "1\n");
        var head = TestRepository.CommitIn(w.Path, "agent's own");
        TestRepository.WriteIn(w.Path, "a.txt", "changed\n");
        TestRepository.WriteIn(w.Path, "new folder/ü\nx.txt", "untracked\n");
        File.Delete(Path.Combine(w.Path, "src/b.txt"));
        var status = TestRepository.RunIn(w.Path, "status", "--porcelain", "-z");

        var saved = await repo.Pool.SalvageAsync(w, "2.5.1", 7, TestRepository.Now);

        Assert.Equal(saved, repo.Run("rev-parse", "refs/interlock/salvage/2.5.1/7"));
        Assert.Equal(head, repo.Run("rev-parse", saved + "^1"));
        Assert.Equal("changed", repo.Run("show", saved + ":a.txt"));
        Assert.Equal("untracked", repo.Run("show", saved + ":new folder/ü\nx.txt"));
        Assert.DoesNotContain("src/b.txt", repo.Tree(saved!));
        Assert.Equal(status, TestRepository.RunIn(w.Path, "status", "--porcelain", "-z"));
        Assert.Empty(repo.Run("stash", "list"));
    }

    [Fact]
    public async Task Names_that_are_no_text_are_saved_byte_for_byte_also_in_repositories_inside_the_worktree()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere names are text");
        var w = await repo.NewWorktreeAsync();
        TestRepository.ShellIn(w.Path, """
            bad=$(printf 'x\351')
            git init -q "$bad"; git init -q "$bad/inner"; git init -q plain
            for folder in . "$bad" "$bad/inner" plain plain/deep; do mkdir -p "$folder"; echo "$folder" > "$folder/$bad.txt"; done
            echo staged > "$bad.c"; git add "$bad.c"; rm "$bad.c"
            """);

        var saved = await repo.Pool.SalvageAsync(w, "t1", 1, TestRepository.Now);

        var inside = new[] { "x\\351.txt", "x\\351/inner/x\\351.txt", "x\\351/x\\351.txt", "plain/deep/x\\351.txt", "plain/x\\351.txt" };
        Assert.Equal(inside.Order(StringComparer.Ordinal), repo.Tree(saved!).Where(path => path.Contains("351", StringComparison.Ordinal)).Select(path => path.Trim('"')).Order(StringComparer.Ordinal));
        Assert.Contains("staged", repo.Run("log", "-p", "--all", "--format="), StringComparison.Ordinal);
        await repo.Pool.RemoveAsync(w, deleteBranch: true, TestRepository.Now);
        Assert.Empty(repo.Pool.Trash());
        Assert.False(Directory.Exists(w.Path));
    }

    [Fact]
    public async Task A_worktree_with_an_unsaved_file_whose_name_is_no_text_is_not_removed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere names are text");
        var w = await repo.NewWorktreeAsync();
        TestRepository.ShellIn(w.Path, "echo 1 > \"$(printf 'x\\351')\"");

        await Assert.ThrowsAsync<UnsavedWorkException>(() => repo.Pool.RemoveAsync(w, deleteBranch: true, TestRepository.Now));
    }

    [Fact]
    public async Task Ignored_files_are_not_saved()
    {
        repo.Write(".gitignore", "build/\n");
        repo.Commit("ignore");
        var w = await repo.NewWorktreeAsync();
        TestRepository.WriteIn(w.Path, "build/out.bin", "x");

        Assert.Null(await repo.Pool.SalvageAsync(w, "t1", 1, TestRepository.Now));
    }

    [Fact]
    public async Task Files_the_repository_ignores_privately_are_not_saved()
    {
        File.WriteAllText(Path.Combine(repo.Main, ".git/info/exclude"), "scratch.txt\n");
        var w = await repo.NewWorktreeAsync();
        TestRepository.WriteIn(w.Path, "scratch.txt", "x");

        Assert.Null(await repo.Pool.SalvageAsync(w, "t1", 1, TestRepository.Now));
    }

    [Fact]
    public async Task Commits_alone_are_kept_as_they_are()
    {
        var w = await repo.NewWorktreeAsync();
        TestRepository.WriteIn(w.Path, "x.txt", "1\n");
        var head = TestRepository.CommitIn(w.Path, "own");

        Assert.Equal(head, await repo.Pool.SalvageAsync(w, "t1", 1, TestRepository.Now));
    }

    [Fact]
    public async Task Work_hidden_behind_assume_unchanged_is_saved_all_the_same()
    {
        var w = await repo.NewWorktreeAsync();
        TestRepository.RunIn(w.Path, "update-index", "--assume-unchanged", "a.txt");
        TestRepository.WriteIn(w.Path, "a.txt", "hidden\n");

        var saved = await repo.Pool.SalvageAsync(w, "t1", 1, TestRepository.Now);

        Assert.Equal("hidden", repo.Run("show", saved + ":a.txt"));
    }

    [Fact]
    public async Task Content_that_is_only_staged_and_a_branch_left_behind_are_reachable_from_the_salvage()
    {
        var w = await repo.NewWorktreeAsync();
        TestRepository.WriteIn(w.Path, "own.txt", "1\n");
        var left = TestRepository.CommitIn(w.Path, "left behind");
        TestRepository.RunIn(w.Path, "checkout", "-q", "--detach", w.BaseCommit);
        TestRepository.WriteIn(w.Path, "a.txt", "staged\n");
        TestRepository.RunIn(w.Path, "add", "a.txt");
        TestRepository.WriteIn(w.Path, "a.txt", "later\n");

        var saved = await repo.Pool.SalvageAsync(w, "t1", 1, TestRepository.Now);

        Assert.True(await repo.Repository.IsAncestorAsync(left, saved!, TestRepository.Now));
        Assert.Equal("later", repo.Run("show", saved + ":a.txt"));
        Assert.Equal("staged", repo.Run("show", saved + "^3:a.txt"));
    }

    [Fact]
    public async Task Files_of_a_repository_inside_are_saved_as_files()
    {
        var w = await repo.NewWorktreeAsync();
        TestRepository.WriteIn(w.Path, "vendor/lib/x.c", "int x;\n");
        TestRepository.RunIn(Path.Combine(w.Path, "vendor/lib"), "init", "-q");

        var saved = await repo.Pool.SalvageAsync(w, "t1", 1, TestRepository.Now);

        Assert.Contains("vendor/lib/x.c", repo.Tree(saved!));
    }

    [Fact]
    public async Task What_was_saved_under_a_fence_stays_when_the_tree_has_gone_back_to_its_commits()
    {
        var w = await repo.NewWorktreeAsync();
        TestRepository.WriteIn(w.Path, "own.txt", "1\n");
        TestRepository.CommitIn(w.Path, "own");
        TestRepository.WriteIn(w.Path, "x.txt", "1\n");
        var first = await repo.Pool.SalvageAsync(w, "t1", 1, TestRepository.Now);
        File.Delete(Path.Combine(w.Path, "x.txt"));

        Assert.Equal(first, await repo.Pool.SalvageAsync(w, "t1", 1, TestRepository.Now));

        TestRepository.WriteIn(w.Path, "y.txt", "2\n");
        TestRepository.CommitIn(w.Path, "went on");
        var second = await repo.Pool.SalvageAsync(w, "t1", 1, TestRepository.Now);
        Assert.True(await repo.Repository.IsAncestorAsync(first!, second!, TestRepository.Now));
        Assert.Equal("2", repo.Run("show", second + ":y.txt"));
    }

    [Fact]
    public async Task Saving_twice_under_one_fence_keeps_both()
    {
        var w = await repo.NewWorktreeAsync();
        TestRepository.WriteIn(w.Path, "x.txt", "1\n");
        var first = await repo.Pool.SalvageAsync(w, "t1", 1, TestRepository.Now);
        Assert.Equal(first, await repo.Pool.SalvageAsync(w, "t1", 1, TestRepository.Now));
        File.Delete(Path.Combine(w.Path, "x.txt"));
        TestRepository.WriteIn(w.Path, "y.txt", "2\n");

        var second = await repo.Pool.SalvageAsync(w, "t1", 1, TestRepository.Now);

        Assert.True(await repo.Repository.IsAncestorAsync(first!, second!, TestRepository.Now));
    }

    [Fact]
    public async Task A_file_that_was_staged_although_it_is_ignored_is_saved_as_it_is_now_too()
    {
        repo.Write(".gitignore", "*.log\n");
        repo.Commit("ignore");
        var w = await repo.NewWorktreeAsync();
        TestRepository.WriteIn(w.Path, "x.log", "staged\n");
        TestRepository.RunIn(w.Path, "add", "-f", "x.log");
        TestRepository.WriteIn(w.Path, "x.log", "later\n");

        var saved = await repo.Pool.SalvageAsync(w, "t1", 1, TestRepository.Now);

        Assert.Equal("later", repo.Run("show", saved + ":x.log"));
        Assert.Equal("staged", repo.Run("show", saved + "^2:x.log"));
        await repo.Pool.RemoveAsync(w, deleteBranch: true, TestRepository.Now);
    }

    [Theory]
    [InlineData("../../heads/main")]
    [InlineData("a/b")]
    public async Task A_task_id_cannot_lead_out_of_the_salvage_refs(string task)
    {
        var w = await repo.NewWorktreeAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => repo.Pool.SalvageAsync(w, task, 1, TestRepository.Now));
    }
}
