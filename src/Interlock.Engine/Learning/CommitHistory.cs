using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Interlock.Engine.Platform;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Learning;

/// <summary>The paths that the latest commits changed, of the checkout and of the integration branches, read once for each state of them.</summary>
internal sealed class CommitHistory(Repository repository)
{
    /// <summary>How far back it is worth looking.</summary>
    public const int MostCommits = 500;

    private const char Mark = '\u0001';

    /// <summary>By commit, newest first; merges are left out.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> ReadAsync(CancellationToken cancellation)
    {
        var tips = await TipsAsync(cancellation);
        if (tips.Count == 0)
        {
            return new Dictionary<string, IReadOnlyList<string>>();
        }

        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('\n', tips))))[..40];
        var path = Path.Combine(repository.EnsureStateDir(), "history.json");
        if (Cached(path) is { } cached && cached.Key == key)
        {
            return cached.Commits;
        }

        var commits = await AskAsync(tips, cancellation);
        Keep(path, new CachedHistory(key, commits));
        return commits;
    }

    // What cannot be kept is asked again.
    private static void Keep(string path, CachedHistory history)
    {
        try
        {
            AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(history, HistoryJson.Default.CachedHistory));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }

    private async Task<List<string>> TipsAsync(CancellationToken cancellation)
    {
        var tips = (await repository.RefsAsync(["refs/heads/interlock"], cancellation)).Select(branch => branch.Oid).ToList();
        if (await repository.ResolveAsync("HEAD", cancellation) is { } head)
        {
            tips.Add(head);
        }

        return [.. tips.Distinct().Order(StringComparer.Ordinal)];
    }

    private async Task<Dictionary<string, IReadOnlyList<string>>> AskAsync(List<string> tips, CancellationToken cancellation)
    {
        var result = await repository.Git.RunToEndAsync(
            ["log", "-z", "--no-merges", "--no-renames", "--name-only", $"--format={Mark}%H", string.Create(CultureInfo.InvariantCulture, $"--max-count={MostCommits}"), "--end-of-options", .. tips, "--"],
            cancellation);
        var commits = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        List<string>? paths = null;
        foreach (var record in result.Records.Select(record => record.TrimStart('\n')).Where(record => record.Length > 0))
        {
            if (record[0] == Mark)
            {
                // Without a NUL between them, the first path would follow the commit's line.
                var (hash, first) = record.IndexOf('\n', StringComparison.Ordinal) is > 0 and var end ? (record[1..end], record[(end + 1)..]) : (record[1..], "");
                commits[hash] = paths = [.. first.Length > 0 && GitName.IsText(first) ? new[] { first } : []];
            }
            else if (GitName.IsText(record))
            {
                paths?.Add(record);
            }
        }

        return commits;
    }

    // A cache that cannot be read is made anew.
    private static CachedHistory? Cached(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), HistoryJson.Default.CachedHistory);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}

internal sealed record CachedHistory(string Key, Dictionary<string, IReadOnlyList<string>> Commits);

[JsonSerializable(typeof(CachedHistory))]
internal sealed partial class HistoryJson : JsonSerializerContext;
