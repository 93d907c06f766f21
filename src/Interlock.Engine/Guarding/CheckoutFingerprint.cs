using System.Security.Cryptography;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Guarding;

/// <summary>
/// What of the main checkout an agent must not have changed: where HEAD is, the index, what git is set to run, refs that are not
/// ours, and files that differ. Taken before and after an agent that runs without a sandbox.
/// </summary>
internal sealed record CheckoutFingerprint(IReadOnlyDictionary<string, string> Parts)
{
    /// <param name="follows">A branch that the run itself moves with the files of its checkout; null for none. Neither counts then.</param>
    public static async Task<CheckoutFingerprint> TakeAsync(Repository repository, string? follows, CancellationToken cancellation)
    {
        var parts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in (string[])["HEAD", "config", "info/attributes", "info/exclude", .. follows is null ? ["index"] : Array.Empty<string>()])
        {
            parts[$".git/{name}"] = HashOf(Path.Combine(repository.CommonDir, name));
        }

        var hooks = Path.Combine(repository.CommonDir, "hooks");
        foreach (var hook in Directory.Exists(hooks) ? Directory.EnumerateFiles(hooks) : [])
        {
            parts[$".git/hooks/{Path.GetFileName(hook)}"] = HashOf(hook);
        }

        // What runs move themselves: attempts' branches, the integration branch and its keeping.
        foreach (var (name, oid) in (await repository.RefsAsync([], cancellation)).Where(reference => !IsOurs(reference.Name) && reference.Name != $"refs/heads/{follows}"))
        {
            parts[name] = oid;
        }

        if (repository.MainCheckout is { } main && follows is null)
        {
            var git = (await repository.ViewAsync(cancellation)).On(main);
            var others = await git.RunToEndAsync(["ls-files", "--others", "--exclude-standard", "-z"], cancellation, env: WorktreeMaker.IndexOf(repository.CommonDir));
            foreach (var path in (await repository.DirtyPathsAsync(cancellation)).Concat(others.Records.Where(path => !path.EndsWith('/'))))
            {
                parts[path] = HashOf(Path.Combine(main, path));
            }
        }

        return new CheckoutFingerprint(parts);
    }

    /// <summary>What differs, as a list for people; null when nothing does.</summary>
    public string? DifferenceFrom(CheckoutFingerprint before)
    {
        var names = Parts.Keys.Union(before.Parts.Keys).Where(name => Parts.GetValueOrDefault(name) != before.Parts.GetValueOrDefault(name)).Order(StringComparer.Ordinal).ToList();
        return names.Count == 0 ? null : string.Join(", ", names.Take(10)) + (names.Count > 10 ? $" and {names.Count - 10} more" : "");
    }

    private static bool IsOurs(string line) => line.StartsWith("refs/interlock/", StringComparison.Ordinal) || line.StartsWith("refs/heads/interlock/", StringComparison.Ordinal)
        || line.StartsWith("refs/heads/agent/", StringComparison.Ordinal) || line.StartsWith("refs/heads/" + WorktreePool.VerificationBranches, StringComparison.Ordinal);

    private static string HashOf(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(file));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return "absent";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "unreadable";
        }
    }
}
