using Interlock.Tests.Mcp;

namespace Interlock.Tests.Cli;

public sealed class Watching_agents
{
    [Fact]
    public async Task Any_call_of_an_agent_is_a_sign_of_life()
    {
        using var cli = Cli.Assigned();
        Assert.Equal(("not seen", null), Entry(cli, "dev-oauth-1"));

        cli.Run("inbox", "--agent", "dev-oauth-1").Expect(0);
        Assert.Equal(("idle", "inbox"), Entry(cli, "dev-oauth-1"));

        cli.Claim("2.5.1", "dev-oauth-2");
        Assert.Equal(("working", "claim"), Entry(cli, "dev-oauth-2"));

        using var session = await StdioSession.OpenAsync(cli, "a-window");
        await session.CallAsync("next_task");
        Assert.Equal(("idle", "mcp"), Entry(cli, "a-window"));
    }

    [Fact]
    public void What_a_person_does_about_an_agent_is_no_sign_of_its_life()
    {
        using var cli = Cli.Assigned();

        cli.Run("reassign", "2.5.1", "--to", "qa-1").Expect(0);
        cli.Run("send", "--from", "dev-oauth-1", "--to", "qa-1", "--message", "m").Expect(0);

        Assert.Equal("not seen", Entry(cli, "qa-1").State);
    }

    [Fact]
    public void Waiting_messages_and_overdue_questions_are_shown()
    {
        using var cli = Cli.Assigned();
        cli.Run("send", "--from", "qa-1", "--to", "dev-oauth-1", "--subject", "Which port?", "--message", "m", "--respond-within", "0.05s").Expect(0);

        var watched = cli.Json("watch").Expect(0).Json;

        Assert.Equal(1, Agents(watched).Single(agent => agent.GetProperty("agent_id").GetString() == "dev-oauth-1").GetProperty("messages_waiting").GetInt32());
        Assert.Equal("Which port?", watched.GetProperty("overdue")[0].GetProperty("subject").GetString());
        Assert.Contains("dev-oauth-1 has not answered qa-1: Which port?", cli.Run("status").Expect(0).Out, StringComparison.Ordinal);
        Assert.Contains("dev-oauth-1 has not answered qa-1: Which port?", cli.Run("watch", "--once").Expect(0).Out, StringComparison.Ordinal);
        Assert.Contains("message.overdue", cli.EventKinds());
    }

    [Fact]
    public async Task Where_nobody_draws_each_change_is_a_line()
    {
        using var cli = Cli.Assigned();
        using var watch = cli.Begin("watch");
        await LineAsync("dev-oauth-1    not seen");

        cli.Claim("2.5.1", "dev-oauth-1");

        await LineAsync("dev-oauth-1    working   2.5.1 Create the OAuth config");
        watch.Kill(entireProcessTree: true);
        await watch.WaitForExitAsync(TestContext.Current.CancellationToken);

        async Task LineAsync(string wanted)
        {
            while (await watch.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            {
                if (line.Contains(wanted, StringComparison.Ordinal))
                {
                    return;
                }
            }

            throw new InvalidOperationException(await watch.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        }
    }

    private static IEnumerable<System.Text.Json.JsonElement> Agents(System.Text.Json.JsonElement watched) => watched.GetProperty("agents").EnumerateArray();

    private static (string? State, string? How) Entry(Cli cli, string agent)
    {
        var entry = Agents(cli.Json("watch").Expect(0).Json).Single(entry => entry.GetProperty("agent_id").GetString() == agent);
        return (entry.GetProperty("state").GetString(), entry.GetProperty("seen_how").GetString());
    }
}
