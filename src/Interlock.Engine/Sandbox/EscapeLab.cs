using System.Diagnostics;
using System.Security.Cryptography;
using Interlock.Engine.Platform;
using Interlock.Engine.Running;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Sandbox;

/// <summary>A small repository of its own with an agent's worktree, another's, a home with secrets and a stand-in for the coordinator: what an agent could harm.</summary>
internal sealed class EscapeLab : IDisposable
{
    private static readonly string[] Tracked = ["tracked.txt", "gone.txt", "reset.txt", "symlinked.txt", "hardlinked.txt", "mount.txt"];

    private readonly string folder;
    private readonly Process victim;

    private EscapeLab(string folder, Workspace workspace, WorktreePool pool, Worktree own, Worktree other, Process victim) =>
        (this.folder, Workspace, Pool, Own, Other, this.victim) = (folder, workspace, pool, own, other, victim);

    public Workspace Workspace { get; }

    public WorktreePool Pool { get; }

    public Worktree Own { get; }

    public Worktree Other { get; }

    public string Home => Path.Combine(folder, "home");

    public bool VictimLives => !victim.HasExited;

    public static async Task<EscapeLab> BuildAsync(TimeProvider time, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("interlock-escapes-").FullName;
        try
        {
            var main = Directory.CreateDirectory(Path.Combine(folder, "main")).FullName;
            await GitAsync(main, ["init", "-q", "-b", "main", "--template="], cancellation);
            foreach (var name in Tracked)
            {
                await File.WriteAllTextAsync(Path.Combine(main, name), "as it was\n", cancellation);
            }

            await File.WriteAllTextAsync(Path.Combine(main, "interlock.json"), """{ "worktrees": { "root": "../trees", "pool": 0 } }""", cancellation);
            Directory.CreateDirectory(Path.Combine(main, ".git", "hooks"));
            Directory.CreateDirectory(Path.Combine(main, ".git", "objects", "pack"));
            await File.WriteAllTextAsync(Path.Combine(main, ".git", "objects", "pack", "history.pack"), "as it was\n", cancellation);
            await GitAsync(main, ["add", "-A"], cancellation);
            await GitAsync(main, ["commit", "-q", "-m", "start"], cancellation);
            var head = await GitAsync(main, ["rev-parse", "HEAD"], cancellation);
            MakeHome(Path.Combine(folder, "home"));
            var workspace = Workspace.Open(main, time);
            Directory.CreateDirectory(Path.Combine(workspace.StateDir, "tokens"));
            await File.WriteAllTextAsync(Path.Combine(workspace.StateDir, "tokens", "2@other"), EscapeAttempt.Secret, cancellation);
            await File.WriteAllTextAsync(Path.Combine(workspace.StateDir, "note"), EscapeAttempt.Secret, cancellation);
            var hatches = Directory.CreateDirectory(Path.Combine(folder, "hatches")).FullName;
            await File.WriteAllTextAsync(Path.Combine(hatches, "hatch"), EscapeAttempt.Secret, cancellation);
            var pool = new Recovery(workspace).Worktrees(workspace.Repository!);
            var own = await pool.CreateAsync("own", "agent/1/1", head, cancellation);
            var other = await pool.CreateAsync("other", "agent/2/2", head, cancellation);
            return new EscapeLab(folder, workspace, pool, own, other, StartVictim());
        }
        catch
        {
            LinkSafeDelete.Directory(folder);
            throw;
        }
    }

    /// <summary>What the attempts' scripts find their targets by.</summary>
    public Dictionary<string, string> Variables => new(StringComparer.Ordinal)
    {
        ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin",
        ["HOME"] = Home,
        ["LANG"] = "C.UTF-8",
        ["MAIN"] = Workspace.Root,
        ["OTHER"] = Other.Path,
        ["ADMIN"] = Own.GitDir,
        ["STATE"] = Workspace.StateDir,
        ["HATCHES"] = Path.Combine(folder, "hatches"),
        ["VICTIM"] = victim.Id.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["GIT_AUTHOR_NAME"] = "agent",
        ["GIT_AUTHOR_EMAIL"] = "agent@localhost",
        ["GIT_COMMITTER_NAME"] = "agent",
        ["GIT_COMMITTER_EMAIL"] = "agent@localhost",
    };

    /// <summary>Where a target such as <c>main/tracked.txt</c> is.</summary>
    public string At(string target)
    {
        var slash = target.IndexOf('/', StringComparison.Ordinal);
        var place = target[..slash] switch { "main" => Workspace.Root, "own" => Own.Path, "other" => Other.Path, "admin" => Own.GitDir, _ => Home };
        return Path.Combine(place, target[(slash + 1)..]);
    }

    /// <summary>What stands at a target: a hash, or that it is a folder or nothing.</summary>
    public string Look(string target)
    {
        var path = At(target);
        return File.Exists(path) ? Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))) : Directory.Exists(path) ? "folder" : "nothing";
    }

    public void Dispose()
    {
        if (!victim.HasExited)
        {
            victim.Kill();
        }

        victim.Dispose();
        Workspace.Dispose();
        LinkSafeDelete.Directory(folder);
    }

    private static void MakeHome(string home)
    {
        Directory.CreateDirectory(Path.Combine(home, ".ssh"));
        File.WriteAllText(Path.Combine(home, ".ssh", "id"), EscapeAttempt.Secret);
        File.WriteAllText(Path.Combine(home, ".netrc"), EscapeAttempt.Secret);
        File.WriteAllText(Path.Combine(home, ".bashrc"), "");
    }

    private static Process StartVictim()
    {
        var start = new ProcessStartInfo("sleep", ["600"]);
        start.Environment.Clear();
        start.Environment["KEY"] = EscapeAttempt.Secret;
        return Process.Start(start)!;
    }

    private static async Task<string> GitAsync(string folder, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("git", [.. (string[])["-c", "user.name=lab", "-c", "user.email=lab@localhost", "-c", "commit.gpgsign=false"], .. arguments]) { WorkingDirectory = folder, RedirectStandardOutput = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("GIT_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["GIT_CONFIG_GLOBAL"] = Git.NullDevice;
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        using var git = Process.Start(start)!;
        var text = await git.StandardOutput.ReadToEndAsync(cancellation);
        await git.WaitForExitAsync(cancellation);
        return git.ExitCode == 0 ? text.Trim() : throw new IOException($"git {arguments[0]} failed with exit code {git.ExitCode}");
    }
}
