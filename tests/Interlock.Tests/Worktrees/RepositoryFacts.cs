using Interlock.Engine.Worktrees;

namespace Interlock.Tests.Worktrees;

public sealed class RepositoryFacts : IDisposable
{
    private const string Zeros = "0000000000000000000000000000000000000000";
    private readonly TestRepository repo = new();

    public void Dispose() => repo.Dispose();

    [Fact]
    public async Task A_repository_is_found_from_its_top_a_subfolder_and_a_linked_worktree()
    {
        var w = await repo.NewWorktreeAsync();
        var common = Path.Combine(repo.Main, ".git");

        Assert.Equal(common, Repository.Discover(repo.Main)!.CommonDir);
        Assert.Equal(common, Repository.Discover(Path.Combine(repo.Main, "src"))!.CommonDir);
        Assert.Equal(common, Repository.Discover(Path.Combine(w.Path, "src"))!.CommonDir);
        Assert.Equal(repo.Main, Repository.Discover(w.Path)!.MainCheckout);
    }

    [Fact]
    public void A_bare_repository_has_no_main_checkout()
    {
        var bare = Path.Combine(repo.Home, "bare.git");
        repo.Run("clone", "-q", "--bare", repo.Main, bare);

        Assert.Equal(bare, Repository.Discover(bare)!.CommonDir);
        Assert.Null(Repository.Discover(bare)!.MainCheckout);
    }

    [Fact]
    public void Outside_a_repository_there_is_none()
    {
        var empty = Directory.CreateDirectory(Path.Combine(repo.Home, "empty"));
        Assert.Null(Repository.Discover(empty.FullName));
    }

    [Fact]
    public void The_state_directory_is_for_its_owner_only()
    {
        var directory = repo.Repository.EnsureStateDir();
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("no Unix modes");
        }
        else
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(directory));
        }
    }

    [Fact]
    public async Task A_revision_resolves_to_a_commit_or_to_nothing()
    {
        Assert.Equal(repo.Head, await repo.Repository.ResolveAsync("main", TestRepository.Now));
        Assert.Null(await repo.Repository.ResolveAsync("no-such", TestRepository.Now));
        Assert.Null(await repo.Repository.ResolveAsync("main:a.txt", TestRepository.Now));
        Assert.Null(await repo.Repository.ResolveAsync("--output=x", TestRepository.Now));
    }

    [Fact]
    public async Task A_ref_moves_only_from_where_it_was_expected()
    {
        var first = repo.Head;
        repo.Write("a.txt", "2\n");
        var second = repo.Commit("second");
        var r = repo.Repository;

        Assert.True(await r.CompareAndSwapAsync("refs/heads/x", first, Zeros, "new", TestRepository.Now));
        Assert.False(await r.CompareAndSwapAsync("refs/heads/x", second, Zeros, "again", TestRepository.Now));
        Assert.False(await r.CompareAndSwapAsync("refs/heads/x", second, second, "stale", TestRepository.Now));
        Assert.Equal(first, repo.Run("rev-parse", "x"));
        Assert.True(await r.CompareAndSwapAsync("refs/heads/x", second, first, "move", TestRepository.Now));
        Assert.Equal(second, repo.Run("rev-parse", "x"));
    }

    [Fact]
    public async Task Of_many_swaps_from_one_place_exactly_one_wins()
    {
        repo.Run("branch", "x");
        var old = repo.Head;
        var commits = Enumerable.Range(0, 8).Select(i => repo.Commit($"c{i}")).ToList();

        var wins = await Task.WhenAll(commits.Select(async c =>
        {
            try
            {
                return await repo.Repository.CompareAndSwapAsync("refs/heads/x", c, old, "race", TestRepository.Now);
            }
            catch (GitException)
            {
                return false;
            }
        }));

        Assert.Single(wins, true);
    }

    [Fact]
    public async Task Ancestry_is_told_and_a_missing_commit_is_an_error_not_a_no()
    {
        var first = repo.Head;
        var second = repo.Commit("second");

        Assert.True(await repo.Repository.IsAncestorAsync(first, second, TestRepository.Now));
        Assert.False(await repo.Repository.IsAncestorAsync(second, first, TestRepository.Now));
        await Assert.ThrowsAsync<GitException>(() => repo.Repository.IsAncestorAsync(new string('1', 40), second, TestRepository.Now));
    }

    [Fact]
    public async Task Changed_paths_keep_hostile_names_whole_and_show_a_rename_as_two()
    {
        var first = repo.Head;
        string[] hostile = ["--output=x", "-rf", "a\nb.txt", "a\tb", "ü 名.txt", "'; touch hacked; '", ":(exclude)x", "*"];
        foreach (var name in hostile)
        {
            repo.Write(name, "x\n");
        }

        repo.Run("mv", "src/b.txt", "src/c.txt");
        repo.Commit("hostile");

        var changed = await repo.Repository.ChangedPathsAsync(first, repo.Head, TestRepository.Now);

        Assert.Equal([.. hostile, "src/b.txt", "src/c.txt"], changed.ToHashSet());
    }

    [Fact]
    public async Task A_file_is_read_from_a_commit_or_is_not_there()
    {
        Assert.Equal("b\n"u8.ToArray(), await repo.Repository.ReadFileAsync("main", "src/b.txt", TestRepository.Now));
        Assert.Null(await repo.Repository.ReadFileAsync("main", "src/none.txt", TestRepository.Now));
        Assert.Null(await repo.Repository.ReadFileAsync("main", "src", TestRepository.Now));
    }

    [Fact]
    public async Task Where_a_branch_is_checked_out_is_known()
    {
        var w = await repo.NewWorktreeAsync();

        Assert.Equal([w.Path], await repo.Repository.CheckedOutAsync("refs/heads/interlock/t1-1", TestRepository.Now));
        Assert.Equal([repo.Main], await repo.Repository.CheckedOutAsync("refs/heads/main", TestRepository.Now));
        Assert.Empty(await repo.Repository.CheckedOutAsync("refs/heads/mai", TestRepository.Now));
    }

    [Fact]
    public async Task Dirty_paths_are_tracked_changes_staged_or_not_and_looking_changes_nothing()
    {
        repo.Write("a.txt", "changed\n");
        repo.Write("src/b.txt", "staged\n");
        repo.Run("add", "src/b.txt");
        repo.Write("untracked.txt", "new\n");
        var index = File.ReadAllBytes(Path.Combine(repo.Main, ".git/index"));

        Assert.Equal(["a.txt", "src/b.txt"], await repo.Repository.DirtyPathsAsync(TestRepository.Now));
        Assert.Equal(index, File.ReadAllBytes(Path.Combine(repo.Main, ".git/index")));
    }

    [Fact]
    public async Task A_file_only_touched_is_not_dirty()
    {
        File.SetLastWriteTimeUtc(Path.Combine(repo.Main, "a.txt"), DateTime.UtcNow.AddHours(-1));

        Assert.Empty(await repo.Repository.DirtyPathsAsync(TestRepository.Now));
    }

    [Fact]
    public async Task The_head_branch_is_named_and_a_detached_head_has_none()
    {
        Assert.Equal("main", await repo.Repository.HeadBranchAsync(TestRepository.Now));
        repo.Run("checkout", "-q", "--detach");
        Assert.Null(await repo.Repository.HeadBranchAsync(TestRepository.Now));
    }

    [Fact]
    public async Task Git_never_sees_the_callers_own_git_variables()
    {
        Environment.SetEnvironmentVariable("GIT_INTERLOCK_TEST", "leaked");
        var git = new Git(Path.Combine(repo.Main, ".git"), null);

        var seen = await git.RunAsync(["-c", "alias.show-env=!env", "show-env"], TestRepository.Now);

        Assert.Contains("GIT_CONFIG_NOSYSTEM=1", seen, StringComparison.Ordinal);
        Assert.Contains("GIT_TERMINAL_PROMPT=0", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("GIT_INTERLOCK_TEST", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_of_git_names_its_command_code_and_reason()
    {
        var refusal = await Assert.ThrowsAsync<GitException>(() => repo.Repository.Git.RunAsync(["rev-parse", "--verify", "nothing"], TestRepository.Now));

        Assert.Equal(128, refusal.ExitCode);
        Assert.Contains("Needed a single revision", refusal.Error, StringComparison.Ordinal);
    }
}
