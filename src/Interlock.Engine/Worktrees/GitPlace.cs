using System.Text;
using Interlock.Engine.Platform;

namespace Interlock.Engine.Worktrees;

/// <summary>What a folder says about the repository it belongs to, read without running git.</summary>
/// <param name="CommonDir">Null when there should be one and it cannot be used.</param>
/// <param name="MainCheckout">Null when it is not known.</param>
internal sealed record GitPlace(string? CommonDir, string? MainCheckout, string? Problem = null, string Remedy = "")
{
    private const string Prefix = "gitdir:";
    private const string Marker = "checkout";

    /// <summary>Null when nothing of git is there.</summary>
    internal static GitPlace? In(string folder)
    {
        var dotGit = Path.Combine(folder, ".git");
        try
        {
            return Read(dotGit, folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Unusable(dotGit, error.Message);
        }
    }

    private static GitPlace? Read(string dotGit, string folder)
    {
        if (IsGitDirectory(dotGit))
        {
            return new GitPlace(dotGit, folder);
        }

        if (File.Exists(dotGit))
        {
            return Follow(dotGit, folder);
        }

        if (IsGitDirectory(folder))
        {
            return new GitPlace(folder, CheckoutOf(folder));
        }

        return Directory.Exists(dotGit) ? Unusable(dotGit, "HEAD, objects or refs is missing in it") : null;
    }

    /// <summary>Notes the main checkout of a git directory that lies elsewhere, for those who come from another checkout.</summary>
    internal static void Remember(Repository repository)
    {
        if (repository.MainCheckout is { } main && CheckoutOf(repository.CommonDir) != main)
        {
            AtomicFile.Write(MarkerOf(repository.CommonDir), Encoding.UTF8.GetBytes(main + "\n"));
        }
    }

    private static GitPlace Follow(string pointer, string folder)
    {
        var text = File.ReadAllText(pointer).Trim();
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return Unusable(pointer, "it names no git directory");
        }

        var gitDir = Path.GetFullPath(text[Prefix.Length..].Trim(), folder);
        var commonFile = Path.Combine(gitDir, "commondir");
        var isLinked = File.Exists(commonFile);
        var common = isLinked ? Path.GetFullPath(File.ReadAllText(commonFile).Trim(), gitDir) : gitDir;
        return IsGitDirectory(common)
            ? new GitPlace(common, isLinked ? CheckoutOf(common) : folder)
            : Unusable(pointer, $"{common} is no git directory", $"If the repository was moved, run there: git worktree repair {folder}. ");
    }

    /// <summary>The main checkout of a git directory; null when it has none, or none that is known.</summary>
    internal static string? CheckoutOf(string commonDir)
    {
        if (Path.GetFileName(commonDir) == ".git")
        {
            return Path.GetDirectoryName(commonDir);
        }

        var marker = MarkerOf(commonDir);
        return File.Exists(marker) && File.ReadAllText(marker).Trim() is { Length: > 0 } main && File.Exists(Path.Combine(main, ".git"))
            && Follow(Path.Combine(main, ".git"), main) is var place && place.CommonDir == commonDir && place.MainCheckout == main ? main : null;
    }

    private static string MarkerOf(string commonDir) => Path.Combine(commonDir, "interlock", Marker);

    private static GitPlace Unusable(string path, string why, string first = "") =>
        new(null, null, $"{path} cannot be used: {why}", $"{first}Repair or restore it, or move it away if there should be no repository");

    private static bool IsGitDirectory(string path) =>
        File.Exists(Path.Combine(path, "HEAD")) && Directory.Exists(Path.Combine(path, "objects")) && Directory.Exists(Path.Combine(path, "refs"));
}
