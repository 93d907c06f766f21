using Interlock.Engine.Worktrees;

namespace Interlock.Tests.Worktrees;

public sealed class Sealing : IDisposable
{
    private readonly TestRepository repo = new();

    public void Dispose() => repo.Dispose();

    [Fact]
    public async Task Everything_in_the_worktree_becomes_one_commit_on_the_base()
    {
        var w = await repo.NewWorktreeAsync();
        TestRepository.WriteIn(w.Path, "own.txt", "1\n");
        TestRepository.CommitIn(w.Path, "the agent's own");
        TestRepository.WriteIn(w.Path, "a.txt", "changed\n");
        TestRepository.WriteIn(w.Path, "new.txt", "2\n");
        File.Delete(Path.Combine(w.Path, "src/b.txt"));

        var done = await SealAsync(w);

        Assert.Equal(["a.txt", "new.txt", "own.txt", "src/b.txt"], done.ChangedPaths);
        Assert.Equal(w.BaseCommit, repo.Run("rev-parse", done.Commit + "^"));
        Assert.Equal(done.Commit, repo.Run("rev-parse", w.Branch));
        Assert.Equal(["a.txt", "new.txt", "own.txt"], repo.Tree(done.Commit));
        Assert.Equal("dev-1|dev-1@agents|Interlock|interlock@localhost|[dev-1] [t1] work", repo.Run("log", "-1", "--format=%an|%ae|%cn|%ce|%s", done.Commit));
        Assert.Equal("", TestRepository.RunIn(w.Path, "status", "--porcelain"));
    }

    [Fact]
    public async Task An_agent_that_changed_nothing_has_nothing_to_seal()
    {
        var w = await repo.NewWorktreeAsync();
        TestRepository.CommitIn(w.Path, "empty, but it says it is done");

        Assert.IsType<SealResult.Nothing>(await TrySealAsync(w));
    }

    [Fact]
    public async Task Sealing_again_gives_the_same_commit()
    {
        var w = await repo.NewWorktreeAsync();
        TestRepository.WriteIn(w.Path, "x.txt", "1\n");
        var first = await SealAsync(w);
        repo.Run("config", "user.name", "someone else");

        Assert.Equal(first.Commit, (await SealAsync(w)).Commit);
    }

    [Fact]
    public async Task Work_after_a_seal_is_sealed_onto_the_base_again()
    {
        var w = await repo.NewWorktreeAsync();
        TestRepository.WriteIn(w.Path, "x.txt", "1\n");
        await SealAsync(w);
        TestRepository.WriteIn(w.Path, "y.txt", "2\n");

        var second = await SealAsync(w);

        Assert.Equal(w.BaseCommit, repo.Run("rev-parse", second.Commit + "^"));
        Assert.Equal(["x.txt", "y.txt"], second.ChangedPaths);
    }

    [Fact]
    public async Task A_rewritten_base_is_refused()
    {
        var w = await repo.NewWorktreeAsync();
        TestRepository.RunIn(w.Path, "checkout", "-q", "--orphan", "fresh");
        TestRepository.CommitIn(w.Path, "history begins with me");

        Assert.Equal("rewrote its base", Assert.IsType<SealResult.Refused>(await TrySealAsync(w)).Reason);
    }

    [Fact]
    public async Task A_new_symbolic_link_is_refused_by_name()
    {
        var w = await repo.NewWorktreeAsync();
        File.CreateSymbolicLink(Path.Combine(w.Path, "link"), "/etc/passwd");

        Assert.StartsWith("link: a symbolic link", await RefusalAsync(w), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_that_was_there_before_stays_workable()
    {
        File.CreateSymbolicLink(Path.Combine(repo.Main, "link"), "a.txt");
        repo.Commit("link");
        var w = await repo.NewWorktreeAsync();
        TestRepository.WriteIn(w.Path, "x.txt", "1\n");

        Assert.Equal(["x.txt"], (await SealAsync(w)).ChangedPaths);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_repository_inside_is_refused_by_name(bool committed)
    {
        var w = await repo.NewWorktreeAsync();
        var inner = Path.Combine(w.Path, "vendor/lib");
        TestRepository.WriteIn(inner, "x.c", "int x;\n");
        TestRepository.RunIn(inner, "init", "-q");
        if (committed)
        {
            TestRepository.CommitIn(inner, "inner");
            TestRepository.CommitIn(w.Path, "with a gitlink");
        }

        Assert.StartsWith("vendor/lib: a repository inside", await RefusalAsync(w), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conflict_markers_are_refused_with_file_and_line()
    {
        var w = await repo.NewWorktreeAsync();
        TestRepository.WriteIn(w.Path, "src/b.txt", "b\n<<<<<<< HEAD\nx\n=======\ny\n>>>>>>> other\n");

        Assert.Equal("src/b.txt:2: conflict markers", await RefusalAsync(w));
    }

    [Fact]
    public async Task A_heading_underlined_with_equals_signs_is_no_conflict()
    {
        var w = await repo.NewWorktreeAsync();
        TestRepository.WriteIn(w.Path, "README.rst", "Heading\n=======\n\n>>>>>>> a quote\n");

        await SealAsync(w);
    }

    [Fact]
    public async Task Markers_that_the_base_already_has_do_not_stop_work_on_the_file()
    {
        const string Fixture = "<<<<<<< ours\nx\n=======\ny\n>>>>>>> theirs\n";
        repo.Write("fixture.txt", Fixture);
        repo.Commit("a fixture with markers");
        var w = await repo.NewWorktreeAsync();
        TestRepository.WriteIn(w.Path, "fixture.txt", Fixture + "more\n");

        await SealAsync(w);
    }

    [Theory]
    [InlineData("-----BEGIN ", "RSA PRIVATE KEY-----", "a private key")]
    [InlineData("-----BEGIN ", "PRIVATE KEY-----", "a private key")]
    [InlineData("id = AKIA", "IOSFODNN7EXAMPLE", "an AWS access key")]
    [InlineData("t: ghp_", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "a GitHub token")]
    [InlineData("github_pat_", "11AAAAAAA0aaaaaaaaaaaa_bbb", "a GitHub token")]
    [InlineData("xoxb-", "1234567890-abcdef", "a Slack token")]
    [InlineData("xoxp-", "1234567890-abcdef", "a Slack token")]
    [InlineData("KEY=sk-ant-", "api03-aaaaaaaaaaaaaaaaaaaa", "a model provider's key")]
    [InlineData("KEY=sk-proj-", "aaaaaaaaaaaaaaaaaaaaaaaa", "a model provider's key")]
    public async Task A_secret_is_refused_with_file_and_line_and_is_not_repeated(string start, string rest, string kind)
    {
        var w = await repo.NewWorktreeAsync();
        TestRepository.WriteIn(w.Path, "src/b.txt", "b\n\n" + start + rest + "\n");

        Assert.Equal($"src/b.txt:3: looks like {kind}", await RefusalAsync(w));
    }

    [Theory]
    [InlineData("task-id: risk-proj-overview-of-everything-we-know")]
    [InlineData("-----BEGIN PUBLIC KEY-----")]
    [InlineData("MAKIAIOSFODNN7EXAMPLEX")]
    public async Task What_only_resembles_a_secret_passes(string line)
    {
        var w = await repo.NewWorktreeAsync();
        TestRepository.WriteIn(w.Path, "src/b.txt", line + "\n");

        await SealAsync(w);
    }

    [Fact]
    public async Task A_branch_that_an_agent_moved_elsewhere_is_still_sealed_from_what_is_in_the_worktree()
    {
        var w = await repo.NewWorktreeAsync();
        TestRepository.RunIn(w.Path, "checkout", "-q", "-b", "my-own-idea");
        TestRepository.WriteIn(w.Path, "x.txt", "1\n");
        TestRepository.CommitIn(w.Path, "elsewhere");

        var done = await SealAsync(w);

        Assert.Equal(done.Commit, repo.Run("rev-parse", w.Branch));
        Assert.Equal(["x.txt"], done.ChangedPaths);
    }

    [Fact]
    public async Task Hostile_file_names_travel_unharmed()
    {
        var w = await repo.NewWorktreeAsync();
        string[] names = ["--force", "-A", ":(exclude)a", "a\nb", "$(touch hacked)", "ü 名", "[x]*?", " lead", "tr\\ail"];
        foreach (var name in names)
        {
            TestRepository.WriteIn(w.Path, "x/" + name, "1\n");
        }

        var done = await SealAsync(w);

        Assert.Equal(names.Select(n => "x/" + n).ToHashSet(), done.ChangedPaths.ToHashSet());
    }

    private static async Task<SealResult.Sealed> SealAsync(Worktree w) => Assert.IsType<SealResult.Sealed>(await TrySealAsync(w));

    private static async Task<string> RefusalAsync(Worktree w) => Assert.IsType<SealResult.Refused>(await TrySealAsync(w)).Reason;

    private static Task<SealResult> TrySealAsync(Worktree w) =>
        Sealer.SealAsync(w, "[dev-1] [t1] work\n\nTask-Id: t1", "dev-1", "dev-1@agents", TestRepository.Now);
}
