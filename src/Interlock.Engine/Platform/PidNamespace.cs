using System.ComponentModel;
using System.Diagnostics;
using Interlock.Engine.Agents;

namespace Interlock.Engine.Platform;

/// <summary>
/// Gives a command without a sandbox a process world of its own, which the kernel ends with it, whatever hides in there. Linux, where
/// <c>unshare</c> may do that without taking anything else away: as root. Elsewhere the command stays as it is, and its processes are
/// found by group, marker and parents; see <see cref="ProcessTree"/>.
/// </summary>
internal static class PidNamespace
{
    // The first process in there hears no signal it has no handler for, so a shell waits in its place and the command is asked itself.
    private static readonly string[] First = ["/bin/sh", "-c", "\"$@\"; exit $?", "sh"];

    private static readonly string[] Places = ["/usr/bin/unshare", "/bin/unshare"];

    private static readonly Lazy<IReadOnlyList<string>> Words = new(Probe);

    internal static bool Works => Words.Value.Count > 0;

    internal static AgentCommand Wrap(AgentCommand command) =>
        Works ? command with { Command = [.. Words.Value, .. First, .. command.Command] } : command;

    // Being there says little: it may be forbidden. So it is tried.
    private static IReadOnlyList<string> Probe()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || Places.FirstOrDefault(File.Exists) is not { } program)
        {
            return [];
        }

        string[] words = [program, "--pid", "--fork", "--kill-child=KILL", "--mount-proc", "--"];
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, [.. words.Skip(1), .. First, "true"]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            var said = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(TimeSpan.FromSeconds(10)))
            {
                process.Kill(entireProcessTree: true);
                return [];
            }

            said.GetAwaiter().GetResult();
            return process.ExitCode == 0 ? words : [];
        }
        catch (Win32Exception)
        {
            return [];
        }
    }
}
