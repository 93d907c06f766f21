namespace Interlock.Benchmarks;

/// <summary>One replaced stretch: lines <paramref name="From"/> up to <paramref name="To"/> of the base became <paramref name="Lines"/>.</summary>
internal sealed record Hunk(int From, int To, IReadOnlyList<string> Lines)
{
    public bool IsSame(Hunk other) => From == other.From && To == other.To && Lines.SequenceEqual(other.Lines);
}

/// <summary>
/// Merges two changes of one list of lines in the plainest way: by longest common subsequence, a conflict wherever changes
/// of both sides overlap or touch. Slow, and shares nothing with the product or with git.
/// </summary>
internal static class ThreeWayLines
{
    /// <summary>Null when the two conflict.</summary>
    public static string? Merge(string before, string ours, string theirs)
    {
        var lines = Split(before);
        var left = new Queue<Hunk>(Hunks(lines, Split(ours)));
        var right = new Queue<Hunk>(Hunks(lines, Split(theirs)));
        var merged = new List<string>();
        var at = 0;
        while (left.Count + right.Count > 0)
        {
            var hunk = Next(left, right);
            if (hunk is null)
            {
                return null;
            }

            merged.AddRange(lines[at..hunk.From]);
            merged.AddRange(hunk.Lines);
            at = hunk.To;
        }

        merged.AddRange(lines[at..]);
        return string.Concat(merged);
    }

    /// <summary>Lines with their ends; the last may have none.</summary>
    public static List<string> Split(string text)
    {
        var lines = new List<string>();
        for (var at = 0; at < text.Length;)
        {
            var end = text.IndexOf('\n', at);
            end = end < 0 ? text.Length : end + 1;
            lines.Add(text[at..end]);
            at = end;
        }

        return lines;
    }

    private static Hunk? Next(Queue<Hunk> left, Queue<Hunk> right)
    {
        if (left.Count == 0 || right.Count == 0)
        {
            return (left.Count > 0 ? left : right).Dequeue();
        }

        var (a, b) = (left.Peek(), right.Peek());
        if (a.IsSame(b))
        {
            right.Dequeue();
            return left.Dequeue();
        }

        return a.To < b.From ? left.Dequeue() : b.To < a.From ? right.Dequeue() : null;
    }

    /// <summary>The stretches in which the two differ, in order, each followed by at least one line that is the same.</summary>
    public static List<Hunk> Hunks(List<string> before, List<string> after)
    {
        var common = Common(before, after);
        var hunks = new List<Hunk>();
        var (i, j) = (0, 0);
        while (i < before.Count || j < after.Count)
        {
            if (i < before.Count && j < after.Count && before[i] == after[j] && common[i, j] == common[i + 1, j + 1] + 1)
            {
                (i, j) = (i + 1, j + 1);
                continue;
            }

            var (from, first) = (i, j);
            while ((i < before.Count || j < after.Count) && !(i < before.Count && j < after.Count && before[i] == after[j] && common[i, j] == common[i + 1, j + 1] + 1))
            {
                _ = j < after.Count && (i == before.Count || common[i, j + 1] >= common[i + 1, j]) ? j++ : i++;
            }

            hunks.Add(new Hunk(from, i, after[first..j]));
        }

        return hunks;
    }

    private static int[,] Common(List<string> before, List<string> after)
    {
        var common = new int[before.Count + 1, after.Count + 1];
        for (var i = before.Count - 1; i >= 0; i--)
        {
            for (var j = after.Count - 1; j >= 0; j--)
            {
                common[i, j] = before[i] == after[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        return common;
    }
}
