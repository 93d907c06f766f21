using Interlock.Tests.Scenarios;

namespace Interlock.Tests.Faults;

/// <summary>One command of a script, or something a person does between two commands.</summary>
internal sealed record Step(string[] Command, Func<Bench, Task>? Person = null)
{
    public static Step Do(params string[] command) => new(command);

    public static Step Then(Func<Bench, Task> person) => new([], person);
}

/// <summary>
/// A small story with everything that is done to it. Its agents may be cut off anywhere and begin again: whatever happens
/// on the way, the branch ends with the same tree.
/// </summary>
/// <param name="Branch">Where its work ends up.</param>
internal sealed record Script(string Name, string Plan, string Agent, IReadOnlyList<Step> Steps, string Limits = """{ "agents": 1 }""", string Branch = Bench.Branch)
{
    private const string Four = """{ "agents": 4 }""";
    private const string Once = """{ "agents": 1, "attempts": 1 }""";
    private const string Two = """{ "agents": 2 }""";

    private const string Writes = """
        mkdir -p src
        echo "$INTERLOCK_TASK_ID" > "src/$INTERLOCK_TASK_ID.txt"
        """;

    // The same lines in the same order, whoever comes first and however often.
    private const string AddsToShared = """
        { cat src/start.txt; echo "$INTERLOCK_TASK_ID"; } | sort -u > src/.sorted
        mv src/.sorted src/start.txt
        """;

    private static readonly Step Run = Step.Do("run", "--story", "1.1");

    public static IReadOnlyList<Script> All { get; } =
    [
        new("one task", Bench.Plan("1.1.1"), Writes, [Run]),
        new("a chain", Bench.Plan("1.1.1", "1.1.2|Task 1.1.1", "1.1.3|Task 1.1.2"), Writes, [Run]),
        new("a shared file", Bench.Plan("1.1.1||src/start.txt", "1.1.2||src/start.txt"), AddsToShared, [Run], Two),
        new("red, then green", Bench.Plan("1.1.1"), """
            mkdir -p src
            if [ -e "$SIGNALS/red" ]; then echo good > src/part.txt; exit 0; fi
            echo BROKEN > src/part.txt
            : > "$SIGNALS/red"
            """, [Run]),
        new("a conflict", Bench.Plan("1.1.1", "1.1.2"), $"""
            : > "$SIGNALS/$INTERLOCK_TASK_ID"
            while [ ! -e "$SIGNALS/1.1.1" ] || [ ! -e "$SIGNALS/1.1.2" ]; do sleep 0.05; done
            {AddsToShared}
            """, [Run], Two),
        new("parked", Bench.Plan("1.1.1||src/start.txt", "1.1.2||src/b.txt"), $"""
            if [ "$INTERLOCK_TASK_ID" = 1.1.1 ]; then [ -e "$SIGNALS/slow" ] || sleep 0.8; : > "$SIGNALS/slow"; else echo b > src/b.txt; fi
            {AddsToShared}
            """, [Run], Two),
        new("retry", Bench.Plan("1.1.1", "1.1.2|Task 1.1.1"), $"""
            if [ ! -e "$SIGNALS/again" ]; then : > "$SIGNALS/again"; exit 3; fi
            {Writes}
            """, [Run, Step.Do("retry", "1.1.1"), Run], Once),
        new("by hand", Bench.Plan("1.1.1||src/1.1.1.txt", "1.1.2||src/1.1.2.txt"), Writes,
            [
                Step.Do("assign", "--story", "1.1"),
                Step.Do("claim", "1.1.1", "--agent", "dev-oauth-1", "--request-id", "first"),
                Step.Then(bench => CommitAsync(bench, "1.1.1")),
                Step.Do("complete", "1.1.1", "--agent", "dev-oauth-1", "--request-id", "second"),
                Step.Do("claim", "1.1.2", "--agent", "qa-1", "--request-id", "third"),
                Step.Do("release", "1.1.2", "--agent", "qa-1", "--request-id", "fourth"),
            ], Four, "main"),
        new("a hold that is removed", Bench.Plan("1.1.1||src/1.1.1.txt"), Writes,
            [
                Step.Do("assign", "--story", "1.1"),
                Step.Do("lock", "src/1.1.1.txt", "--for", "30m"),
                Step.Then(RemoveLocks),
                Run,
            ]),
        new("saved work", Bench.Plan("1.1.1"), $"""
            set -e
            if [ ! -e "$SIGNALS/again" ]; then echo half > src/half.txt; : > "$SIGNALS/again"; exit 7; fi
            {Writes}
            """, [Run, Step.Do("salvage", "apply", "1.1.1", "--branch", "saved"), Step.Do("retry", "1.1.1"), Run], Once),
        new("a branch that follows", Bench.Plan("1.1.1"), """
            mkdir -p src/new
            echo "$INTERLOCK_TASK_ID" > src/new/part.txt
            echo changed > src/start.txt
            """, [Step.Do("run", "--story", "1.1", "--into", "main")], Branch: "main"),
        new("a batch of four", Bench.Plan("1.1.1", "1.1.2", "1.1.3", "1.1.4"), Writes, [Run], Four),
    ];

    private static async Task CommitAsync(Bench bench, string task)
    {
        bench.Write($"src/{task}.txt", $"{task}\n");
        await bench.GitAsync("add", $"src/{task}.txt");
        await bench.GitAsync("commit", "--quiet", "-m", $"[dev-oauth-1] [{task}] part");
    }

    private static Task RemoveLocks(Bench bench)
    {
        foreach (var file in Directory.GetFiles(Path.Combine(bench.Root, ".lock"), "*.lock"))
        {
            File.Delete(file);
        }

        return Task.CompletedTask;
    }
}
