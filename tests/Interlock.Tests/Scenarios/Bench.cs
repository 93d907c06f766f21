using System.Diagnostics;
using System.Globalization;

namespace Interlock.Tests.Scenarios;

/// <summary>
/// A real repository with a small plan and an agent that is a shell script, in a home of its own. Tests speak in
/// what a person would do and see: run, kill, look at the branch.
/// </summary>
internal sealed class Bench : IDisposable
{
    public const string Branch = "interlock/1.1";

    private readonly string home;
    private readonly Dictionary<string, string> environment;

    private Bench(string? within)
    {
        home = within ?? Directory.CreateTempSubdirectory("interlock-scenario-").FullName;
        Root = Path.Combine(home, "repo");
        Directory.CreateDirectory(Root);
        environment = Product.HomeIn(home);
        environment["SIGNALS"] = Signals;
        Directory.CreateDirectory(Signals);
    }

    public string Root { get; }

    /// <summary>A folder outside the repository where agents leave marks and wait for them.</summary>
    public string Signals => Path.Combine(home, "signals");

    public string StateDir => Path.Combine(Root, ".git", "interlock");

    /// <summary>Where runs keep copies of the store.</summary>
    public string BackupsDir => Directory.GetDirectories(Path.Combine(home, "state", "interlock", "backups")).Single();

    /// <param name="agent">Shell script: what an agent does with a task.</param>
    /// <param name="sandbox">"none" for agents that reach out of their worktree on purpose.</param>
    /// <param name="check">Shell line that must pass on everything that lands.</param>
    /// <param name="within">The folder to be in, deleted with everything in it; one of its own unless given.</param>
    public static async Task<Bench> CreateAsync(
        string plan, string agent, string check = "! grep -rq BROKEN src", string? limits = null, string sandbox = "auto", string? within = null)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the scripted agents are shell scripts");
        var bench = new Bench(within);
        bench.Write("plan/IMPLEMENTATION_PLAN.md", plan);
        bench.Write("src/start.txt", "start\n");
        bench.Write("agent.sh", agent.ReplaceLineEndings("\n"));
        bench.Write("interlock.json", $$"""
            {
              "agent": { "command": ["sh", "{{Path.Combine(bench.Root, "agent.sh")}}"], "timeout": "2m" },
              "checks": [ { "name": "check", "command": "{{check}}" } ],
              "sandbox_write": ["{{bench.Signals}}"],
              "sandbox": "{{sandbox}}",
              "environment": ["SIGNALS"],
              "limits": {{limits ?? "{ \"agents\": 4 }"}}
            }
            """);
        await bench.GitAsync("init", "--quiet", "-b", "main");
        await bench.GitAsync("add", "-A");
        await bench.GitAsync("commit", "--quiet", "-m", "start");
        Assert.Equal(0, (await bench.InterlockAsync("trust", "--yes")).ExitCode);
        return bench;
    }

    /// <summary>A story 1.1 whose task lines are given as <c>id|depends on|files</c>.</summary>
    public static string Plan(params string[] tasks)
    {
        var lines = tasks.Select(task => task.Split('|')).Select(parts => string.Create(
            CultureInfo.InvariantCulture,
            $"- [ ] Task {parts[0]}: Write part {parts[0]} [Complexity: low] [Dependencies: {(parts.Length > 1 && parts[1].Length > 0 ? parts[1] : "none")}]{(parts.Length > 2 ? $" [Files: {parts[2]}]" : "")}"));
        return $"# Plan\n\n### Story 1.1: Parts\n\n#### Group\n\n{string.Join('\n', lines)}\n";
    }

    public void Set(string variable, string value) => environment[variable] = value;

    public void Write(string path, string text)
    {
        var full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    public string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public Process StartRun(string? failpoint = null, params string[] more) =>
        BeginWith(failpoint is null ? [] : new() { ["INTERLOCK_FAILPOINT"] = failpoint }, ["run", "--story", "1.1", .. more]);

    /// <summary>A start of the program that the test ends itself.</summary>
    public Process Begin(params string[] arguments) => Product.Start(Product.Path, Root, environment, arguments);

    /// <summary>The program started by another one, such as <c>unshare</c>.</summary>
    public Process BeginIn(string[] outer, params string[] arguments) => Product.Start(outer[0], Root, environment, [.. outer[1..], Product.Path, .. arguments]);

    /// <param name="more">Variables of this start alone.</param>
    public Process BeginWith(Dictionary<string, string> more, params string[] arguments)
    {
        var variables = new Dictionary<string, string>(environment, StringComparer.Ordinal);
        foreach (var (name, value) in more)
        {
            variables[name] = value;
        }

        return Product.Start(Product.Path, Root, variables, arguments);
    }

    public async Task<Ran> RunAsync(params string[] more) => await Product.FinishAsync(StartRun(null, more));

    public async Task<Ran> InterlockAsync(params string[] arguments) =>
        await Product.FinishAsync(Product.Start(Product.Path, Root, environment, arguments));

    public Task<string> GitAsync(params string[] arguments) => Product.GitAsync(Root, environment, arguments);

    /// <summary>Ids of the tasks that landed, in the order of the branch, oldest first; a task that landed twice is there twice.</summary>
    public async Task<IReadOnlyList<string>> LandedAsync()
    {
        var text = await GitAsync("log", "--reverse", "--format=%(trailers:key=Task-Id,valueonly,separator=)", Branch);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
    }

    public Task<string> ShowAsync(string path) => GitAsync("show", $"{Branch}:{path}");

    /// <summary>Waits for a mark that a scripted agent leaves.</summary>
    public async Task AwaitSignalAsync(string name)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var watcher = new FileSystemWatcher(Signals) { EnableRaisingEvents = true };
        var seen = new TaskCompletionSource();
        watcher.Created += (_, change) => Consider(change.Name);
        watcher.Renamed += (_, change) => Consider(change.Name);
        Consider(File.Exists(Path.Combine(Signals, name)) ? name : null);
        await seen.Task.WaitAsync(bound.Token);

        void Consider(string? changed)
        {
            if (changed == name)
            {
                seen.TrySetResult();
            }
        }
    }

    /// <summary>Waits for the first event of a kind and looks whether it says so.</summary>
    public async Task AwaitEventAsync(string kind, string says)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var follow = Begin("log", "--follow", "--json", "--kind", kind);
        Assert.Contains(says, await follow.StandardOutput.ReadLineAsync(bound.Token), StringComparison.Ordinal);
        follow.Kill();
        await follow.WaitForExitAsync(bound.Token);
    }

    public void Signal(string name) => File.WriteAllText(Path.Combine(Signals, name), "");

    /// <summary>Codes of what doctor finds besides notes, each once.</summary>
    public async Task<IReadOnlyList<string>> FindingsAsync(int exitCode, params string[] more)
    {
        var ran = await InterlockAsync(["doctor", "--json", .. more]);
        Assert.True(ran.ExitCode == exitCode, ran.ToString());
        return [.. ran.Json.GetProperty("findings").EnumerateArray()
            .Where(finding => finding.GetProperty("severity").GetString() != "note")
            .Select(finding => finding.GetProperty("code").GetString()!).Distinct().Order(StringComparer.Ordinal)];
    }

    public async Task AssertHealthyAsync() => Assert.Empty(await FindingsAsync(0));

    public async Task<IReadOnlyList<string>> EventKindsAsync() =>
        [.. (await InterlockAsync("log", "--limit", "10000", "--json")).Json.GetProperty("events").EnumerateArray().Select(line => line.GetProperty("kind").GetString()!)];

    /// <summary>A commit that looks like one of the merge queue's.</summary>
    public async Task<string> CommitAsInterlockAsync(string tree, string parent, string message)
    {
        var variables = new Dictionary<string, string>(environment, StringComparer.Ordinal) { ["GIT_COMMITTER_NAME"] = "Interlock", ["GIT_COMMITTER_EMAIL"] = Interlock.Engine.Worktrees.CommitWriter.CommitterEmail };
        return await Product.GitAsync(Root, variables, "commit-tree", "-p", parent, "-m", message, tree);
    }

    /// <summary>What must hold after every run, however it went.</summary>
    public async Task AssertSoundAsync()
    {
        var landed = await LandedAsync();
        Assert.Equal(landed.Count, landed.Distinct().Count());
        var status = (await InterlockAsync("status", "--story", "1.1", "--json")).Json;
        var completed = status.GetProperty("tasks").EnumerateArray()
            .Where(task => task.GetProperty("status").GetString() == "completed")
            .Select(task => task.GetProperty("task_id").GetString()!);
        Assert.Equal(landed.Order(), completed.Order());
        var plan = await ShowAsync("plan/IMPLEMENTATION_PLAN.md");
        Assert.Equal(landed.Count, plan.Split('\n').Count(line => line.Contains("[x]", StringComparison.Ordinal)));
        Assert.Equal("", await GitAsync("fsck", "--no-dangling", "--no-progress"));
        Assert.Equal("main", await GitAsync("symbolic-ref", "--short", "HEAD"));
        Assert.Equal("", await GitAsync("status", "--porcelain"));
    }

    public void Dispose() => Product.Delete(home);
}
