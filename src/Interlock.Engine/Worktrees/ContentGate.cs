using System.Text;
using System.Text.RegularExpressions;

namespace Interlock.Engine.Worktrees;

/// <summary>
/// Finds what must not travel in a commit: names that are no text, links and repositories newly added, conflict markers left behind, secrets.
/// Only what the change itself brings counts, so a repository that already has such lines stays workable.
/// </summary>
internal static partial class ContentGate
{
    internal static async Task<string?> FindAsync(Repository repository, IReadOnlyList<TreeChange> changes, CancellationToken cancellation)
    {
        var git = (await repository.ViewAsync(cancellation)).On(null);
        foreach (var change in changes)
        {
            // Leases, the store and checkouts of other systems know text alone.
            if (!GitName.IsText(change.Path))
            {
                return $"{GitName.Readable(change.Path)}: its name is not UTF-8";
            }

            if (change.New.IsLink && change.New != change.Old)
            {
                return $"{change.Path}: a symbolic link was added or changed";
            }

            if (change.New.IsRepository && change.New != change.Old)
            {
                return $"{change.Path}: a repository inside the repository was added or changed";
            }

            if (change.New.IsFile && change.New.Oid != change.Old.Oid
                && FindInText(change.Path, await BeforeAsync(git, change, cancellation), await TreeChange.ContentAsync(git, change.New, cancellation)) is { } reason)
            {
                return reason;
            }
        }

        return null;
    }

    internal static string? FindInText(string path, byte[] before, byte[] after)
    {
        if (!TreeChange.IsText(after))
        {
            return null;
        }

        var known = Lines(before).ToHashSet(StringComparer.Ordinal);
        var lines = Lines(after);
        if (LastConflict(lines) is { } conflict && Conflicts(lines) > Conflicts(Lines(before)))
        {
            return $"{path}:{conflict}: conflict markers";
        }

        for (var i = 0; i < lines.Length; i++)
        {
            if (SecretIn(lines[i]) is { } kind && !known.Contains(lines[i]))
            {
                return $"{path}:{i + 1}: looks like {kind}";
            }
        }

        return null;
    }

    private static async Task<byte[]> BeforeAsync(Git git, TreeChange change, CancellationToken cancellation) =>
        change.Old.IsFile ? await TreeChange.ContentAsync(git, change.Old, cancellation) : [];

    private static string[] Lines(byte[] content) => Encoding.UTF8.GetString(content).Split('\n');

    private static int Conflicts(string[] lines) => ConflictStarts(lines).Count();

    private static int? LastConflict(string[] lines) => ConflictStarts(lines).Select(i => (int?)i + 1).LastOrDefault();

    private static IEnumerable<int> ConflictStarts(string[] lines)
    {
        int? start = null;
        var middle = false;
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].TrimEnd('\r');
            if (line.StartsWith("<<<<<<< ", StringComparison.Ordinal))
            {
                (start, middle) = (i, false);
            }
            else if (start is not null && line == "=======")
            {
                middle = true;
            }
            else if (start is { } found && middle && line.StartsWith(">>>>>>> ", StringComparison.Ordinal))
            {
                yield return found;
                start = null;
            }
        }
    }

    private static string? SecretIn(string line) =>
        PrivateKey().IsMatch(line) ? "a private key"
        : AwsKey().IsMatch(line) ? "an AWS access key"
        : GitHubToken().IsMatch(line) ? "a GitHub token"
        : SlackToken().IsMatch(line) ? "a Slack token"
        : ModelKey().IsMatch(line) ? "a model provider's key"
        : null;

    [GeneratedRegex("-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----", RegexOptions.CultureInvariant)]
    private static partial Regex PrivateKey();

    [GeneratedRegex(@"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex AwsKey();

    [GeneratedRegex(@"(?<![A-Za-z0-9_])(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})", RegexOptions.CultureInvariant)]
    private static partial Regex GitHubToken();

    [GeneratedRegex(@"(?<![A-Za-z0-9])xox[abeoprs]-[A-Za-z0-9-]{10,}", RegexOptions.CultureInvariant)]
    private static partial Regex SlackToken();

    [GeneratedRegex(@"(?<![A-Za-z0-9])sk-(?:ant|proj|svcacct|or-v1)-[A-Za-z0-9_-]{20,}", RegexOptions.CultureInvariant)]
    private static partial Regex ModelKey();
}
