using Interlock.Engine.Merging;
using Interlock.Engine.Worktrees;

namespace Interlock.Tests.Worktrees;

/// <summary>Every way in which a repository's configuration could run a program of its choice: none may run.</summary>
public sealed class HostileConfiguration : IDisposable
{
    private readonly TestRepository repo = new();
    private readonly string marker;
    private readonly string program;

    public HostileConfiguration()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the planted programs are shell scripts");
        marker = Path.Combine(repo.Home, "it-ran");
        program = Path.Combine(repo.Home, "planted.sh");
        File.WriteAllText(program, $"#!/bin/sh\ntouch '{marker}'\ncat\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public void Dispose() => repo.Dispose();

    [Theory]
    [InlineData("core.fsmonitor")]
    [InlineData("diff.external")]
    [InlineData("core.pager")]
    [InlineData("core.editor")]
    [InlineData("core.sshCommand")]
    [InlineData("core.askPass")]
    [InlineData("gpg.program")]
    [InlineData("filter.evil.clean")]
    [InlineData("filter.evil.smudge")]
    [InlineData("filter.evil.process")]
    [InlineData("merge.evil.driver")]
    [InlineData("diff.evil.textconv")]
    [InlineData("diff.evil.command")]
    public async Task A_planted_program_never_runs(string setting)
    {
        repo.Write(".gitattributes", "* filter=evil merge=evil diff=evil\n");
        repo.Commit("attributes");
        repo.Run("config", setting, program);
        repo.Run("config", "commit.gpgSign", "true");
        if (setting == "filter.evil.process")
        {
            repo.Run("config", "filter.evil.required", "true");
        }

        await UseEverythingAsync();

        Assert.False(File.Exists(marker), setting);
    }

    [Theory]
    [InlineData("post-checkout")]
    [InlineData("pre-commit")]
    [InlineData("reference-transaction")]
    [InlineData("post-index-change")]
    public async Task A_planted_hook_never_runs(string hook)
    {
        var file = Path.Combine(repo.Main, ".git/hooks", hook);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.Copy(program, file);

        await UseEverythingAsync();

        Assert.False(File.Exists(marker), hook);
    }

    [Fact]
    public async Task A_planted_hooks_path_in_the_worktrees_own_configuration_never_runs()
    {
        var hooks = Directory.CreateDirectory(Path.Combine(repo.Home, "hooks"));
        File.Copy(program, Path.Combine(hooks.FullName, "reference-transaction"));
        repo.Run("config", "extensions.worktreeConfig", "true");
        var w = await repo.NewWorktreeAsync();
        TestRepository.RunIn(w.Path, "config", "--worktree", "core.hooksPath", hooks.FullName);
        TestRepository.WriteIn(w.Path, "n.txt", "n\n");

        Assert.IsType<SealResult.Sealed>(await Sealer.SealAsync(w, "m", "a", "a@b", TestRepository.Now));

        Assert.False(File.Exists(marker));
    }

    [Fact]
    public async Task A_replaced_git_pointer_leads_nowhere()
    {
        var w = await repo.NewWorktreeAsync();
        TestRepository.WriteIn(w.Path, "n.txt", "n\n");
        var planted = Path.Combine(repo.Home, "planted");
        repo.Run("clone", "-q", repo.Main, planted);
        TestRepository.RunIn(planted, "config", "core.fsmonitor", program);
        File.WriteAllText(Path.Combine(w.Path, ".git"), $"gitdir: {planted}/.git\n");

        var result = await Sealer.SealAsync(w, "m", "a", "a@b", TestRepository.Now);
        await repo.Pool.SalvageAsync(w, "t1", 1, TestRepository.Now);
        await repo.Pool.RemoveAsync(w, deleteBranch: true, TestRepository.Now);

        Assert.Equal(["n.txt"], Assert.IsType<SealResult.Sealed>(result).ChangedPaths);
        Assert.False(File.Exists(marker));
        Assert.True(Directory.Exists(planted));
    }

    [Fact]
    public async Task Carried_over_settings_never_reach_a_program()
    {
        repo.Run("config", "core.autocrlf", "false\n[core]\n\tfsmonitor = " + program);
        repo.Run("config", "core.eol", "lf -c core.fsmonitor=" + program);

        await Assert.ThrowsAnyAsync<Exception>(UseEverythingAsync);

        Assert.False(File.Exists(marker));
    }

    // Make, seal, salvage, merge, compare and remove: each of them once with changed content on both sides.
    private async Task UseEverythingAsync()
    {
        var now = TestRepository.Now;
        var start = repo.Head;
        var w = await repo.NewWorktreeAsync();
        TestRepository.WriteIn(w.Path, "a.txt", "ONE\ntwo\nthree\nfour\nfive\nsix\nseven\n");
        TestRepository.WriteIn(w.Path, "fresh.txt", "fresh\n");
        await repo.Pool.SalvageAsync(w, "t1", 1, now);
        var work = Assert.IsType<SealResult.Sealed>(await Sealer.SealAsync(w, "m", "a", "a@b", now));

        var other = await repo.NewWorktreeAsync("t2-1");
        TestRepository.WriteIn(other.Path, "a.txt", "one\ntwo\nthree\nfour\nfive\nsix\nSEVEN\n");
        var tip = Assert.IsType<SealResult.Sealed>(await Sealer.SealAsync(other, "m", "a", "a@b", now));
        Assert.IsType<Candidate.Clean>(await CandidateBuilder.BuildAsync(repo.Repository, tip.Commit, start, work.Commit, "m", "a", "a@b", [], MergeRules.None, now));
        TestRepository.WriteIn(other.Path, "a.txt", "CLASH\n");
        var clash = Assert.IsType<SealResult.Sealed>(await Sealer.SealAsync(other, "m", "a", "a@b", now));
        Assert.IsType<Candidate.Conflicted>(await CandidateBuilder.BuildAsync(repo.Repository, clash.Commit, start, work.Commit, "m", "a", "a@b", [], MergeRules.None, now));

        repo.Write("a.txt", "dirty\n");
        await repo.Repository.DirtyPathsAsync(now);
        var fresh = await repo.NewWorktreeAsync("t3-1");
        Assert.True(await repo.Pool.ApplyPriorWorkAsync(fresh, work.Commit, start, _ => false, now));
        await repo.Pool.SalvageAsync(w, "t1", 2, now);
        await repo.Pool.RemoveAsync(w, deleteBranch: true, now);
    }
}
