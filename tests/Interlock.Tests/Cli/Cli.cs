using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Interlock.Engine.Worktrees;
using Interlock.Tests.Worktrees;

namespace Interlock.Tests.Cli;

/// <summary>What one start of the program answered.</summary>
internal sealed record Answer(int ExitCode, string Out, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Out).RootElement.Clone();

    /// <summary>The refusal in a JSON answer.</summary>
    public JsonElement Refused => Json.GetProperty("refused");

    public Answer Expect(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"exit code {ExitCode} instead of {exitCode}\n{Out}\n{Error}");
        Assert.DoesNotContain("   at Interlock.", Error, StringComparison.Ordinal);
        return this;
    }
}

/// <summary>A repository in a temporary folder and the real program, neither of which knows anything of this machine.</summary>
internal sealed class Cli : IDisposable
{
    public const string PlanPath = "plan/IMPLEMENTATION_PLAN.md";
    public const string StatusPath = "agent_tasks/todo_progress.json";

    public const string Plan = """
        # Plan

        ## Priority 1: Platform

        ### Story 2.5: Token store

        **Epic**: Platform

        #### Configuration

        - [ ] Task 2.5.1: Create the OAuth config [Complexity: low] [Dependencies: none] [Files: src/config.ts]
        - [ ] Task 2.5.2: Add the OAuth scopes [Complexity: low] [Dependencies: Task 2.5.1] [Files: src/scopes.ts]

        #### Service

        - [ ] Task 2.5.3: Create the token service [Dependencies: Task 2.5.1] [Files: src/service.ts]
        - [x] Task 2.5.4: Describe the token store [Complexity: low]
        - [ ] Task 2.5.5: Test the config [Complexity: high] [Files: tests/config.test.ts]

        ### Story 2.6: Accounts

        - [ ] Task 2.6.1: List the accounts [Files: src/accounts.ts]

        """;

    private static readonly string Executable =
        Environment.GetEnvironmentVariable("INTERLOCK_EXE") is { Length: > 0 } named ? named
        : Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Interlock.Executable").Value!;

    private readonly Dictionary<string, string> environment = new(StringComparer.Ordinal);

    private Cli()
    {
        Home = Directory.CreateTempSubdirectory("interlock-cli-").FullName;
        Root = Directory.CreateDirectory(Path.Combine(Home, "repo")).FullName;
    }

    public string Home { get; }

    public string Root { get; }

    public static Cli Folder() => new();

    public static Cli EmptyRepository()
    {
        var cli = new Cli();
        cli.Git("init", "-q", "-b", "main");
        cli.Git("config", "user.name", "Test");
        cli.Git("config", "user.email", "test@localhost");
        return cli;
    }

    /// <summary>A repository whose first commit holds the plan.</summary>
    public static Cli Repository(string plan = Plan)
    {
        var cli = EmptyRepository();
        cli.Write(PlanPath, plan);
        cli.Commit("plan");
        return cli;
    }

    /// <summary>A repository whose story 2.5 has been assigned.</summary>
    public static Cli Assigned(string plan = Plan)
    {
        var cli = Repository(plan);
        cli.Run("assign", "--story", "2.5").Expect(0);
        return cli;
    }

    public void Set(string variable, string value) => environment[variable] = value;

    public Answer Run(params string[] arguments) => Start(Executable, arguments, Root);

    /// <summary>With a text on standard input.</summary>
    public Answer RunWith(string input, params string[] arguments) => Start(Executable, arguments, Root, input);

    public Answer RunIn(string folder, params string[] arguments) => Start(Executable, arguments, folder);

    /// <summary>The answer as JSON, whatever the exit code.</summary>
    public Answer Json(params string[] arguments) => Run([.. arguments, "--json"]);

    public Answer Shell(string line) => Start("/bin/sh", ["-c", line], Root);

    public string Git(params string[] arguments) => TestRepository.RunIn(Root, arguments);

    public string Commit(string subject) => TestRepository.CommitIn(Root, subject);

    /// <summary>Changes a file and commits it the way the prompts ask for.</summary>
    public string CommitWork(string agent, string task, string path)
    {
        Write(path, $"{task} {agent}\n");
        return Commit($"[{agent}] [{task}] work");
    }

    public void Claim(string task, string agent) => Run("claim", task, "--agent", agent).Expect(0);

    public void Write(string path, string text) => TestRepository.WriteIn(Root, path, text);

    public string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public bool Has(string path) => File.Exists(Path.Combine(Root, path));

    public void Replace(string path, string old, string @new)
    {
        var text = Read(path);
        Assert.Contains(old, text, StringComparison.Ordinal);
        Write(path, text.Replace(old, @new, StringComparison.Ordinal));
    }

    public JsonElement Task(string id) => JsonDocument.Parse(Read(StatusPath)).RootElement.GetProperty("tasks").EnumerateArray()
        .Single(task => task.GetProperty("task_id").GetString() == id).Clone();

    public string Status(string id) => Task(id).GetProperty("status").GetString()!;

    public string[] EventKinds() =>
        [.. Json("log", "--limit", "1000").Expect(0).Json.GetProperty("events").EnumerateArray().Select(line => line.GetProperty("kind").GetString()!)];

    public void Dispose() => LinkSafeDelete.Directory(Home);

    /// <summary>A start of the program that the test ends itself.</summary>
    public Process Begin(params string[] arguments)
    {
        var process = Open(Executable, arguments, Root);
        process.StandardInput.Close();
        return process;
    }

    /// <summary>A start of the program that the test talks to and ends itself.</summary>
    public Process Talk(params string[] arguments) => Open(Executable, arguments, Root);

    private Answer Start(string program, IReadOnlyList<string> arguments, string folder, string input = "")
    {
        using var process = Open(program, arguments, folder);
        Feed(process, input);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Answer(process.ExitCode, output, error.Result);
    }

    // A program may refuse its arguments and end without reading.
    private static void Feed(Process process, string input)
    {
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
        }
    }

    private Process Open(string program, IReadOnlyList<string> arguments, string folder)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(key => key.StartsWith("GIT_", StringComparison.Ordinal) || key.StartsWith("INTERLOCK_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["HOME"] = Home;
        start.Environment["XDG_STATE_HOME"] = Path.Combine(Home, "state");
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["TZ"] = "UTC";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
