using System.Diagnostics;
using System.Text.Json;

namespace Interlock.Tests.Mcp;

/// <summary>A client of the program's own making: it writes JSON-RPC to its input and reads its output.</summary>
internal sealed class StdioSession : IDisposable
{
    private readonly Process process;
    private int lastId;

    private StdioSession(Process process) => this.process = process;

    public static async Task<StdioSession> OpenAsync(Cli.Cli cli, string agent, params string[] more)
    {
        var session = new StdioSession(cli.Talk(["mcp", "--agent", agent, .. more]));
        session.Initialized = await session.AskAsync("initialize", """{ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "test", "version": "1" } }""");
        await session.WriteAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        return session;
    }

    /// <summary>The answer to the handshake.</summary>
    public JsonElement Initialized { get; private set; }

    /// <summary>The whole answer to a request, result or error.</summary>
    public async Task<JsonElement> AskAsync(string method, string parameters)
    {
        var id = ++lastId;

        // One line, and otherwise as it is: a client may send what a serializer would refuse.
        await WriteAsync($$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{method}}","params":{{parameters.ReplaceLineEndings(" ")}}}""");
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            var answer = JsonDocument.Parse(line).RootElement;
            if (answer.TryGetProperty("id", out var of) && of.ValueKind == JsonValueKind.Number && of.GetInt32() == id)
            {
                return answer;
            }
        }

        throw new InvalidOperationException($"the server ended before it answered: {await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)}");
    }

    public async Task<ToolResult> CallAsync(string tool, string arguments = "{}", string? meta = null)
    {
        var answer = await AskAsync("tools/call", $$"""{ "name": "{{tool}}", "arguments": {{arguments}}{{(meta is null ? "" : $", \"_meta\": {meta}")}} }""");
        return new ToolResult(answer.GetProperty("result"));
    }

    /// <summary>Ends the input and waits for the program to end by itself.</summary>
    public async Task<int> CloseAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        process.Dispose();
    }

    private async Task WriteAsync(string line)
    {
        await process.StandardInput.WriteLineAsync(line);
        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
    }
}

/// <summary>What a tool answered.</summary>
internal sealed record ToolResult(JsonElement Result)
{
    public bool Failed => Result.TryGetProperty("isError", out var error) && error.GetBoolean();

    public JsonElement Data => Result.GetProperty("structuredContent");

    /// <summary>What a client without structures shows its model.</summary>
    public string Text => Result.GetProperty("content")[0].GetProperty("text").GetString()!;

    public string Refused => Data.GetProperty("refused").GetProperty("code").GetString()!;

    public ToolResult Expect(bool failed = false)
    {
        Assert.True(Failed == failed, Text);
        return this;
    }
}
