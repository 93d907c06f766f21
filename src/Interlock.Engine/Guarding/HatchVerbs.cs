using System.Diagnostics;
using Interlock.Engine.Agents;

namespace Interlock.Engine.Guarding;

/// <summary>
/// Runs an agent's own commands of ours outside of its sandbox, where the store is. Only what an agent may do to its own
/// task and mailbox, and looking; always as this agent, always in this repository.
/// </summary>
internal sealed class HatchVerbs(GuardCaller caller, string root)
{
    private static readonly HashSet<string> Allowed = new(StringComparer.Ordinal)
    {
        "status", "explain", "locks", "inbox", "send", "extend", "renew", "fail", "block", "release", "log", "graph", "next", "agents",
    };

    // They would lead the program elsewhere, or have it speak for another or read files that the sandbox hides.
    private static readonly string[] Refused = ["--root", "--token", "--store", "--follow", "--fix"];

    public async Task<HatchReply> RunAsync(IReadOnlyList<string> words, CancellationToken cancellation)
    {
        if (Problem(words) is { } problem)
        {
            return new HatchReply(1, [], $"refused: {problem}\n");
        }

        using var process = Start(words);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync(cancellation);
        using var output = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(output, cancellation);
        await process.WaitForExitAsync(cancellation);
        return new HatchReply(process.ExitCode, output.ToArray(), await error);
    }

    /// <summary>An MCP server for this agent, outside of its sandbox, that ends with the connection.</summary>
    public async Task ServeAsync(Stream stream, CancellationToken cancellation)
    {
        using var process = Start(["mcp", "--agent", caller.Agent.Value]);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            var errors = process.StandardError.BaseStream.CopyToAsync(Stream.Null, ended.Token);
            var answers = process.StandardOutput.BaseStream.CopyToAsync(stream, ended.Token);
            await Task.WhenAny(FeedAsync(), answers);

            // What was asked before the agent hung up is still answered.
            process.StandardInput.Close();
            await answers;
            await errors;
        }
        finally
        {
            await ended.CancelAsync();
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        async Task FeedAsync()
        {
            var buffer = new byte[16 * 1024];
            while (await stream.ReadAsync(buffer, ended.Token) is > 0 and var count)
            {
                await process.StandardInput.BaseStream.WriteAsync(buffer.AsMemory(0, count), ended.Token);
                await process.StandardInput.BaseStream.FlushAsync(ended.Token);
            }
        }
    }

    private Process Start(IReadOnlyList<string> words)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, words)
        {
            WorkingDirectory = root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in ChildEnvironment.Build([], new Dictionary<string, string>()))
        {
            start.Environment[name] = value;
        }

        start.Environment["INTERLOCK_AGENT_ID"] = caller.Agent.Value;
        start.Environment["INTERLOCK_TOKEN"] = caller.Token?.ToString() ?? "";
        start.Environment["INTERLOCK_TASK_ID"] = caller.Task?.Value ?? "";
        return Process.Start(start)!;
    }

    private string? Problem(IReadOnlyList<string> words)
    {
        if (words.FirstOrDefault(word => !word.StartsWith('-')) is not { } verb || !Allowed.Contains(verb))
        {
            return $"an agent of a run may use {string.Join(", ", Allowed.Order(StringComparer.Ordinal))}; the rest is the run's or a person's to do";
        }

        if (words.FirstOrDefault(word => word.StartsWith('@') || Refused.Any(name => word == name || word.StartsWith(name + "=", StringComparison.Ordinal) || word.StartsWith(name + ":", StringComparison.Ordinal))) is { } word)
        {
            return $"'{word}' cannot be used from inside a run";
        }

        for (var i = 0; i < words.Count; i++)
        {
            var name = words[i].Split('=', ':')[0];
            if (name is "--agent" or "--from" && (words[i].Length > name.Length ? words[i][(name.Length + 1)..] : words.ElementAtOrDefault(i + 1)) != caller.Agent.Value)
            {
                return $"you are {caller.Agent}, and nobody else is spoken for";
            }
        }

        return null;
    }
}
