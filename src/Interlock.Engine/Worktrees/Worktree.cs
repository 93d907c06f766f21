using System.Text;
using Interlock.Engine.Platform;

namespace Interlock.Engine.Worktrees;

/// <param name="Path">Absolute, below the pool's root.</param>
/// <param name="Branch">Without <c>refs/heads/</c>.</param>
/// <param name="GitDir">The worktree's own git directory, from our records and never from the worktree's <c>.git</c> pointer.</param>
public sealed record Worktree(string Path, string Name, string Branch, string BaseCommit, string GitDir)
{
    /// <summary>From 0; no two live worktrees of a repository have the same.</summary>
    public int Slot { get; init; }

    internal string BranchRef => "refs/heads/" + Branch;

    /// <summary>Runs on the worktree's HEAD and refs; content goes through <see cref="NeutralView"/>.</summary>
    internal Git Git => new(GitDir, null);

    internal Repository OpenRepository() => new(System.IO.Path.GetFullPath("../..", GitDir));
}

/// <summary>
/// The file that makes a worktree ours, in its git directory where the agent's own tools do not look.
/// Written once the checkout is whole, and again when setup is through.
/// </summary>
/// <param name="Ready">While it is not, nobody works there: its files are those of the base, of setup or of an earlier attempt, or half of them.</param>
internal sealed record WorktreeMarker(string Name, string Branch, string BaseCommit, string Path, bool Ready, IReadOnlyList<string> SetupPaths)
{
    private const string FileName = "interlock";
    private const string Format = "1";

    internal static WorktreeMarker? Read(string gitDir)
    {
        var file = System.IO.Path.Combine(gitDir, FileName);
        if (!File.Exists(file))
        {
            return null;
        }

        var fields = File.ReadAllText(file).Split('\0');
        return fields.Length < 6 || fields[0] != Format
            ? null
            : new WorktreeMarker(fields[1], fields[2], fields[3], fields[4], fields[5] == "ready", fields[6..]);
    }

    internal void Write(string gitDir)
    {
        string[] fields = [Format, Name, Branch, BaseCommit, Path, Ready ? "ready" : "new", .. SetupPaths];
        AtomicFile.Write(System.IO.Path.Combine(gitDir, FileName), Encoding.UTF8.GetBytes(string.Join('\0', fields)));
    }

    internal Worktree ToWorktree(string gitDir) => new(Path, Name, Branch, BaseCommit, gitDir) { Slot = WorktreeMaker.SlotOf(gitDir) ?? 0 };
}
