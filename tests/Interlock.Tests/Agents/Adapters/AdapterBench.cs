using Interlock.Engine.Agents;
using Interlock.Engine.Agents.Adapters;
using Interlock.Engine.Worktrees;

namespace Interlock.Tests.Agents.Adapters;

/// <summary>One adapter with a program in its CLI's place that plays what such a CLI prints, and keeps what it was asked.</summary>
internal sealed class AdapterBench : IDisposable
{
    public const string Prompt = "# Task 1.1.1\n\nDo it; \"quote\" and $HOME, ü.\n";

    private readonly string folder = Directory.CreateTempSubdirectory("interlock-adapter-").FullName;
    private readonly IAgentAdapter adapter;
    private int starts;

    public AdapterBench(string cli)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the CLI in place is a shell script");
        adapter = AdapterRegistry.Find(cli)!;
        foreach (var inside in new[] { Worktree, HomePath, Played, Path.Combine(folder, "gitdir") })
        {
            Directory.CreateDirectory(inside);
        }

        Home = new AgentHome(HomePath, new Worktree(Worktree, "1.1.1-1", "agent/1.1.1/1", "base", Path.Combine(folder, "gitdir")));
        FakeAgent.InPlaceOf(Program, Played);
    }

    public AgentHome Home { get; }

    public string Worktree => Path.Combine(folder, "worktree");

    public string HomePath => Path.Combine(folder, "home");

    public string Played => Path.Combine(folder, "played");

    public string Program => Path.Combine(folder, "cli");

    public List<AgentEvent> Events { get; } = [];

    public AdapterProfile Profile => adapter.Profile;

    public AgentPreset Preset { get; set; } = null!;

    public AgentGuard Guard { get; set; } = new(
        new GuardHook(["/opt/in ter/lock", "hook"], TimeSpan.FromSeconds(10)),
        new GuardServer("interlock", ["/opt/in ter/lock", "mcp", "--agent", "dev-1"], new Dictionary<string, string> { ["INTERLOCK_TOKEN"] = "secret-token" }));

    public ProcessLimits Limits { get; set; } = new(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(5), 64 << 20) { AfterResult = TimeSpan.FromMilliseconds(50) };

    public static IReadOnlyList<string> Recorded(string cli, string kind) => File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "streams", $"{cli}.{kind}.jsonl"));

    public void Play(params IEnumerable<string> lines) => File.WriteAllLines(Path.Combine(Played, "stream"), lines);

    public async Task<AgentProcess> StartAsync(AgentSession? session = null)
    {
        var launch = Launch(session);
        adapter.Prepare(Home, launch, Guard);
        var listener = new AgentListener(adapter.Listen(Home, launch, Guard), Events.Add);
        starts++;
        return await AgentProcess.StartAsync(adapter.Command(Home, launch), Path.Combine(folder, "log"), Limits, TimeProvider.System, CancellationToken.None, listener);
    }

    public AgentLaunch Launch(AgentSession? session = null) => new(
        new AgentTask("1.1.1", "Title", "dev-1", "dev", "1.1", "", 1, ["a.txt"], "e.1.secret", Prompt, Path.Combine(folder, "prompt.md"), Worktree, folder, [], $"run-{Guid.NewGuid():N}"),
        Preset ?? AgentPresets.Bare(adapter), Program, session ?? new AgentSession("11111111-2222-3333-4444-555555555555", null));

    public async Task<AgentOutcome> RunAsync(AgentSession? session = null) => await (await StartAsync(session)).Completion;

    public AgentVerdict Judge(AgentOutcome outcome) => AgentVerdict.Of(Profile, outcome);

    public IReadOnlyList<string> Arguments() => File.ReadAllText(Path.Combine(Played, $"args.{starts}")).Split('\0');

    public string StandardInput() => File.ReadAllText(Path.Combine(Played, $"stdin.{starts}"));

    public IReadOnlyDictionary<string, string> Variables() => File.ReadAllLines(Path.Combine(Played, $"env.{starts}"))
        .Select(line => line.Split('=', 2)).Where(parts => parts.Length == 2).ToDictionary(parts => parts[0], parts => parts[1]);

    /// <summary>Every file below the worktree.</summary>
    public IReadOnlyList<string> InWorktree() =>
        [.. Directory.GetFiles(Worktree, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Worktree, file)).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
