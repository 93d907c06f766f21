using Interlock.Engine.Worktrees;

namespace Interlock.Tests.Worktrees;

public sealed class WorktreeCreation : IDisposable
{
    private readonly TestRepository repo = new();

    public void Dispose() => repo.Dispose();

    [Fact]
    public async Task A_worktree_is_a_whole_checkout_of_its_base_on_its_own_branch()
    {
        var w = await repo.NewWorktreeAsync();

        Assert.Equal("b\n", File.ReadAllText(Path.Combine(w.Path, "src/b.txt")));
        Assert.Equal("interlock/t1-1", TestRepository.RunIn(w.Path, "symbolic-ref", "--short", "HEAD"));
        Assert.Equal(repo.Head, TestRepository.RunIn(w.Path, "rev-parse", "HEAD"));
        Assert.Equal("", TestRepository.RunIn(w.Path, "status", "--porcelain"));
        Assert.Equal(w, await repo.Pool.FindAsync("t1-1", TestRepository.Now));
    }

    [Fact]
    public async Task Ten_worktrees_can_be_made_at_once()
    {
        var made = await Task.WhenAll(Enumerable.Range(1, 10).Select(i => new WorktreePool(Repository.Discover(repo.Main)!, repo.Root, WorktreeSetup.None)
            .CreateAsync($"t{i}", $"interlock/t{i}", repo.Head, TestRepository.Now)));

        Assert.Equal(10, made.Select(w => w.Path).Distinct().Count());
        Assert.All(made, w => Assert.Equal("", TestRepository.RunIn(w.Path, "status", "--porcelain")));
        Assert.Equal(10, (await repo.Pool.ListAsync(TestRepository.Now)).Count);
    }

    [Fact]
    public async Task Making_the_same_worktree_again_adopts_it_with_the_work_in_it()
    {
        var first = await repo.NewWorktreeAsync();
        TestRepository.WriteIn(first.Path, "new.txt", "work");

        var second = await repo.NewWorktreeAsync();

        Assert.Equal(first, second);
        Assert.True(File.Exists(Path.Combine(second.Path, "new.txt")));
    }

    [Fact]
    public async Task A_directory_and_a_branch_that_a_crash_left_behind_do_not_block_the_next_attempt()
    {
        repo.Run("branch", "interlock/t1-1");
        TestRepository.WriteIn(Path.Combine(repo.Root, "t1-1"), "half.txt", "half");

        var w = await repo.NewWorktreeAsync();

        Assert.Equal("", TestRepository.RunIn(w.Path, "status", "--porcelain"));
        Assert.Single(Directory.GetFiles(Path.Combine(repo.Root, ".trash"), "half.txt", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_worktree_that_git_made_but_nobody_published_is_made_anew()
    {
        Directory.CreateDirectory(repo.Root);
        repo.Run("worktree", "add", "-q", "--no-checkout", "-b", "interlock/t1-1", Path.Combine(repo.Root, "t1-1"));

        Assert.Null(await repo.Pool.FindAsync("t1-1", TestRepository.Now));
        var w = await repo.NewWorktreeAsync();

        Assert.Equal("", TestRepository.RunIn(w.Path, "status", "--porcelain"));
    }

    [Fact]
    public async Task Commits_on_an_orphaned_branch_are_kept_under_a_salvage_ref()
    {
        repo.Run("checkout", "-q", "-b", "interlock/t1-1");
        repo.Write("orphan.txt", "work");
        var orphan = repo.Commit("orphaned");
        repo.Run("checkout", "-q", "main");

        await repo.NewWorktreeAsync();

        Assert.Contains(orphan, repo.Run("for-each-ref", "--format=%(objectname)", "refs/interlock/salvage/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worktree_of_the_same_name_on_another_base_is_salvaged_and_made_anew()
    {
        var first = await repo.NewWorktreeAsync();
        TestRepository.WriteIn(first.Path, "precious.txt", "work");
        repo.Write("a.txt", "moved on\n");
        repo.Commit("second");

        var second = await repo.NewWorktreeAsync();

        Assert.Equal(repo.Head, second.BaseCommit);
        Assert.False(File.Exists(Path.Combine(second.Path, "precious.txt")));
        var saved = repo.Run("for-each-ref", "--format=%(objectname)", "refs/interlock/salvage/");
        Assert.Contains("precious.txt", repo.Tree(saved));
    }

    [Fact]
    public async Task A_failed_setup_leaves_neither_directory_nor_branch()
    {
        var pool = repo.NewPool(new WorktreeSetup([], [], "echo broken >&2; exit 3"));

        var failure = await Assert.ThrowsAsync<IOException>(() => pool.CreateAsync("t1", "interlock/t1", repo.Head, TestRepository.Now));

        Assert.Contains("broken", failure.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(repo.Root, "t1")));
        Assert.Empty(repo.Run("branch", "--list", "interlock/*"));
        Assert.Empty(await pool.ListAsync(TestRepository.Now));
    }

    [Fact]
    public async Task A_cancelled_creation_leaves_neither_directory_nor_branch()
    {
        using var stop = new CancellationTokenSource();
        var pool = repo.NewPool(new WorktreeSetup([], [], "touch ../started; sleep 60"));
        var making = pool.CreateAsync("t1", "interlock/t1", repo.Head, stop.Token);
        while (!File.Exists(Path.Combine(repo.Root, "started")))
        {
            Assert.False(making.IsCompleted);
            await Task.Yield();
        }

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => making);
        Assert.False(Directory.Exists(Path.Combine(repo.Root, "t1")));
        Assert.Empty(repo.Run("branch", "--list", "interlock/*"));
    }

    [Fact]
    public async Task Setup_copies_and_links_ignored_files_and_they_never_become_work()
    {
        repo.Write(".gitignore", ".env*\nnode_modules/\n");
        repo.Commit("ignore");
        repo.Write(".env.local", "PORT=1");
        repo.Write("web/.env.local", "PORT=2");
        repo.Write("node_modules/left-pad/index.js", "js");
        var pool = repo.NewPool(new WorktreeSetup(["**/.env.*"], ["node_modules"], "cp .env.local copied-by-setup.env; echo .env > /dev/null"));

        var w = await pool.CreateAsync("t1", "interlock/t1", repo.Head, TestRepository.Now);

        Assert.Equal("PORT=2", File.ReadAllText(Path.Combine(w.Path, "web/.env.local")));
        Assert.Equal("js", File.ReadAllText(Path.Combine(w.Path, "node_modules/left-pad/index.js")));
        Assert.NotNull(new DirectoryInfo(Path.Combine(w.Path, "node_modules")).LinkTarget);
        File.Delete(Path.Combine(w.Path, "copied-by-setup.env"));
        Assert.IsType<SealResult.Nothing>(await Sealer.SealAsync(w, "m", "a", "a@b", TestRepository.Now));
    }

    [Theory]
    [InlineData("../up")]
    [InlineData("a/b")]
    [InlineData("-rf")]
    [InlineData("")]
    [InlineData(".git")]
    public async Task A_name_that_is_no_plain_id_is_refused(string name) =>
        await Assert.ThrowsAsync<ArgumentException>(() => repo.Pool.CreateAsync(name, "interlock/x", repo.Head, TestRepository.Now));

    [Theory]
    [InlineData("--output=/tmp/x")]
    [InlineData("a..b")]
    [InlineData("x.lock")]
    [InlineData("a b")]
    public async Task A_branch_that_git_would_not_take_makes_nothing(string branch)
    {
        await Assert.ThrowsAnyAsync<Exception>(() => repo.Pool.CreateAsync("t1", branch, repo.Head, TestRepository.Now));

        Assert.Equal("refs/heads/main", repo.Run("for-each-ref", "--format=%(refname)"));
        Assert.False(Directory.Exists(Path.Combine(repo.Root, "t1")));
    }

    [Fact]
    public void Worktrees_inside_the_main_checkout_are_refused() =>
        Assert.Throws<Interlock.Engine.Configuration.BadInputException>(() => new WorktreePool(repo.Repository, Path.Combine(repo.Main, "trees"), WorktreeSetup.None));

    [Fact]
    public async Task A_persons_own_worktree_is_never_listed()
    {
        repo.Run("worktree", "add", "-q", "-b", "mine", Path.Combine(repo.Root, "mine"));

        Assert.Empty(await repo.Pool.ListAsync(TestRepository.Now));
    }

    [Fact]
    public async Task A_repository_with_sha256_objects_works_the_same()
    {
        using var modern = new TestRepository("sha256");
        var w = await modern.NewWorktreeAsync();
        TestRepository.WriteIn(w.Path, "n.txt", "n\n");

        var sealedWork = Assert.IsType<SealResult.Sealed>(await Sealer.SealAsync(w, "m", "a", "a@b", TestRepository.Now));

        Assert.Equal(64, sealedWork.Commit.Length);
    }
}
