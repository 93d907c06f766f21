using Interlock.Tests.Scenarios;

namespace Interlock.Tests.Faults;

/// <summary>What a script leaves behind, in a form that two ways through it can be compared by.</summary>
internal sealed record Ending(string Files, string Tasks, string Landed)
{
    public static async Task<Ending> OfAsync(Bench bench, Script script)
    {
        var status = (await bench.InterlockAsync("status", "--story", "1.1", "--json")).Json;
        var tasks = status.GetProperty("tasks").EnumerateArray().Select(task => $"{task.GetProperty("task_id").GetString()} {task.GetProperty("status").GetString()}");
        var subjects = await bench.GitAsync("log", "--format=%s", script.Branch);
        var files = await bench.GitAsync("ls-tree", "-r", script.Branch);
        return new Ending(
            // Of the configuration every bench has its own: it names folders.
            string.Join('\n', files.Split('\n').Where(line => !line.EndsWith("\tinterlock.json", StringComparison.Ordinal)).Select(line => line[(line.LastIndexOf(' ') + 1)..])),
            string.Join(", ", tasks),
            string.Join(", ", subjects.Split('\n').Where(subject => subject.Contains("] [", StringComparison.Ordinal)).Select(subject => subject[subject.LastIndexOf("] [", StringComparison.Ordinal)..]).Order(StringComparer.Ordinal)));
    }

    /// <summary>What should have been cleared away and was not, and what is not sound.</summary>
    public static async Task<IReadOnlyList<string>> LeftoversAsync(Bench bench)
    {
        var left = new List<string>();
        left.AddRange(Directory.GetFiles(Path.Combine(bench.Root, ".lock")).Select(file => $"lock {Path.GetFileName(file)}"));
        left.AddRange((await bench.GitAsync("worktree", "list")).Split('\n').Skip(1).Select(line => $"worktree {line}"));
        left.AddRange(Lines(await bench.GitAsync("for-each-ref", "--format=%(refname)", "refs/heads/agent", "refs/heads/interlock-verify")).Select(name => $"ref {name}"));
        left.AddRange(Lines(await bench.GitAsync("fsck", "--no-dangling", "--no-progress")).Select(line => $"fsck {line}"));
        left.AddRange(Lines(await bench.GitAsync("status", "--porcelain")).Select(line => $"checkout {line}"));
        left.AddRange(GitLocks(bench).Select(path => $"git {Path.GetRelativePath(bench.Root, path)}"));
        var doctor = await bench.InterlockAsync("doctor", "--json");
        left.AddRange(doctor.ExitCode is not (0 or 1) ? [$"doctor {doctor}"] : doctor.Json.GetProperty("findings").EnumerateArray()
            .Where(finding => finding.GetProperty("severity").GetString() != "note").Select(finding => $"doctor {finding.GetProperty("code").GetString()}: {finding.GetProperty("what").GetString()}"));
        return left;
    }

    /// <summary>
    /// Lets pass the minute for which the lock of a git that was killed is anybody's, and so is a file that is half written: then the
    /// next run has to remove them. Answers how many there were.
    /// </summary>
    public static int AgeWhatTheKilledLeft(Bench bench)
    {
        var aged = 0;
        foreach (var path in (string[])[.. GitLocks(bench), .. Directory.GetFiles(Path.Combine(bench.Root, ".lock"), ".*.tmp")])
        {
            try
            {
                File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(-2));
                aged++;
            }
            catch (FileNotFoundException)
            {
                // Its git was at work, and has just ended.
            }
        }

        return aged;
    }

    /// <summary>The locks of git itself.</summary>
    private static IReadOnlyList<string> GitLocks(Bench bench) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(bench.Root, ".git"), "*.lock", SearchOption.AllDirectories).Where(path => !path.StartsWith(bench.StateDir, StringComparison.Ordinal)),
    ];

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
