using System.Net;
using System.Text.Json.Nodes;
using Interlock.Domain.Guarding;
using Interlock.Engine.Platform;
using Interlock.Tests.Guarding;

namespace Interlock.Tests.Http;

/// <summary>The running server as Claude's hook. Claude goes on with its edit unless it is told no with status 200.</summary>
public sealed class Claudes_http_hook : IDisposable
{
    private const string Ada = "dev-oauth-1";
    private readonly Cli.Cli cli = Cli.Cli.Assigned();

    public void Dispose() => cli.Dispose();

    [Fact]
    public async Task An_agent_is_let_through_for_its_own_file_and_stopped_at_anothers()
    {
        cli.Claim("2.5.1", Ada);
        cli.Claim("2.5.5", "dev-backend-1");
        using var server = await HttpSession.OpenAsync(cli);

        Assert.True(LetsThrough(await AskAsync(server, "src/config.ts")));
        var others = await AskAsync(server, "tests/config.test.ts");
        Assert.False(LetsThrough(others));
        Assert.Contains("leased by dev-backend-1 (task 2.5.5)", Questions.Reason(GuardedCli.Claude, others.Text), StringComparison.Ordinal);
        Assert.False(LetsThrough(await AskAsync(server, "src/config.ts", HttpSession.TokenOf(cli, "dev-backend-1"))));
        Assert.Equal($"{server.Url}/hooks/claude", cli.Json("serve", "--for", Ada).Expect(0).Json.GetProperty("hook").GetString());
    }

    [Fact]
    public async Task Whatever_goes_wrong_is_a_denial()
    {
        cli.Claim("2.5.1", Ada);
        using var server = await HttpSession.OpenAsync(cli);
        var token = HttpSession.TokenOf(cli, Ada);
        var question = Questions.Edit(GuardedCli.Claude, "src/config.ts", cli.Root);

        Assert.False(LetsThrough(await server.SendAsync("/hooks/claude", token, "{ not json")));
        Assert.False(LetsThrough(await server.SendAsync("/hooks/claude", token, "")));
        Assert.False(LetsThrough(await server.SendAsync("/hooks/claude", null, question)));
        Assert.False(LetsThrough(await server.SendAsync("/hooks/claude", "Bearer dev-oauth-1.00", question)));
        Assert.False(LetsThrough(await server.SendAsync("/hooks/claude", token, question, host: "evil.example")));
        Assert.False(LetsThrough(await server.SendAsync("/hooks/claude", token, question, contentType: "text/plain")));
        Assert.False(LetsThrough(await server.SendAsync("/hooks/claude", token, new string(' ', 2 * 1024 * 1024))));
        File.WriteAllText(Path.Combine(cli.Root, ".git", "interlock", "state.db"), "this is no database");
        Assert.False(LetsThrough(await server.SendAsync("/hooks/claude", token, question)));
    }

    [Fact]
    public async Task A_state_that_stays_busy_is_a_denial_before_Claudes_own_limit()
    {
        cli.Claim("2.5.1", Ada);
        using var server = await HttpSession.OpenAsync(cli);
        var token = HttpSession.TokenOf(cli, Ada);
        using var busy = FileGate.Acquire(Path.Combine(cli.Root, ".git", "interlock", "state.db.gate"));

        var answer = await AskAsync(server, "src/new.ts", token);

        Assert.False(LetsThrough(answer));
        Assert.Contains("4 seconds", answer.Text, StringComparison.Ordinal);
    }

    private Task<(HttpStatusCode Status, string Text)> AskAsync(HttpSession server, string path, string? token = null) =>
        server.SendAsync("/hooks/claude", token ?? HttpSession.TokenOf(cli, Ada), Questions.Edit(GuardedCli.Claude, path, cli.Root));

    private static bool LetsThrough((HttpStatusCode Status, string Text) answer) =>
        answer.Status != HttpStatusCode.OK || (string?)JsonNode.Parse(answer.Text)!["hookSpecificOutput"]?["permissionDecision"] != "deny";
}
