using System.Text;
using Interlock.Benchmarks;
using Interlock.Domain.Merging;

namespace Interlock.Tests.Merging.Campaign;

/// <summary>What is wrong with a story, and where in it.</summary>
internal sealed class OracleException(string message) : Exception(message);

/// <summary>
/// Applies one change at a time, in the plainest way, and says what must come out. It shares no code with the queue: trees are
/// read from the object files, lines are merged by <see cref="ThreeWayLines"/>.
/// </summary>
internal sealed class SerialOracle(LooseObjects objects, Counts counts)
{
    /// <summary>The change from <paramref name="before"/> to <paramref name="work"/> on top of <paramref name="tip"/>; null when it conflicts.</summary>
    public FileTree? Apply(FileTree tip, FileTree before, FileTree work)
    {
        var result = tip;
        foreach (var path in work.PathsThatDifferFrom(before))
        {
            var (old, ours, theirs) = (before[path], tip[path], work[path]);
            if (ours != old && ours != theirs)
            {
                if (Both(old, ours, theirs) is not { } merged)
                {
                    return null;
                }

                theirs = merged;
            }

            result = result.With(path, theirs);
        }

        return HasFileAsFolder(result) ? null : result;
    }

    /// <summary>
    /// Whether a file that both changed has lines that repeat or moved: how they are aligned is then anybody's choice, and with it
    /// whether the two meet in the same place.
    /// </summary>
    public bool IsAmbiguous(FileTree tip, FileTree before, FileTree work) => work.PathsThatDifferFrom(before)
        .Where(path => tip[path] != before[path])
        .Select(path => Texts(before[path], tip[path], work[path]))
        .Any(texts => texts.Any(Repeats) || Moves(texts[0], texts[1]) || Moves(texts[0], texts[2]) || Moves(texts[1], texts[2]));

    /// <summary>Holds a commit of the branch against the change it brought.</summary>
    public void Check(string commit, Landing landing, string? undone)
    {
        var parent = objects.TreeOf(objects.Commit(commit).Parents.Single());
        var (before, work, landed) = (objects.TreeOf(landing.Base), objects.TreeOf(landing.Commit), objects.TreeOf(commit));
        var expected = Apply(parent, before, work);
        foreach (var path in landed.PathsThatDifferFrom(parent).Union(work.PathsThatDifferFrom(before)))
        {
            if (path == ChangeMaker.Plan)
            {
                Require(PlanOf(landed) == Marked(PlanOf(parent), landing, undone), $"{commit}: the plan is not as it was with one mark more");
            }
            else if (landed[path] != (parent[path] == before[path] ? work[path] : expected?[path]) || (expected is null && parent[path] != before[path]))
            {
                CheckLines(commit, path, before[path], parent[path], work[path], landed[path]);
            }
        }
    }

    // Where lines repeat or move there is more than one right answer: then no line may come or go that the change did not bring or take.
    private void CheckLines(string commit, string path, FileEntry? before, FileEntry? tip, FileEntry? work, FileEntry? landed)
    {
        Require(tip is not null && work is not null && landed is not null && tip != before && work != before, $"{commit}: {path} is not what one change after the other gives: before {before}, branch {tip}, change {work}, landed {landed}");
        var texts = Texts(before, tip, work, landed);
        Require(texts.Take(3).Any(Repeats) || Moves(texts[0], texts[1]) || Moves(texts[0], texts[2]), $"{commit}: {path} is not what one change after the other gives, though no line of it repeats or moves");
        counts.Add("ambiguous merge");
        var lost = Minus(texts[1], texts[3]);
        var won = Minus(texts[3], texts[1]);
        var (taken, brought) = (Minus(texts[0], texts[2]), Minus(texts[2], texts[0]));
        var moved = Moves(texts[0], texts[2]) || Moves(texts[0], texts[1]);
        Require(moved || lost.All(line => taken.GetValueOrDefault(line.Key) >= line.Value), $"{commit}: {path} lost a line that the change did not take");
        Require(moved || won.All(line => brought.GetValueOrDefault(line.Key) >= line.Value), $"{commit}: {path} has a line that the change did not bring");
        Require(Minus(brought.Keys, texts[3]).Count == 0, $"{commit}: {path} lacks a line of the change");
    }

    private List<List<string>> Texts(params FileEntry?[] files) => [.. files.Select(file => file is { } there ? ThreeWayLines.Split(objects.Text(there.Oid)) : [])];

    private FileEntry? Both(FileEntry? old, FileEntry? ours, FileEntry? theirs)
    {
        if (ours is not { } left || theirs is not { } right || left.Mode == FileEntry.Link || right.Mode == FileEntry.Link || old?.Mode == FileEntry.Link)
        {
            return null;
        }

        var mode = left.Mode == right.Mode || right.Mode == old?.Mode ? left.Mode : left.Mode == old?.Mode ? right.Mode : null;
        var oid = left.Oid == right.Oid || right.Oid == old?.Oid ? left.Oid : left.Oid == old?.Oid ? right.Oid : Lines(old, left, right);
        return mode is null || oid is null ? null : new FileEntry(mode, oid);
    }

    private string? Lines(FileEntry? old, FileEntry ours, FileEntry theirs)
    {
        var texts = new[] { old?.Oid, ours.Oid, theirs.Oid }.Select(oid => oid is null ? "" : objects.Text(oid)).ToList();
        return texts.Any(text => text.Contains('\0', StringComparison.Ordinal)) || (old is null && texts[1] != texts[2]) ? null
            : ThreeWayLines.Merge(texts[0], texts[1], texts[2]) is { } merged ? objects.WriteBlob(Encoding.Latin1.GetBytes(merged))
            : null;
    }

    private string? PlanOf(FileTree tree) => tree[ChangeMaker.Plan] is { } plan ? objects.Text(plan.Oid) : null;

    private static string? Marked(string? plan, Landing landing, string? undone) => undone is null
        ? plan?.Replace($"- [ ] Task {landing.Task}:", $"- [x] Task {landing.Task}:", StringComparison.Ordinal)
        : plan?.Replace($"- [x] Task {undone}:", $"- [ ] Task {undone}:", StringComparison.Ordinal);

    private static bool HasFileAsFolder(FileTree tree) => tree.Files.Keys.Any(path =>
        path.Split('/').SkipLast(1).Aggregate((Prefix: "", Found: false), (at, part) => (at.Prefix + part + "/", at.Found || tree[at.Prefix + part] is not null)).Found);

    private static bool Repeats(List<string> lines) => lines.Count != lines.Distinct().Count();

    private static bool Moves(List<string> before, List<string> after) =>
        !before.Where(after.ToHashSet().Contains).SequenceEqual(after.Where(before.ToHashSet().Contains));

    private static Dictionary<string, int> Minus(IEnumerable<string> lines, IEnumerable<string> others)
    {
        var left = lines.CountBy(line => line).ToDictionary();
        foreach (var (line, count) in others.CountBy(line => line))
        {
            if (left.TryGetValue(line, out var had) && had > count)
            {
                left[line] = had - count;
            }
            else
            {
                left.Remove(line);
            }
        }

        return left;
    }

    public static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new OracleException(message);
        }
    }
}
