namespace Interlock.Engine.Worktrees;

/// <summary>Absolute paths with every link on the way followed, so that "inside" means inside.</summary>
internal static class RealPath
{
    internal static string Of(string path)
    {
        var full = Path.GetFullPath(path);
        var parent = Path.GetDirectoryName(full);
        if (parent is null)
        {
            return full;
        }

        var resolved = Path.Combine(Of(parent), Path.GetFileName(full));
        var link = new FileInfo(resolved).LinkTarget;
        return link is null ? resolved : Of(Path.GetFullPath(link, Path.GetDirectoryName(resolved)!));
    }
}
