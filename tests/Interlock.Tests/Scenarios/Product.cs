using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace Interlock.Tests.Scenarios;

internal sealed record Ran(int ExitCode, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public override string ToString() => $"exit {ExitCode}\n{Output}\n{Error}";
}

/// <summary>The real program, as a user starts it.</summary>
internal static class Product
{
    /// <summary>The published one where the tests are told of it, else the one that was built with them.</summary>
    public static string Path { get; } = Environment.GetEnvironmentVariable("INTERLOCK_EXE") is { Length: > 0 } exe ? exe
        : Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Interlock.Executable").Value!;

    public static Process Start(string program, string folder, IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("GIT_", StringComparison.Ordinal) || name.StartsWith("INTERLOCK_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    public static async Task<Ran> FinishAsync(Process process)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var output = process.StandardOutput.ReadToEndAsync(bound.Token);
        var error = process.StandardError.ReadToEndAsync(bound.Token);
        await process.WaitForExitAsync(bound.Token);
        return new Ran(process.ExitCode, await output, await error);
    }

    /// <summary>The environment of a user of their own, whose git knows nobody else's settings.</summary>
    public static Dictionary<string, string> HomeIn(string home)
    {
        var config = System.IO.Path.Combine(home, "gitconfig");
        File.WriteAllText(config, "[user]\n name = Tester\n email = tester@example.test\n");
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HOME"] = home,
            ["XDG_STATE_HOME"] = System.IO.Path.Combine(home, "state"),
            ["GIT_CONFIG_NOSYSTEM"] = "1",
            ["GIT_CONFIG_GLOBAL"] = config,
        };
    }

    public static async Task<string> GitAsync(string folder, IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments)
    {
        var ran = await FinishAsync(Start("git", folder, environment, arguments));
        return ran.ExitCode == 0 ? ran.Output.TrimEnd() : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {ran}");
    }

    public static void Delete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
            // A process that was just killed may still hold a file; the folder is temporary either way.
        }
    }
}
