using System.ComponentModel;
using System.Diagnostics;
using Interlock.Engine.Agents;
using Interlock.Engine.Configuration;

namespace Interlock.Engine.Sandbox;

/// <summary>Which sandbox there is on this machine, for what the configuration asks.</summary>
/// <param name="WhyNone">Why commands run without one, in half a sentence; null when they run inside.</param>
public sealed record Sandboxes(string? WhyNone)
{
    private static readonly Lazy<(string? Program, string? Problem)> Bwrap = new(Probe);

    private static readonly Lazy<IReadOnlyList<string>> Heed = new(FindHeed);

    public static Sandboxes None { get; } = new("\"sandbox\": \"none\" says so");

    /// <summary>One word for the answers: <c>bwrap</c> or <c>none</c>.</summary>
    public string Level => WhyNone is null ? "bwrap" : "none";

    /// <summary>The line a person must not miss; null when there is a sandbox.</summary>
    public string? Warning => WhyNone is null ? null : $"agents and checks run without a sandbox: {WhyNone}";

    /// <summary>What the configuration gets here, without refusing anything.</summary>
    public static Sandboxes For(InterlockConfig config) => config.Sandbox == SandboxModes.None ? None : new Sandboxes(Bwrap.Value.Problem);

    /// <exception cref="BadInputException">The configuration insists on a sandbox and there is none.</exception>
    public static Sandboxes Require(InterlockConfig config) => For(config) is { WhyNone: { } why } && config.Sandbox == SandboxModes.Bwrap
        ? throw new BadInputException($"\"sandbox\": \"bwrap\" is configured, but {why}", "Install bubblewrap and allow user namespaces, or set \"sandbox\": \"auto\"", 3)
        : For(config);

    public ISandbox Of(SandboxScope scope) => WhyNone is null ? new BubblewrapSandbox(Bwrap.Value.Program!, Heed.Value, scope) : new OpenSandbox();

    // Being installed says little: user namespaces may be forbidden. So it is run.
    private static (string? Program, string? Problem) Probe()
    {
        if (!OperatingSystem.IsLinux())
        {
            return (null, "there is none for this system");
        }

        if (ProgramPath.Find("bwrap", Environment.GetEnvironmentVariable("PATH")) is not { } program)
        {
            return (null, "bwrap (bubblewrap) is not installed");
        }

        try
        {
            var start = new ProcessStartInfo(program, [.. BubblewrapSandbox.Walls, "--new-session", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--", "/bin/sh", "-c", "exit 0"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!;
            var said = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(TimeSpan.FromSeconds(10)))
            {
                process.Kill(entireProcessTree: true);
                return (null, "bwrap does not work here: it did not end");
            }

            return process.ExitCode == 0 ? (program, null) : (null, $"bwrap does not work here: {said.GetAwaiter().GetResult().Trim()}");
        }
        catch (Win32Exception error)
        {
            return (null, $"bwrap does not work here: {error.Message}");
        }
    }

    // A shell cannot undo what was ignored when it began; GNU's env can.
    private static IReadOnlyList<string> FindHeed()
    {
        if (ProgramPath.Find("env", Environment.GetEnvironmentVariable("PATH")) is not { } env)
        {
            return [];
        }

        string[] words = [env, "--default-signal=TERM,INT,HUP"];
        try
        {
            using var process = Process.Start(new ProcessStartInfo(env, [.. words.Skip(1), "true"]) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? words : [];
        }
        catch (Win32Exception)
        {
            return [];
        }
    }

    private sealed class OpenSandbox : ISandbox
    {
        public AgentCommand Wrap(AgentCommand command) => command;
    }
}
