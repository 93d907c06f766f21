using Interlock.Engine.Worktrees;
using Interlock.Tests.Worktrees;

namespace Interlock.Tests.Cli;

/// <summary>Repositories whose git directory is damaged, or lies elsewhere than in the checkout.</summary>
public sealed class Unusual_repositories
{
    [Theory]
    [InlineData("rm .git/HEAD")]
    [InlineData("rm -r .git/objects")]
    [InlineData("mv .git away; echo nonsense > .git")]
    [InlineData("mv .git away; ln -s nowhere .git")]
    [InlineData("mv .git away; echo gitdir: nowhere > .git")]
    public void A_git_directory_that_cannot_be_used_is_named_and_nothing_takes_its_place(string damage)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "made by a shell");
        using var cli = Cli.Repository();
        Assert.Equal(0, cli.Shell(damage).ExitCode);
        var before = Entries(cli);

        foreach (var line in (string[][])[["assign", "--story", "2.5"], ["status"], ["claim", "2.5.1", "--agent", "a"], ["doctor"], ["init"], ["run", "--story", "2.5"]])
        {
            var answer = cli.RunIn(Path.Combine(cli.Root, "plan"), line).Expect(3);
            Assert.Contains(Path.Combine(cli.Root, ".git"), answer.Out + answer.Error, StringComparison.Ordinal);
        }

        Assert.Equal(before, Entries(cli));
    }

    [Fact]
    public void A_linked_worktree_whose_repository_is_gone_makes_no_second_truth()
    {
        using var cli = Cli.Repository();
        var linked = Path.Combine(cli.Home, "linked");
        cli.Git("worktree", "add", "-q", linked);
        Directory.Move(cli.Root, cli.Root + "-moved");

        var answer = cli.RunIn(linked, "assign", "--story", "2.5").Expect(3);

        Assert.Contains(Path.Combine(linked, ".git"), answer.Error, StringComparison.Ordinal);
        Assert.Contains("git worktree repair", answer.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(linked, ".interlock")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_checkout_whose_git_directory_lies_elsewhere_is_worked_in(bool submodule)
    {
        using var cli = Cli.Repository();
        var at = Path.Combine(cli.Home, submodule ? "outer/inner" : "separate");
        if (submodule)
        {
            cli.Git("init", "-q", "-b", "main", Path.Combine(cli.Home, "outer"));
            TestRepository.RunIn(Path.Combine(cli.Home, "outer"), "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", cli.Root, "inner");
        }
        else
        {
            cli.Git("clone", "-q", $"--separate-git-dir={Path.Combine(cli.Home, "elsewhere.git")}", cli.Root, at);
        }

        cli.RunIn(Path.Combine(at, "plan"), "assign", "--story", "2.5").Expect(0);
        Assert.True(File.Exists(Path.Combine(at, Cli.StatusPath)));
        var run = cli.RunIn(at, "run", "--story", "2.5", "--check", "true", "--agents", "1", "--agent-command", "mkdir -p src tests; for f in src/config.ts src/scopes.ts src/service.ts tests/config.test.ts; do echo x >> $f; break; done");
        Assert.DoesNotContain("bare", run.Out + run.Error, StringComparison.Ordinal);
        Assert.Contains("[x]", TestRepository.RunIn(at, "show", "interlock/2.5:" + Cli.PlanPath), StringComparison.Ordinal);

        var linked = Path.Combine(cli.Home, "linked");
        TestRepository.RunIn(at, "worktree", "add", "-q", "--detach", linked);
        Assert.Equal(cli.RunIn(at, "status", "--json").Expect(0).Out, cli.RunIn(linked, "status", "--json").Expect(0).Out);
        Assert.Equal(at, Repository.Discover(linked)!.MainCheckout);
    }

    [Fact]
    public void A_bare_repository_is_called_one()
    {
        using var cli = Cli.Repository();
        var bare = Path.Combine(cli.Home, "bare.git");
        cli.Git("clone", "-q", "--bare", cli.Root, bare);

        Assert.Contains("is a bare repository", cli.RunIn(bare, "status").Expect(3).Error, StringComparison.Ordinal);
    }

    private static string[] Entries(Cli cli) => [.. Directory.GetFileSystemEntries(cli.Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}
