using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Sandbox;

/// <summary>What of a person's home a sandbox shows, read-only: tools and caches, and none of what people keep secret or their other work.</summary>
internal static class HomeView
{
    private static readonly HashSet<string> Secret = new(StringComparer.Ordinal)
    {
        ".aws", ".azure", ".claude", ".codex", ".config", ".cursor", ".docker", ".gemini", ".gnupg", ".kube", ".local", ".mozilla",
        ".oci", ".password-store", ".pki", ".ssh", ".terraform.d", ".thunderbird", ".vscode", ".vscode-server",
    };

    private static readonly string[] Within = [".local/bin", ".local/lib", ".local/share", "go"];

    private static readonly string[] Blank = [".cargo/credentials", ".cargo/credentials.toml", ".gem/credentials"];

    // Compilers insist on writing here, and do without what they find missing.
    private static readonly string[] Empty = [".local/share/keyrings", ".cache/go-build", ".npm/_logs"];

    /// <summary>Hidden folders that are not secret, and folders that <c>PATH</c> leads into.</summary>
    public static IReadOnlyList<string> Shown(string home, string? path)
    {
        if (!Directory.Exists(home))
        {
            return [];
        }

        var hidden = Directory.EnumerateDirectories(home, ".*").Where(folder => !Secret.Contains(Path.GetFileName(folder)));
        var within = Within.Select(name => Path.Combine(home, name));
        var tools = ProgramPath.Folders(path).Where(folder => WorktreePool.IsBelow(folder, home) && folder != home)
            .Select(folder => Path.Combine(home, Path.GetRelativePath(home, folder).Split('/')[0]))
            .Where(folder => !Secret.Contains(Path.GetFileName(folder)));
        return [.. hidden.Concat(within).Concat(tools).Where(Directory.Exists).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>Folders below those that are shown which are to be empty and private.</summary>
    public static IEnumerable<string> EmptyFolders(string home) => Empty.Select(name => Path.Combine(home, name));

    /// <summary>Files below those that are shown which are to be empty.</summary>
    public static IEnumerable<string> BlankFiles(string home) => Blank.Select(name => Path.Combine(home, name));
}
