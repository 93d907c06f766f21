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
    private readonly List<(TaskCompletionSource<Verdict> Answer, Verdict Verdict, bool Waited)> underWay = [];

    /// <summary>Each look at a commit, oldest first.</summary>
    public List<(string Label, string Commit, bool Passed)> Looks { get; } = [];

    public HashSet<string> Passed { get; } = [];

    public int Runs { get; private set; }

    public int Flakes { get; private set; }

    /// <summary>Whether an answer waits until <see cref="AnswerNext"/>; else it is there at once.</summary>
    public bool Slow { get; init; }

    /// <summary>Looks that began while another was under way.</summary>
    public int Beside { get; private set; }

    private int UnderWay => underWay.Count(look => !look.Answer.Task.IsCompleted);

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

        var verdict = new Verdict(passed, passed ? null : "check 'scripted' failed with exit code 1", passed ? null : "scripted.log", FromCache: false, runs, []);

        // What the queue waits for with nothing beside it, such as the search for a culprit, is answered at once.
        var alone = label.StartsWith("base-", StringComparison.Ordinal) || (!secondLook && UnderWay == 0);
        return Slow && !alone ? Later(verdict, secondLook, cancellation) : Task.FromResult(verdict);
    }

    /// <summary>Ends the look that the queue waits for: the one with a second look, or what was begun first.</summary>
    public void AnswerNext()
    {
        underWay.RemoveAll(look => look.Answer.Task.IsCompleted);
        var next = underWay.FindIndex(look => look.Waited);
        if (underWay.ElementAtOrDefault(Math.Max(0, next)) is { Answer: { } answer } look)
        {
            underWay.Remove(look);
            answer.SetResult(look.Verdict);
        }
    }

    /// <summary>Nobody waits for what is under way any more.</summary>
    public void Forget() => underWay.Clear();

    private Task<Verdict> Later(Verdict verdict, bool waited, CancellationToken cancellation)
    {
        Beside += UnderWay > 0 ? 1 : 0;
        var answer = new TaskCompletionSource<Verdict>(TaskCreationOptions.RunContinuationsAsynchronously);
        cancellation.Register(() => answer.TrySetCanceled(cancellation));
        underWay.Add((answer, verdict, waited));
        return answer.Task;
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
