using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Sandbox;

/// <summary>What of a person's home a sandbox shows: tools and caches, and none of what people keep secret or their other work.</summary>
/// <param name="Private">Folders that can be written in and whose content ends with the command, outer ones first.</param>
/// <param name="Shown">Paths within them that are shown as they are, read-only.</param>
internal sealed record HomeView(IReadOnlyList<string> Private, IReadOnlyList<string> Shown)
{
    private static readonly HashSet<string> Secret = new(StringComparer.Ordinal)
    {
        ".aws", ".azure", ".claude", ".codex", ".config", ".cursor", ".docker", ".gemini", ".gnupg", ".kube", ".local", ".mozilla",
        ".oci", ".password-store", ".pki", ".ssh", ".terraform.d", ".thunderbird", ".vscode", ".vscode-server",
    };

    // Tools leave marks right inside these and give up when they cannot.
    private static readonly string[] Layered = [".cache", ".cargo", ".dotnet", ".gem", ".local/share", ".npm"];

    private static readonly string[] Whole = [".local/bin", ".local/lib", "go"];

    // Credentials, and what a tool insists on writing.
    private static readonly HashSet<string> Left = new(StringComparer.Ordinal)
    {
        ".cache/go-build", ".cargo/credentials", ".cargo/credentials.toml", ".gem/credentials", ".local/share/keyrings", ".npm/_logs",
    };

    /// <summary>Whether a path is the home itself, above it, or within what people keep secret there.</summary>
    /// <param name="path">Absolute, links followed.</param>
    public static bool IsSecret(string home, string path)
    {
        var real = RealPath.Of(Path.TrimEndingDirectorySeparator(home));
        return WorktreePool.IsBelow(real, path)
            || Secret.Concat(Left).Any(name => WorktreePool.IsBelow(path, Path.Combine(real, name)) || WorktreePool.IsBelow(Path.Combine(real, name), path));
    }

    /// <param name="home">Absolute, links followed.</param>
    /// <param name="path">The value of <c>PATH</c>: folders of the home it leads into are shown.</param>
    public static HomeView Of(string home, string? path)
    {
        if (!Directory.Exists(home))
        {
            return new HomeView([], []);
        }

        var layered = Layered.Select(name => Path.Combine(home, name)).Where(Directory.Exists).ToList();
        var hidden = Directory.EnumerateDirectories(home, ".*").Where(folder => !Secret.Contains(Path.GetFileName(folder)));
        var whole = Whole.Select(name => Path.Combine(home, name));
        var tools = ProgramPath.Folders(path).Where(folder => WorktreePool.IsBelow(folder, home) && folder != home)
            .Select(folder => Path.Combine(home, Path.GetRelativePath(home, folder).Split('/')[0]))
            .Where(folder => !Secret.Contains(Path.GetFileName(folder)));
        var within = layered.SelectMany(Directory.EnumerateFileSystemEntries).Where(entry => !Left.Contains(Path.GetRelativePath(home, entry)));
        return new HomeView(
            [home, .. layered],
            [.. hidden.Concat(whole).Concat(tools).Except(layered, StringComparer.Ordinal).Concat(within).Where(Path.Exists).Distinct(StringComparer.Ordinal)]);
    }
}
