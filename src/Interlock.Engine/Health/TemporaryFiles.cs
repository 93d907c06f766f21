using Interlock.Engine.Projections;

namespace Interlock.Engine.Health;

/// <summary>What a crash leaves of an atomic write, and of git's temporary indexes.</summary>
internal static class TemporaryFiles
{
    private static readonly TimeSpan Old = TimeSpan.FromSeconds(60);
    private static readonly string[] ProjectedFolders = ["agent_tasks", "agent_prompts", LockFile.Folder, MessageFile.Folder];

    /// <summary>Those that nobody can be writing any more.</summary>
    public static IReadOnlyList<string> Left(Workspace workspace)
    {
        var now = workspace.Protocol.Clock.Now;
        var files = ProjectedFolders.Select(name => Path.Combine(workspace.Root, name)).Append(workspace.StateDir).Append(Path.Combine(workspace.StateDir, "tokens"))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, ".*.tmp"))
            .Concat(Directory.Exists(Path.Combine(workspace.StateDir, "tmp")) ? Directory.EnumerateFiles(Path.Combine(workspace.StateDir, "tmp")) : []);
        return [.. files.Where(path => now - File.GetLastWriteTimeUtc(path) > Old)];
    }
}
