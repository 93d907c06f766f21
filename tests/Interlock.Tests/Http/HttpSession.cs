using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Interlock.Tests.Mcp;

namespace Interlock.Tests.Http;

/// <summary>A server that the real program runs, and a client that can say anything to it.</summary>
internal sealed class HttpSession : IDisposable
{
    public const string Handshake =
        """{ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "test", "version": "1" } } }""";

    private readonly Process process;
    private readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    private HttpSession(Process process, string url)
    {
        this.process = process;
        Url = url;
    }

    public string Url { get; }

    public Uri Address => new(Url);

    public static async Task<HttpSession> OpenAsync(Cli.Cli cli)
    {
        var process = cli.Begin("serve", "--port", "0", "--json");
        var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)
            ?? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        return new HttpSession(process, JsonDocument.Parse(line).RootElement.GetProperty("url").GetString()!);
    }

    public static string TokenOf(Cli.Cli cli, string agent) =>
        cli.Json("serve", "--for", agent).Expect(0).Json.GetProperty("authorization").GetString()!;

    public async Task<(HttpStatusCode Status, string Text)> SendAsync(
        string path, string? authorization, string? body = null, string? host = null, string? origin = null, string contentType = "application/json", string? session = null)
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, Url + path);
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        Add("Authorization", authorization);
        Add("Host", host);
        Add("Origin", origin);
        Add("Mcp-Session-Id", session);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Headers.ExpectContinue = body.Length > 1024 * 1024;
            request.Content.Headers.Remove("Content-Type");
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(response.Headers, header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }
    }

    /// <summary>The handshake of the older protocol; returns the number of the session.</summary>
    public async Task<string> InitializeAsync(string authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Url + "/mcp");
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        request.Content = new StringContent(
            Handshake, Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return response.Headers.GetValues("Mcp-Session-Id").Single();
    }

    public async Task<ToolResult> CallAsync(string agent, string authorization, string tool, string arguments = "{}")
    {
        var (status, text) = await SendAsync(
            agent.Length == 0 ? "/mcp" : $"/mcp/{agent}", authorization, $$$"""{ "jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": { "name": "{{{tool}}}", "arguments": {{{arguments}}} } }""",
            session: await InitializeAsync(authorization));
        Assert.True(status == HttpStatusCode.OK, $"{status}: {text}");
        var data = text.StartsWith('{') ? text : text.Split('\n').Single(line => line.StartsWith("data: {", StringComparison.Ordinal))["data: ".Length..];
        return new ToolResult(JsonDocument.Parse(data).RootElement.GetProperty("result"));
    }

    public void Dispose()
    {
        client.Dispose();
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
    }
}
