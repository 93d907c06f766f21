using System.Collections.Concurrent;
using Interlock.Benchmarks;
using Interlock.Engine.Verification;

namespace Interlock.Tests.Merging.Campaign;

/// <summary>
/// Checks that read the tree of the commit: red with a line that begins with BAD, or with the lines LEFT and RIGHT together,
/// each of which is fine alone. Some trees are red the first time they are looked at and green from then on.
/// </summary>
internal sealed class ScriptedChecks(LooseObjects objects, int seed, Action<string>? before = null) : IVerifier
{
    private const int OneFlakeIn = 10;
    private readonly ConcurrentDictionary<string, bool> flaked = new();

    /// <summary>Each look at a commit, oldest first.</summary>
    public List<(string Label, string Commit, bool Passed)> Looks { get; } = [];

    public HashSet<string> Passed { get; } = [];

    public int Runs { get; private set; }

    public int Flakes { get; private set; }

    public Task<Verdict> VerifyAsync(string label, string commit, CheckStage stage, CancellationToken cancellation, bool secondLook = true)
    {
        before?.Invoke(commit);
        var flake = IsGreen(commit) && LooksRedAtFirst(commit);
        Flakes += flake ? 1 : 0;
        var passed = IsGreen(commit) && (!flake || secondLook);
        var runs = secondLook && (flake || !passed) ? 2 : 1;
        Runs += runs;
        Looks.Add((label, commit, passed));
        if (passed)
        {
            Passed.Add(commit);
        }

        return Task.FromResult(new Verdict(passed, passed ? null : "check 'scripted' failed with exit code 1", passed ? null : "scripted.log", FromCache: false, runs, []));
    }

    /// <summary>What the checks would say without flakes.</summary>
    public bool IsGreen(string commit)
    {
        var lines = objects.TreeOf(commit).Files.Values
            .Where(file => file.Mode != FileEntry.Link)
            .SelectMany(file => objects.Text(file.Oid).Split('\n'))
            .Where(line => line.StartsWith("BAD", StringComparison.Ordinal) || line is "LEFT" or "RIGHT")
            .ToHashSet();
        return !lines.Any(line => line.StartsWith("BAD", StringComparison.Ordinal)) && !(lines.Contains("LEFT") && lines.Contains("RIGHT"));
    }

    private bool LooksRedAtFirst(string commit)
    {
        var tree = objects.Commit(commit).Tree;
        return (Convert.ToInt32(tree[..6], 16) + seed) % OneFlakeIn == 0 && flaked.TryAdd(tree, true);
    }
}
