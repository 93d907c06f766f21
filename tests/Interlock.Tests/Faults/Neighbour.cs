using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Interlock.Engine.Platform;
using Interlock.Tests.Scenarios;

namespace Interlock.Tests.Faults;

/// <summary>
/// A person who works in a live repository with <c>rm</c>, an editor, <c>kill</c> and <c>git</c>, while a run goes on there and
/// others have claimed tasks in their windows.
/// </summary>
internal sealed class Neighbour : IDisposable
{
    public const string RunStory = "1.1";
    public const int RunTasks = 6;
    public const int HandTasks = 4;

    private const string Agent = """
        mkdir -p src
        echo "$INTERLOCK_TASK_ID" > "src/$INTERLOCK_TASK_ID.txt"
        if [ "$INTERLOCK_TASK_ID" = 1.1.1 ]; then exit 0; fi
        git add -A && git -c user.name=a -c user.email=a@a commit -qm work
        : > "$SIGNALS/at-$INTERLOCK_TASK_ID"
        while [ ! -e "$SIGNALS/go" ]; do sleep 0.2; done
        echo done >> "src/$INTERLOCK_TASK_ID.txt"
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<Task<Ran>> runs = [];
    private Process? run;

    private Neighbour(Bench bench, Random chance)
    {
        Bench = bench;
        Chance = chance;
    }

    public Bench Bench { get; }

    public Random Chance { get; }

    public Process Run => run!;

    public static async Task<Neighbour> MoveInAsync(Random chance)
    {
        var bench = await Bench.CreateAsync(PlanText(), Agent, limits: """{ "agents": 8, "per_module": 3, "attempts": 1000 }""");
        var person = new Neighbour(bench, chance);
        Must(await bench.InterlockAsync("assign", "--story", "1.2"));
        person.KeepRunning();
        await person.UntilAsync(new Trace(["task.landed"], "1.1.1", Patient: true), 0);
        return person;
    }

    /// <summary>A run that ended, for whatever reason, is started again.</summary>
    public void KeepRunning()
    {
        if (run is null || runs[^1].IsCompleted)
        {
            run?.Dispose();
            run = Bench.StartRun();
            runs.Add(Product.FinishAsync(run));
        }
    }

    public Task<Ran> EndedAsync() => runs[^1];

    /// <summary>What each run that has ended said, for a person who reads what went wrong.</summary>
    public IEnumerable<string> Said() => runs.Where(ended => ended.IsCompletedSuccessfully).Select((ended, i) => $"run {i + 1}: {ended.Result}");

    public static void Must(Ran ran) => Assert.True(ran.ExitCode == 0, ran.ToString());

    /// <summary>Some of the open tasks are always in somebody's window.</summary>
    public async Task KeepClaimingAsync()
    {
        if (!Locks().Any(path => Path.GetFileName(path).StartsWith("1.2.", StringComparison.Ordinal)))
        {
            await Bench.InterlockAsync("claim", $"1.2.{Chance.Next(1, HandTasks + 1)}", "--agent", $"qa-{Chance.Next(1, 3)}");
        }
    }

    public T Any<T>(IReadOnlyList<T> items) => items[Chance.Next(items.Count)];

    public string PathOf(string path) => Path.Combine(Bench.Root, path);

    public IReadOnlyList<string> Locks() => Directory.Exists(PathOf(".lock")) ? [.. Directory.GetFiles(PathOf(".lock"), "*.lock").Order(StringComparer.Ordinal)] : [];

    /// <summary>Whether a person's own lock file, or one that could not be read, became a hold: it is nobody's work, and ends with nobody.</summary>
    public static bool IsHold(string path)
    {
        var text = File.Exists(path) ? File.ReadAllText(path) : "";
        return text.Contains("\"ada\"", StringComparison.Ordinal) || text.Contains("\"manual\"", StringComparison.Ordinal);
    }

    /// <summary>Task and fence that a lock file names; null when it is gone or not one of ours.</summary>
    public static (string Task, long Fence)? ReadLock(string path)
    {
        try
        {
            var node = JsonNode.Parse(File.ReadAllText(path))!;
            return node["task_id"] is { } task && node["token"] is { } token
                ? (task.GetValue<string>(), long.Parse(token.GetValue<string>().Split('.')[1], CultureInfo.InvariantCulture)) : null;
        }
        catch (Exception error) when (error is IOException or JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    public async Task<long> NewestAsync() => (await LogAsync(1)).Select(line => line.Seq).DefaultIfEmpty(0).Max();

    /// <summary>Whether an event after <paramref name="before"/> tells of it. Asking is also what makes the program look.</summary>
    public async Task<bool> UntilAsync(Trace trace, long before)
    {
        var from = Stopwatch.GetTimestamp();
        while (true)
        {
            if ((await LogAsync(400)).Any(line => line.Seq > before && trace.Tells(line)))
            {
                return true;
            }

            if (!trace.Patient || Stopwatch.GetElapsedTime(from) > Patience)
            {
                return false;
            }

            // It may have ended at once, such as for a file that was staged for a moment: then nobody looks at the branch.
            KeepRunning();
            await Task.WhenAny(runs[^1], Task.Delay(100));
        }
    }

    public async Task<IReadOnlyList<SeenEvent>> LogAsync(int limit)
    {
        var ran = await Bench.InterlockAsync("log", "--json", "--limit", limit.ToString(CultureInfo.InvariantCulture));
        return ran.ExitCode != 0 ? throw new InvalidOperationException($"no log: {ran}") :
        [
            .. ran.Json.GetProperty("events").EnumerateArray().Select(line => new SeenEvent(
                line.GetProperty("seq").GetInt64(), line.GetProperty("kind").GetString()!, line.GetProperty("task_id").GetString(),
                line.GetProperty("fence") is { ValueKind: JsonValueKind.Number } fence ? fence.GetInt64() : null, line.GetProperty("message").GetString()!)),
        ];
    }

    public async Task<IReadOnlyDictionary<string, string>> StatusesAsync() =>
        (await Bench.InterlockAsync("status", "--all", "--json")).Json.GetProperty("tasks").EnumerateArray()
            .ToDictionary(task => task.GetProperty("task_id").GetString()!, task => task.GetProperty("status").GetString()!);

    /// <summary>Pids of agents at work, without what they started themselves.</summary>
    public IReadOnlyList<int> Agents() =>
        [.. Family.AgentsOf(Bench.Signals).Where(pid => ProcessStatus.Read(pid) is { } status && status.Session == status.Pid)];

    public void Dispose()
    {
        foreach (var (pid, _) in Family.Of(Bench.Signals))
        {
            Family.Kill(pid);
        }

        run?.Dispose();
        Bench.Dispose();
    }

    private static string PlanText()
    {
        var run = Enumerable.Range(1, RunTasks).Select(number => $"- [ ] Task 1.1.{number}: Write part {number} [Complexity: low] [Dependencies: none]");
        var hand = Enumerable.Range(1, HandTasks).Select(number => $"- [ ] Task 1.2.{number}: Write by hand {number} [Complexity: low] [Dependencies: none] [Files: src/hand-{number}.txt]");
        return $"# Plan\n\n### Story 1.1: Parts\n\n#### Group\n\n{string.Join('\n', run)}\n\n### Story 1.2: By hand\n\n#### Hand\n\n{string.Join('\n', hand)}\n";
    }
}
