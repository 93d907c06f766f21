using Interlock.Engine.Platform;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Sandbox;

/// <summary>What checks and agents may reach, from the configuration and the repository.</summary>
internal static class SandboxScopes
{
    /// <param name="worktree">The folder the check runs in.</param>
    public static SandboxScope ForCheck(Workspace workspace, Repository repository, WorktreePool pool, string worktree, bool network) =>
        new(worktree, [workspace.Root, .. Linked(pool)], Writable(workspace), [repository.CommonDir], [workspace.StateDir], network);

    /// <summary>
    /// An agent commits, so of git's folder it gets new objects, its own branch and its own index. All that says what git runs or
    /// where things are stays as it is, also what does not exist yet.
    /// </summary>
    /// <param name="writable">Such as the home made for this attempt.</param>
    /// <param name="readable">Such as the folder its CLI is installed in.</param>
    /// <param name="shown">Files of the state folder it was given, such as its prompt.</param>
    public static SandboxScope ForAgent(
        Workspace workspace, Repository repository, WorktreePool pool, Worktree worktree, IReadOnlyList<string> writable, IReadOnlyList<string> readable, IReadOnlyList<string> shown)
    {
        var common = repository.CommonDir;
        var branch = Path.GetDirectoryName(worktree.BranchRef)!;
        var refs = Made(Path.Combine(common, branch));
        var logs = Made(Path.Combine(common, "logs", branch));
        Made(Path.Combine(common, "objects", "pack"));
        Made(Path.Combine(common, "objects", "info"));

        // A name that is missing could be made, and git would read it; an empty file that cannot be written is as good as none.
        var settings = Path.Combine(worktree.GitDir, "config.worktree");
        if (!File.Exists(settings))
        {
            File.WriteAllText(settings, "");
        }

        string[] places = ["commondir", "gitdir", "interlock", "interlock-slot", "locked"];
        return new SandboxScope(
            worktree.Path, [workspace.Root, .. Linked(pool), .. readable], [.. Writable(workspace), .. writable], [common], [workspace.StateDir], workspace.Config.Config.SandboxNetwork)
        {
            Opened = [Path.Combine(common, "objects"), worktree.GitDir, refs, logs],
            Fixed = [Path.Combine(common, "objects", "pack"), Path.Combine(common, "objects", "info"), settings, .. places.Select(name => Path.Combine(worktree.GitDir, name))],
            Shown = shown,
        };
    }

    private static List<string> Writable(Workspace workspace) =>
        [.. workspace.Config.Config.SandboxWrite.Select(path => path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(Home, path[2..]) : Path.GetFullPath(path, workspace.Root))];

    // What was linked into the worktree may itself lead out of the checkout, such as packages that several clones share.
    private static IEnumerable<string> Linked(WorktreePool pool) =>
        pool.Sources().Where(source => source.LinkTarget is not null).Select(source => RealPath.Of(source.FullName)).Where(target => !HomeView.IsSecret(Home, target));

    private static string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private static string Made(string folder) => Directory.CreateDirectory(folder).FullName;
}
