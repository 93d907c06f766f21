using System.Globalization;
using System.Text;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Merging;

/// <summary>A landed commit that touched a path.</summary>
/// <param name="Task">From its <c>Task-Id</c> trailer; null when it is nobody's task.</param>
internal sealed record LandedWork(string Commit, string? Task, string Author, string Subject)
{
    /// <summary>Who changed a path between two commits, oldest first, at most ten.</summary>
    internal static async Task<IReadOnlyList<LandedWork>> OnAsync(Git objects, string from, string to, string path, CancellationToken cancellation)
    {
        const string Format = "--format=%h%x01%an%x01%s%x01%(trailers:key=Task-Id,valueonly,separator=%x2C)";
        var log = await objects.TryRunAsync(
            ["log", "-z", "--max-count=10", "--reverse", "--no-show-signature", Format, "--end-of-options", $"{from}..{to}", "--", $":(top,literal){path}"], cancellation);
        return [.. log.Records.Select(record => record.Split('\u0001')).Where(fields => fields.Length == 4)
            .Select(fields => new LandedWork(fields[0], Line(fields[3]) is { Length: > 0 } task ? task : null, Line(fields[1]), Line(fields[2])))];
    }

    public override string ToString() => Task is { } task ? $"task {task} by {Author}: {Subject} (commit {Commit})" : $"{Author}: {Subject} (commit {Commit})";

    // Commits of others may hold anything.
    private static string Line(string text)
    {
        var line = string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter)).Trim();
        return line.Length <= 200 ? line : line[..200] + "…";
    }
}

/// <summary>Tells an author what is in the way of their work, so that whoever reads nothing else can act on it.</summary>
internal static class ConflictText
{
    private const int AllDiffs = 20 * 1024;
    private const int LongestDiff = 6 * 1024;
    private const int ShortestDiff = 1024;
    private const int MostShown = 10;

    internal static async Task<Candidate.Conflicted> DescribeAsync(
        Repository repository, string tip, string baseCommit, string work, TreeMergeResult merge, CancellationToken cancellation)
    {
        var objects = (await repository.ViewAsync(cancellation)).On(null);
        var (from, to) = (Short(baseCommit), Short(tip));
        var text = new StringBuilder($"This work could not be combined with what landed on the branch since it was started.\nIt started from {from}; the branch is now at {to}.\n\nConflicts in:\n");
        merge.Paths.ToList().ForEach(path => text.Append(CultureInfo.InvariantCulture, $"- {path}\n"));
        text.Append(CultureInfo.InvariantCulture, $"\nWhy:\n{Cut(merge.Messages, LongestDiff)}\n");

        var tasks = new List<string>();
        var longest = Math.Clamp(AllDiffs / (2 * Math.Max(1, Math.Min(merge.Paths.Count, MostShown))), ShortestDiff, LongestDiff);
        foreach (var path in merge.Paths)
        {
            var landed = await LandedWork.OnAsync(objects, baseCommit, tip, path, cancellation);
            tasks.AddRange(landed.Select(one => one.Task).OfType<string>().Except(tasks));
            if (merge.Paths.TakeWhile(other => other != path).Count() < MostShown)
            {
                await AppendAsync(text, objects, new Sides(baseCommit, tip, work), path, landed, longest, cancellation);
            }
        }

        if (merge.Paths.Count > MostShown)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n(The diffs of {merge.Paths.Count - MostShown} more files are left out.)\n");
        }

        text.Append(merge.Advice is { } advice ? $"\n=== What to do ===\n{advice}\n" : ToDo(merge.Paths, tasks, from, to));
        return new Candidate.Conflicted(merge.Paths, text.ToString(), tasks);
    }

    private sealed record Sides(string Base, string Tip, string Work);

    private static async Task AppendAsync(
        StringBuilder text, Git objects, Sides sides, string path, IReadOnlyList<LandedWork> landed, int longest, CancellationToken cancellation)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n=== {path} ===\n");
        text.Append(landed.Count == 0 ? "Nothing that landed touched it.\n" : "It was changed on the branch by:\n");
        landed.ToList().ForEach(one => text.Append(CultureInfo.InvariantCulture, $"- {one}\n"));
        text.Append(CultureInfo.InvariantCulture, $"\nThe landed change:\n{await DiffAsync(objects, sides.Base, sides.Tip, path, longest, cancellation)}");
        text.Append(CultureInfo.InvariantCulture, $"\nYour change:\n{await DiffAsync(objects, sides.Base, sides.Work, path, longest, cancellation)}");
    }

    private static string ToDo(IReadOnlyList<string> paths, IReadOnlyList<string> tasks, string from, string to)
    {
        var whose = tasks.Count == 0 ? "The landed change" : $"The landed work of {(tasks.Count == 1 ? "task" : "tasks")} {string.Join(", ", tasks)}";
        var files = string.Join(", ", paths.Take(MostShown)) + (paths.Count > MostShown ? $" and {paths.Count - MostShown} more" : "");
        return $"""

            === What to do ===
            {whose} stays. Your next attempt starts from the branch at {to}, which has it already.
            Read the landed change in {files} and find out what it is for. Then make your own change again on top of it, so
            that both do what they were meant to do. Do not take landed lines out to make yours fit, do not paste your old
            version of a file over the new one, and leave no conflict markers. Your change to other files had no conflict and
            can be made as before. To see the whole landed change: git diff {from} {to}
            If the two cannot both be right, change nothing and end with a failure that says why{(tasks.Count == 0 ? "" : $", and name task {string.Join(", ", tasks)}")}.

            """.ReplaceLineEndings("\n");
    }

    private static async Task<string> DiffAsync(Git objects, string from, string to, string path, int longest, CancellationToken cancellation)
    {
        string[] arguments = ["diff-tree", "-p", "--no-ext-diff", "--no-textconv", "--no-renames", from, to, "--", $":(top,literal){path}"];
        var diff = (await objects.RunToEndAsync(arguments, cancellation)).Text;
        return diff.Length == 0 ? "(none)\n" : Cut(diff, longest);
    }

    private static string Cut(string text, int longest)
    {
        if (text.Length <= longest)
        {
            return text;
        }

        var end = text.LastIndexOf('\n', longest - 1) + 1;
        end = end == 0 ? longest : end;
        return text[..end] + string.Create(CultureInfo.InvariantCulture, $"[{text.AsSpan(end).Count('\n') + 1} more lines]\n");
    }

    private static string Short(string commit) => commit.Length > 10 ? commit[..10] : commit;
}
