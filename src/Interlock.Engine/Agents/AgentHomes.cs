using Interlock.Engine.Agents.Adapters;
using Interlock.Engine.Platform;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Agents;

/// <summary>The homes of a repository's attempts, below the user's state folder and outside of every checkout.</summary>
public sealed class AgentHomes(string commonDir)
{
    private readonly string root = Path.Combine(UserFolders.State, "homes", UserFolders.NameFor(commonDir));

    public AgentHome Create(string name, Worktree worktree) => Open(Path.Combine(root, name), worktree);

    /// <summary>An earlier attempt's, to go on with its session; null when it is gone.</summary>
    public AgentHome? Find(string path, Worktree worktree) => IsOurs(path) && Directory.Exists(path) ? Open(path, worktree) : null;

    /// <summary>Removes the homes that nobody goes on with.</summary>
    public void Sweep(IReadOnlySet<string> kept)
    {
        if (!Directory.Exists(root))
        {
            return;
        }

        foreach (var folder in Directory.GetDirectories(root).Where(folder => !kept.Contains(folder)))
        {
            try
            {
                LinkSafeDelete.Directory(folder);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Something still writes there; the next run tries again.
            }
        }
    }

    private static AgentHome Open(string path, Worktree worktree)
    {
        PrivateFolder.Create(path);
        return new AgentHome(path, worktree);
    }

    // The path comes from a row of the store, which anyone who can write the file could have changed.
    private bool IsOurs(string path) => Path.GetDirectoryName(Path.GetFullPath(path)) == root;
}
