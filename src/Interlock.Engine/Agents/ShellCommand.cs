namespace Interlock.Engine.Agents;

/// <summary>A line of configuration as an argument list for the system's shell.</summary>
internal static class ShellCommand
{
    public static IReadOnlyList<string> Of(string line) =>
        OperatingSystem.IsWindows() ? ["cmd", "/d", "/s", "/c", line] : ["/bin/sh", "-c", line];
}
