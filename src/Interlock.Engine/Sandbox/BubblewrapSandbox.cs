using Interlock.Engine.Agents;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Sandbox;

/// <summary>
/// Linux namespaces through <c>bwrap</c>: the system is read-only, <c>/tmp</c>, <c>/run</c> and the home are private and empty
/// but for tools and caches, only the worktree can be written, and everything ends with the command.
/// </summary>
/// <param name="heed">Starts a command with the signals again that the launcher ignores; empty where no program can.</param>
internal sealed class BubblewrapSandbox(string program, IReadOnlyList<string> heed, SandboxScope scope) : ISandbox
{
    // bwrap dies with the thread that started it, and ours come and go; a shell has one thread and stays until it ends.
    private const string Launcher = "\"$@\"; exit $?";

    // Asked to stop, the shell and bwrap would go first and take the command with them before it can end in good order.
    private const string Patient = "trap '' TERM INT HUP; " + Launcher;

    /// <summary>
    /// Root keeps its powers inside unless it gets a user namespace of its own and drops them there: then what is mounted cannot be mounted otherwise,
    /// not even from a further namespace.
    /// </summary>
    internal static readonly IReadOnlyList<string> Walls = ["--unshare-all", "--unshare-user", "--cap-drop", "ALL"];

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
        mounts.Writable(scope.Opened);
        mounts.ReadOnly(scope.Fixed);
        mounts.Private([.. scope.Hidden]);
        mounts.ReadOnly(scope.Shown);
        mounts.Writable([scope.Worktree]);
        mounts.ReadOnly([Path.Combine(scope.Worktree, ".git")]);
        string[] network = scope.Network ? ["--share-net"] : [];
        return command with
        {
            Environment = environment,
            Command =
            [
                "/bin/sh", "-c", heed.Count > 0 ? Patient : Launcher, "sh", program, .. Walls, .. network, "--die-with-parent", "--new-session",
                "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", .. mounts.Arguments, "--chdir", command.WorkingDirectory, "--", .. heed, .. command.Command,
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
