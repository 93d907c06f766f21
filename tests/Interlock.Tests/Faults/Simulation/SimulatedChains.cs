using System.Collections.Immutable;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Engine.Merging;
using Interlock.Engine.Stores;
using Interlock.Engine.Verification;

namespace Interlock.Tests.Faults.Simulation;

/// <summary>Merges by path, as git does for trees whose files are changed as wholes.</summary>
internal sealed class SimulatedChains(IStore store, SimulatedGit git) : IChains
{
    /// <summary>For the seeded bug that compares with the wrong commit.</summary>
    public bool WrongBase { get; init; }

    public Task<Chain> BuildAsync(string tip, IReadOnlyList<Landing> batch, CancellationToken cancellation)
    {
        var links = new List<ChainLink>();
        var leftOut = new List<LeftOut>();
        foreach (var landing in batch)
        {
            var task = store.Read(reader => reader.FindTask(landing.Task))!;
            var on = links.Count == 0 ? tip : links[^1].Commit;
            if (Merge(on, landing) is { } tree)
            {
                links.Add(new ChainLink(landing, task, git.Add(on, tree, landing.Fence, landing.Undoes ?? landing.Task, landing.Undoes is not null).Id, "tree"));
            }
            else if (on == tip || Merge(tip, landing) is null)
            {
                leftOut.Add(new LeftOut(landing, new Candidate.Conflicted(["a path"], "", [])));
            }
        }

        return Task.FromResult(new Chain(tip, links, leftOut));
    }

    private ImmutableSortedDictionary<string, string>? Merge(string onto, Landing landing)
    {
        var ours = git.Commit(onto).Tree;
        var theirs = git.Commit(landing.Commit).Tree;
        var origin = WrongBase ? ours : git.Commit(landing.Base).Tree;
        var merged = ours.ToBuilder();
        foreach (var path in theirs.Keys.Union(origin.Keys, StringComparer.Ordinal))
        {
            var (was, now, here) = (origin.GetValueOrDefault(path), theirs.GetValueOrDefault(path), ours.GetValueOrDefault(path));
            if (was == now)
            {
                continue;
            }

            if (here != was && here != now)
            {
                return null;
            }

            if (now is null)
            {
                merged.Remove(path);
            }
            else
            {
                merged[path] = now;
            }
        }

        return merged.ToImmutable();
    }
}

/// <summary>Red where a path holds bad work; now and then red without a reason, until it is asked again.</summary>
internal sealed class SimulatedChecks(SimulatedGit git, Func<bool> flake) : IVerifier
{
    public const char Bad = '!';

    private readonly HashSet<string> green = new(StringComparer.Ordinal);

    /// <summary>For the seeded bug that lets red pass.</summary>
    public bool AlwaysPass { get; init; }

    public static bool IsRed(SimulatedCommit commit) => commit.Tree.Values.Any(text => text.Contains(Bad, StringComparison.Ordinal));

    public bool HasPassed(string commit) => green.Contains(commit);

    public Task<Verdict> VerifyAsync(string label, string commit, CheckStage stage, CancellationToken cancellation, bool secondLook = true)
    {
        git.Before?.Invoke("verify");
        var flaked = flake() && !secondLook;
        if (!AlwaysPass && (IsRed(git.Commit(commit)) || flaked))
        {
            return Task.FromResult(new Verdict(false, "a check is red", null, false, 1, []));
        }

        green.Add(commit);
        return Task.FromResult(new Verdict(true, null, null, false, 1, []));
    }
}
