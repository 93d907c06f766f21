using System.Diagnostics;
using Interlock.Domain.Leasing;
using Interlock.Engine.Worktrees;

namespace Interlock.Tests.Worktrees;

/// <summary>A real repository in a temporary folder, with a worktree root beside it. Its git knows no settings of this machine.</summary>
internal sealed class TestRepository : IDisposable
{
    internal TestRepository(string? format = null)
    {
        Home = Directory.CreateTempSubdirectory("interlock-test-").FullName;
        Main = Directory.CreateDirectory(Path.Combine(Home, "main")).FullName;
        Root = Path.Combine(Home, "trees");
        Run("init", "-q", "-b", "main", $"--object-format={format ?? "sha1"}");
        Run("config", "user.name", "Test");
        Run("config", "user.email", "test@localhost");
        Write("a.txt", "one\ntwo\nthree\nfour\nfive\nsix\nseven\n");
        Write("src/b.txt", "b\n");
        Commit("first");
        Repository = Repository.Discover(Main)!;
        Pool = NewPool(WorktreeSetup.None);
    }

    internal string Home { get; }
    internal string Main { get; }
    internal string Root { get; }
    internal Repository Repository { get; }
    internal WorktreePool Pool { get; }
    internal static CancellationToken Now => TestContext.Current.CancellationToken;

    internal string Head => Run("rev-parse", "HEAD");

    internal WorktreePool NewPool(WorktreeSetup setup, WorktreeOptions? options = null) => new(Repository, Root, setup, options);

    internal WorktreePool NewPoolingPool(int pooled = 3, params string[] keep) =>
        NewPool(WorktreeSetup.None, new WorktreeOptions { Pooled = pooled, Keep = keep.Length == 0 ? FileSet.Empty : FileSet.Parse(keep) });

    internal Task<Worktree> NewWorktreeAsync(string name = "t1-1") => Pool.CreateAsync(name, $"interlock/{name}", Head, Now);

    internal void Write(string path, string text) => WriteIn(Main, path, text);

    internal static void WriteIn(string folder, string path, string text)
    {
        var full = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    internal string Commit(string message) => CommitIn(Main, message);

    internal static string CommitIn(string folder, string message)
    {
        RunIn(folder, "add", "-A");
        RunIn(folder, "-c", "user.name=Test", "-c", "user.email=test@localhost", "commit", "-q", "--allow-empty", "-m", message);
        return RunIn(folder, "rev-parse", "HEAD");
    }

    internal string Run(params string[] arguments) => RunIn(Main, arguments);

    internal static string RunIn(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("GIT_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["HOME"] = folder;
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        using var git = Process.Start(start)!;
        var error = git.StandardError.ReadToEndAsync();
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return git.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {error.Result}");
    }

    /// <summary>For names that no string of .NET can be.</summary>
    internal static void ShellIn(string folder, string script) => RunIn(folder, "-c", $"alias.do-it=!cd '{folder}'\n{script.ReplaceLineEndings("\n")}", "do-it");

    internal string[] Tree(string rev) => Run("ls-tree", "-r", "--name-only", rev).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public void Dispose() => LinkSafeDelete.Directory(Home);
}
