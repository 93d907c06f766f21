using Interlock.Engine.Platform;
using Interlock.Engine.Projections;

namespace Interlock.Engine.Health;

/// <summary>What a crash leaves of an atomic write, and of git's temporary indexes.</summary>
internal static class TemporaryFiles
{
    private static readonly string[] ProjectedFolders = ["agent_tasks", "agent_prompts", LockFile.Folder, MessageFile.Folder];

    /// <summary>Old ones of either kind. A git that is at work may still use such an index: they are for a doctor.</summary>
    public static IReadOnlyList<string> Left(Workspace workspace)
    {
        var indexes = Path.Combine(workspace.StateDir, "tmp");
        return [.. HalfWritten(workspace), .. OldIn(workspace, Directory.Exists(indexes) ? Directory.EnumerateFiles(indexes) : [])];
    }

    /// <summary>Those of atomic writes, which nobody can be writing any more.</summary>
    public static IReadOnlyList<string> HalfWritten(Workspace workspace) => OldIn(
        workspace,
        ProjectedFolders.Select(name => Path.Combine(workspace.Root, name)).Append(workspace.StateDir).Append(Path.Combine(workspace.StateDir, "tokens"))
            .Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFiles(folder, ".*.tmp")));

    private static IReadOnlyList<string> OldIn(Workspace workspace, IEnumerable<string> files) =>
        [.. files.Where(path => Leftover.IsOld(path, workspace.Protocol.Clock.Now))];
}
