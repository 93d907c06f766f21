using System.Globalization;
using Interlock.Domain.Plans;
using Interlock.Engine.Protocol;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Health;

/// <summary>A task's commit on a branch, as its trailers tell it.</summary>
/// <param name="Branch">Full ref it was found on.</param>
internal sealed record LandedCommit(string Commit, string Task, long Fence, string Branch);

/// <summary>
/// Reads from git alone what has landed: the commits that Interlock itself made on its branches carry <c>Task-Id</c> and
/// <c>Lease-Fence</c>. Commits of others with such lines do not count.
/// </summary>
internal sealed class LandedWork(Repository repository)
{
    private const string Landed = "refs/interlock/landed/";
    private const string Heads = "refs/heads/interlock/";

    /// <summary>The branches that work lands on, and what is kept of those that were deleted or moved back.</summary>
    public Task<IReadOnlyList<(string Name, string Oid)>> BranchesAsync(CancellationToken cancellation) => repository.RefsAsync([Heads, Landed], cancellation);

    /// <summary>
    /// Where each branch was left, by its full name: at the kept commit where the branch is gone or does not have that one any more.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, string>> TipsAsync(CancellationToken cancellation)
    {
        var tips = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, oid) in await BranchesAsync(cancellation))
        {
            // The kept ones come last.
            var branch = name.StartsWith(Landed, StringComparison.Ordinal) ? $"refs/heads/{name[Landed.Length..]}" : name;
            if (!tips.TryGetValue(branch, out var tip) || !await repository.IsAncestorAsync(oid, tip, cancellation))
            {
                tips[branch] = oid;
            }
        }

        return tips;
    }

    /// <summary>Oldest first; each once, by the branch itself where it is there.</summary>
    public async Task<IReadOnlyList<LandedCommit>> ReadAsync(CancellationToken cancellation)
    {
        var found = new Dictionary<string, LandedCommit>(StringComparer.Ordinal);
        foreach (var (name, tip) in await BranchesAsync(cancellation))
        {
            foreach (var commit in await ReadAsync(name, tip, cancellation))
            {
                found.TryAdd(commit.Commit, commit);
            }
        }

        return [.. found.Values];
    }

    /// <summary>Oldest first.</summary>
    public async Task<IReadOnlyList<LandedCommit>> ReadAsync(string name, string tip, CancellationToken cancellation)
    {
        const string Format = "--format=%H%x00%(trailers:key=Task-Id,valueonly,separator=%x2C)%x00%(trailers:key=Lease-Fence,valueonly,separator=%x2C)";
        string[] arguments = ["log", "--reverse", "--topo-order", $"--committer={CommitWriter.CommitterEmail}", "--fixed-strings", Format, "--end-of-options", tip];
        var text = await repository.Git.RunAsync(arguments, cancellation);
        return
        [
            .. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split('\0'))
                .Where(fields => fields.Length == 3 && Identifiers.IsValid(fields[1].Trim()) && long.TryParse(fields[2].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out _))
                .Select(fields => new LandedCommit(fields[0], fields[1].Trim(), long.Parse(fields[2].Trim(), CultureInfo.InvariantCulture), name)),
        ];
    }

    /// <summary>What is on the branches and was not taken back later, by task; the newest of each.</summary>
    public static IReadOnlyDictionary<string, LandedCommit> Standing(IEnumerable<LandedCommit> oldestFirst)
    {
        var standing = new Dictionary<string, LandedCommit>(StringComparer.Ordinal);
        foreach (var commit in oldestFirst)
        {
            standing[commit.Task] = commit;
            if (standing.Keys.FirstOrDefault(task => Undoes(commit.Task, task)) is { } undone)
            {
                standing.Remove(undone);
            }
        }

        return standing;
    }

    internal static bool Undoes(string undo, string task) => TaskNames.IsNumbered(undo, TaskNames.Undo(task));
}
