using System.Net;
using System.Net.NetworkInformation;
using Interlock.Tests.Cli;

namespace Interlock.Tests.Http;

public sealed class Serving_over_http
{
    private const string Ping = HttpSession.Handshake;

    [Fact]
    public async Task An_agent_works_with_its_token_and_as_nobody_else()
    {
        using var cli = Cli.Cli.Assigned();
        using var server = await HttpSession.OpenAsync(cli);
        var (ada, ben) = (HttpSession.TokenOf(cli, "dev-oauth-1"), HttpSession.TokenOf(cli, "dev-oauth-2"));

        (await server.CallAsync("dev-oauth-1", ada, "claim_task", """{ "task": "2.5.1" }""")).Expect();
        Assert.Equal("not-holder", (await server.CallAsync("", ben, "release_task", """{ "task": "2.5.1" }""")).Expect(failed: true).Refused);
        (await server.CallAsync("", ada, "send_message", """{ "to": ["qa-1"], "message": "from whom?" }""")).Expect();

        Assert.Equal(HttpStatusCode.Forbidden, (await server.SendAsync("/mcp/dev-oauth-1", ben, Ping)).Status);
        Assert.Equal("in_progress", cli.Status("2.5.1"));
        Assert.Equal("dev-oauth-1", cli.Json("inbox", "--agent", "qa-1").Expect(0).Json.GetProperty("messages")[0].GetProperty("from").GetString());
    }

    [Fact]
    public async Task Strangers_and_other_pages_are_turned_away_by_the_running_server()
    {
        using var cli = Cli.Cli.Assigned();
        using var server = await HttpSession.OpenAsync(cli);
        var token = HttpSession.TokenOf(cli, "dev-oauth-1");

        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync("/health", token)).Status);
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync("/mcp", token, Ping)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.SendAsync("/health", null)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.SendAsync("/mcp", null, Ping)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.SendAsync("/no/such/page", null)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.SendAsync("/mcp", token[..^1] + (token[^1] == '0' ? '1' : '0'), Ping)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.SendAsync("/mcp", token.Replace("dev-oauth-1", "dev-oauth-2", StringComparison.Ordinal), Ping)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await server.SendAsync("/mcp", token, Ping, host: "evil.example")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await server.SendAsync("/mcp", token, Ping, host: $"evil.example:{server.Address.Port}")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await server.SendAsync("/mcp", token, Ping, origin: "http://evil.example")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await server.SendAsync("/mcp", token, Ping, origin: "null")).Status);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await server.SendAsync("/mcp", token, Ping, contentType: "text/plain")).Status);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await server.SendAsync("/mcp", token, new string(' ', 10 * 1024 * 1024))).Status);
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync("/mcp", token, Ping, host: $"localhost:{server.Address.Port}", origin: server.Url)).Status);
    }

    [Fact]
    public async Task A_session_goes_on_only_with_the_token_that_began_it()
    {
        using var cli = Cli.Cli.Assigned();
        using var server = await HttpSession.OpenAsync(cli);
        var (ada, ben) = (HttpSession.TokenOf(cli, "dev-oauth-1"), HttpSession.TokenOf(cli, "dev-oauth-2"));
        var session = await server.InitializeAsync(ada);
        const string Claim = """{ "jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": { "name": "claim_task", "arguments": { "task": "2.5.1" } } }""";

        Assert.Equal(HttpStatusCode.Forbidden, (await server.SendAsync("/mcp", ben, Claim, session: session)).Status);
        Assert.Equal("pending", cli.Status("2.5.1"));

        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync("/mcp", ada, Claim, session: session)).Status);
        Assert.Equal("in_progress", cli.Status("2.5.1"));
    }

    [Fact]
    public async Task The_server_listens_on_the_loopback_address_alone()
    {
        using var cli = Cli.Cli.Assigned();
        using var server = await HttpSession.OpenAsync(cli);

        var bound = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(end => end.Port == server.Address.Port).ToList();

        Assert.Equal([IPAddress.Loopback], bound.Select(end => end.Address));
    }

    [Fact]
    public async Task What_the_tokens_are_made_of_is_readable_by_this_user_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes");
            return;
        }

        using var cli = Cli.Cli.Assigned();
        using var server = await HttpSession.OpenAsync(cli);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(cli.Root, ".git", "interlock", "http.secret")));
    }

    [Fact]
    public async Task A_second_server_says_who_serves_already()
    {
        using var cli = Cli.Cli.Assigned();
        Assert.Contains("no server runs", cli.Run("serve", "--for", "qa-1").Expect(1).Error, StringComparison.Ordinal);
        using (var server = await HttpSession.OpenAsync(cli))
        {
            Assert.Contains(server.Url, cli.Run("serve").Expect(1).Error, StringComparison.Ordinal);
        }

        Assert.Contains("no server runs", cli.Run("serve", "--for", "qa-1").Expect(1).Error, StringComparison.Ordinal);
        using var next = await HttpSession.OpenAsync(cli);
    }
}
