using System.Text;

namespace Interlock.Engine.Worktrees;

/// <summary>Writes commits from trees. The committer is always Interlock; the author is whoever did the work.</summary>
internal static class CommitWriter
{
    internal const string CommitterName = "Interlock";
    internal const string CommitterEmail = "interlock@localhost";

    internal static async Task<string> WriteAsync(
        Git git, string tree, IReadOnlyList<string> parents, string message, string authorName, string authorEmail, CancellationToken cancellation)
    {
        var arguments = new List<string> { "commit-tree", tree };
        foreach (var parent in parents)
        {
            arguments.AddRange(["-p", parent]);
        }

        arguments.AddRange(["-F", "-"]);
        return await git.RunAsync(arguments, cancellation, Encoding.UTF8.GetBytes(message.EndsWith('\n') ? message : message + "\n"), new Dictionary<string, string>
        {
            ["GIT_AUTHOR_NAME"] = authorName,
            ["GIT_AUTHOR_EMAIL"] = authorEmail,
            ["GIT_COMMITTER_NAME"] = CommitterName,
            ["GIT_COMMITTER_EMAIL"] = CommitterEmail,
        });
    }

    /// <summary>A commit that only gives merging a history; the same input is the same commit.</summary>
    internal static async Task<string> WriteSyntheticAsync(Git git, string tree, string? parent, CancellationToken cancellation)
    {
        const string Fixed = "2000-01-01T00:00:00Z";
        string[] parents = parent is null ? [] : ["-p", parent];
        return await git.RunAsync(["commit-tree", tree, .. parents, "-m", "merge"], cancellation, default, new Dictionary<string, string>
        {
            ["GIT_AUTHOR_NAME"] = CommitterName,
            ["GIT_AUTHOR_EMAIL"] = CommitterEmail,
            ["GIT_AUTHOR_DATE"] = Fixed,
            ["GIT_COMMITTER_NAME"] = CommitterName,
            ["GIT_COMMITTER_EMAIL"] = CommitterEmail,
            ["GIT_COMMITTER_DATE"] = Fixed,
        });
    }
}
