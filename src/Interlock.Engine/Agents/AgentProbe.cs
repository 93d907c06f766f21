using System.Text.RegularExpressions;
using Interlock.Engine.Agents.Adapters;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Agents;

/// <summary>What is here of one way to run an agent.</summary>
/// <param name="Program">Null when it is not installed, or configured whole.</param>
/// <param name="Works">Null when it was not tried.</param>
/// <param name="Problem">What is wrong; null when nothing is known to be.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record AgentFinding(AgentPreset Preset, string? Program, string? Version, bool? Works, string? Problem, string? Remedy)
{
    public bool Installed => Program is not null || Preset.Profile.Programs.Count == 0;
}

/// <summary>Looks which agents are installed, and tries them on request.</summary>
public static partial class AgentProbe
{
    private const string Question = "Reply with the single word READY. Change nothing and use no tools.";
    private static readonly TimeSpan VersionLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan TestLimit = TimeSpan.FromMinutes(2);

    /// <param name="test">Also have it answer a question, which costs a few tokens.</param>
    public static async Task<AgentFinding> LookAsync(AgentPreset preset, bool test, TimeProvider time, CancellationToken cancellation)
    {
        var program = Installed.ProgramOf(preset);
        if (program is null)
        {
            return new AgentFinding(preset, null, null, null, "not installed", preset.Profile.Remedy);
        }

        if (program.Length == 0 && preset.Command.Count == 0)
        {
            return new AgentFinding(preset, null, null, null, "not configured", preset.Profile.Remedy);
        }

        using var folder = new ProbeFolder();
        var (version, problem) = program.Length == 0 ? (null, null) : await VersionAsync(preset, program, folder, time, cancellation);
        var finding = new AgentFinding(preset, program.Length == 0 ? null : program, version, problem is null ? null : false, problem, problem is null ? null : preset.Profile.Remedy);
        return !test || problem is not null || preset.Profile.Name == "shell" ? finding : await TestAsync(finding, program, folder, time, cancellation);
    }

    private static async Task<(string? Version, string? Problem)> VersionAsync(AgentPreset preset, string program, ProbeFolder folder, TimeProvider time, CancellationToken cancellation)
    {
        var command = new AgentCommand([program, "--version"], folder.Work, ChildEnvironment.Build([], new Dictionary<string, string>()), "");
        var process = await AgentProcess.StartAsync(command, folder.Log, new ProcessLimits(VersionLimit, VersionLimit, TimeSpan.FromSeconds(1), 1 << 20), time, cancellation);
        var outcome = await process.Completion;
        return outcome is not { End: AgentEnd.Exited, ExitCode: 0 }
            ? (null, outcome.End == AgentEnd.Exited ? $"{preset.Profile.Programs[0]} --version failed: {LastLine(outcome.Tail)}" : $"{preset.Profile.Programs[0]} --version did not end")
            : (Number().Match(outcome.Tail) is { Success: true } number ? number.Value : LastLine(outcome.Tail), null);
    }

    private static async Task<AgentFinding> TestAsync(AgentFinding finding, string program, ProbeFolder folder, TimeProvider time, CancellationToken cancellation)
    {
        var preset = finding.Preset;
        var home = new AgentHome(folder.Home, worktree: null);
        var prompt = Path.Combine(folder.Home, "prompt.md");
        await File.WriteAllTextAsync(prompt, Question, cancellation);
        var task = new AgentTask(
            "test", "Self-test", "test-1", "test", "test", "", 1, [], "", Question, prompt, folder.Work, folder.Work, [], Guid.NewGuid().ToString("N"));
        var launch = new AgentLaunch(task, preset, program, new AgentSession(Guid.NewGuid().ToString(), null));
        preset.Adapter.Prepare(home, launch, AgentGuard.None);
        var listener = new AgentListener(preset.Adapter.Listen(home, launch, AgentGuard.None), _ => { });
        var process = await AgentProcess.StartAsync(
            preset.Adapter.Command(home, launch), folder.Log, new ProcessLimits(TestLimit, TestLimit, TimeSpan.FromSeconds(2), 1 << 20), time, cancellation, listener);
        return AgentVerdict.Of(preset.Profile, await process.Completion) switch
        {
            AgentVerdict.Done => finding with { Works = true },
            AgentVerdict.Limited limited => finding with { Works = false, Problem = limited.Limit.Reason, Remedy = "Wait, or see to the account" },
            AgentVerdict.Failed failed => finding with { Works = false, Problem = failed.Reason, Remedy = "Start it once by hand and log in, or set its key" },
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static string LastLine(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "it printed nothing";

    [GeneratedRegex(@"\d+\.\d+(?:\.\d+)?[-.\w]*", RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    /// <summary>A repository of nobody, for a CLI that wants one, and a home; gone afterwards.</summary>
    private sealed class ProbeFolder : IDisposable
    {
        private readonly string root = Directory.CreateTempSubdirectory("interlock-agents-").FullName;

        public ProbeFolder()
        {
            Directory.CreateDirectory(Path.Combine(Work, ".git", "objects"));
            Directory.CreateDirectory(Path.Combine(Work, ".git", "refs", "heads"));
            File.WriteAllText(Path.Combine(Work, ".git", "HEAD"), "ref: refs/heads/main\n");
            Directory.CreateDirectory(Home);
        }

        public string Work => Path.Combine(root, "work");

        public string Home => Path.Combine(root, "home");

        public string Log => Path.Combine(root, "log");

        public void Dispose()
        {
            try
            {
                LinkSafeDelete.Directory(root);
            }
            catch (IOException)
            {
                // Something of the CLI still writes; the folder is temporary either way.
            }
        }
    }
}
