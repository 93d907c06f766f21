using Interlock.Engine.Agents;

namespace Interlock.Tests.Agents;

/// <summary>The real program that behaves as badly as agents do.</summary>
internal static class FakeAgent
{
    internal static string Path { get; } = System.IO.Path.Combine(
        AppContext.BaseDirectory, "fake", OperatingSystem.IsWindows() ? "fake-agent.exe" : "fake-agent");

    internal static AgentCommand Command(string directory, string run, params string[] verb) =>
        new([Path, .. verb], directory, Environment(run), "");

    /// <summary>Puts a program at a path that plays what is in a folder.</summary>
    internal static void InPlaceOf(string program, string played)
    {
        File.WriteAllText(program, $"#!/bin/sh\nexec '{Path}' play '{played}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    internal static IReadOnlyDictionary<string, string> Environment(string run) =>
        ChildEnvironment.Build([], new Dictionary<string, string> { ["INTERLOCK_RUN"] = run });
}
