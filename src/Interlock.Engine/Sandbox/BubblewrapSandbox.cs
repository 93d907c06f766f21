using Interlock.Engine.Agents;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Sandbox;

/// <summary>
/// Linux namespaces through <c>bwrap</c>: the system is read-only, <c>/tmp</c>, <c>/run</c> and the home are private and empty
/// but for tools and caches, only the worktree can be written, and everything ends with the command.
/// </summary>
internal sealed class BubblewrapSandbox(string program, SandboxScope scope) : ISandbox
{
    // bwrap dies with the thread that started it, and ours come and go; a shell has one thread and stays until it ends.
    private const string Launcher = "\"$@\"; exit $?";

    private static readonly string[] Tools = ["DOTNET_ROOT", "NUGET_PACKAGES", "CARGO_HOME", "RUSTUP_HOME", "GOROOT", "GOMODCACHE", "JAVA_HOME"];

    public AgentCommand Wrap(AgentCommand command)
    {
        var environment = Inside(command.Environment);
        var home = environment.TryGetValue("HOME", out var given) && Path.IsPathFullyQualified(given) ? RealPath.Of(Path.TrimEndingDirectorySeparator(given)) : null;
        var mounts = new Mounts();
        mounts.Private("/tmp", "/var/tmp", "/run");
        if (home is { Length: > 1 })
        {
            var view = HomeView.Of(home, environment.GetValueOrDefault("PATH"));
            mounts.Private([.. view.Private]);
            mounts.ReadOnly(view.Shown);
        }

        mounts.ReadOnly(ProgramPath.Folders(environment.GetValueOrDefault("PATH")).Where(mounts.IsHidden));
        mounts.ReadOnly(ToolFolders(environment).Where(mounts.IsHidden));
        if (scope.Network)
        {
            mounts.ReadOnly(["/run/systemd/resolve"]);
        }

        mounts.ReadOnly(scope.Readable);
        mounts.Writable(scope.Writable);
        mounts.ReadOnly(scope.Kept);
        mounts.Private([.. scope.Hidden]);
        mounts.Writable([scope.Worktree]);
        mounts.ReadOnly([Path.Combine(scope.Worktree, ".git")]);
        string[] network = scope.Network ? ["--share-net"] : [];
        return command with
        {
            Environment = environment,
            Command =
            [
                "/bin/sh", "-c", Launcher, "sh", program, "--unshare-all", .. network, "--die-with-parent", "--new-session",
                "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", .. mounts.Arguments, "--chdir", command.WorkingDirectory, "--", .. command.Command,
            ],
        };
    }

    private static Dictionary<string, string> Inside(IReadOnlyDictionary<string, string> environment)
    {
        var inside = environment.Where(entry => !entry.Key.StartsWith("XDG_", StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal);
        foreach (var name in (string[])["TMPDIR", "TMP", "TEMP"])
        {
            inside[name] = "/tmp";
        }

        return inside;
    }

    private static IEnumerable<string> ToolFolders(Dictionary<string, string> environment) =>
        Tools.Select(name => environment.GetValueOrDefault(name)).OfType<string>().Where(Path.IsPathFullyQualified);

    /// <summary>The list of mounts; each covers what the ones before it put in the same place.</summary>
    private sealed class Mounts
    {
        private readonly List<string> arguments = [];
        private readonly List<string> hidden = [];

        public IReadOnlyList<string> Arguments => arguments;

        public bool IsHidden(string path) => hidden.Exists(folder => WorktreePool.IsBelow(path, folder));

        public void Private(params string[] folders)
        {
            foreach (var folder in folders.Where(Directory.Exists))
            {
                arguments.AddRange(["--tmpfs", folder]);
                hidden.Add(folder);
            }
        }

        public void ReadOnly(IEnumerable<string> paths) => Bind("--ro-bind-try", paths);

        public void Writable(IEnumerable<string> paths) => Bind("--bind-try", paths);

        private void Bind(string how, IEnumerable<string> paths)
        {
            foreach (var path in paths.Where(Path.Exists))
            {
                arguments.AddRange([how, path, path]);
            }
        }
    }
}
