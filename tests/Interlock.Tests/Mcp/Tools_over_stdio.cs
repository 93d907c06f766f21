using System.Text.Json;
using Interlock.Tests.Cli;

namespace Interlock.Tests.Mcp;

public sealed class Tools_over_stdio
{
    [Fact]
    public async Task A_task_is_found_claimed_worked_on_and_completed_with_nothing_but_tools()
    {
        using var cli = Cli.Cli.Assigned();
        using var session = await StdioSession.OpenAsync(cli, "dev-oauth-1");

        var task = (await session.CallAsync("next_task")).Expect().Data.GetProperty("task").GetProperty("task_id").GetString()!;
        var claimed = (await session.CallAsync("claim_task", $$"""{ "task": "{{task}}" }""")).Expect();
        Assert.Equal("in_progress", cli.Status(task));
        Assert.DoesNotContain("token\"", claimed.Result.GetRawText().Replace("public_token\"", "", StringComparison.Ordinal), StringComparison.Ordinal);

        Assert.Equal("no-commit", (await session.CallAsync("complete_task", $$"""{ "task": "{{task}}" }""")).Expect(failed: true).Refused);
        cli.CommitWork("dev-oauth-1", task, "src/config.ts");
        (await session.CallAsync("complete_task", $$"""{ "task": "{{task}}" }""")).Expect();

        Assert.Equal("completed", cli.Status(task));
    }

    [Fact]
    public async Task Every_tool_says_what_it_may_change_and_takes_no_argument_that_is_not_described()
    {
        using var cli = Cli.Cli.Assigned();
        using var session = await StdioSession.OpenAsync(cli, "dev-oauth-1");

        var tools = (await session.AskAsync("tools/list", "{}")).GetProperty("result").GetProperty("tools").EnumerateArray().ToList();

        Assert.Equal(
            ["block_task", "check_file", "claim_task", "complete_task", "explain_task", "extend_files", "fail_task", "next_task", "read_messages", "release_task", "renew", "send_message", "story_status", "submit", "suggest_task"],
            tools.Select(tool => tool.GetProperty("name").GetString()!).Order(StringComparer.Ordinal));
        Assert.All(tools, tool =>
        {
            Assert.Matches("^[a-z_]+$", tool.GetProperty("name").GetString());
            var hints = tool.GetProperty("annotations");
            Assert.False(hints.GetProperty("destructiveHint").GetBoolean());
            Assert.False(hints.GetProperty("openWorldHint").GetBoolean());
            Assert.True(hints.TryGetProperty("readOnlyHint", out _) && hints.TryGetProperty("idempotentHint", out _));
            Assert.False(tool.GetProperty("inputSchema").GetProperty("additionalProperties").GetBoolean());
            Assert.DoesNotContain("agent", tool.GetProperty("inputSchema").GetProperty("properties").EnumerateObject().Select(member => member.Name));
            Assert.Equal("object", tool.GetProperty("outputSchema").GetProperty("type").GetString());
        });
        Assert.Equal(
            ["check_file", "explain_task", "next_task", "story_status"],
            tools.Where(tool => tool.GetProperty("annotations").GetProperty("readOnlyHint").GetBoolean()).Select(tool => tool.GetProperty("name").GetString()!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Reading_tools_leave_no_event()
    {
        using var cli = Cli.Cli.Assigned();
        using var session = await StdioSession.OpenAsync(cli, "dev-oauth-1");
        var before = cli.EventKinds();

        await session.CallAsync("next_task");
        await session.CallAsync("check_file", """{ "path": "src/config.ts" }""");
        await session.CallAsync("story_status");
        await session.CallAsync("explain_task", """{ "task": "2.5.1" }""");

        Assert.Equal(before, cli.EventKinds());
    }

    [Fact]
    public async Task What_is_wrong_with_a_call_is_said_so_that_a_model_can_mend_it()
    {
        (string Tool, string Arguments, string Said)[] calls =
        [
            ("claim_task", """{ "task": "2.5.1", "agent": "qa-1" }""", "known from the connection"),
            ("send_message", """{ "to": ["qa-1"], "message": "m", "from": "dev-oauth-2" }""", "known from the connection"),
            ("claim_task", "{}", "'task' is missing"),
            ("claim_task", """{ "task": 251 }""", "should be a text"),
            ("claim_task", """{ "task": "../2.5.1" }""", "is not a task id"),
            ("claim_task", """{ "task": "2.5.1", "duration": "long" }""", "is not a duration"),
            ("extend_files", """{ "task": "2.5.1", "files": "a.ts" }""", "a list of texts"),
            ("send_message", """{ "to": ["qa-1"], "message": "m", "type": "order" }""", "should be one of"),
            ("send_message", """{ "to": ["../qa"], "message": "m" }""", "not an id"),
            ("renew", """{ "task": "2.5.1" }""", "claim_task for 2.5.1"),
            ("complete_task", """{ "task": "2.5.1" }""", "have not claimed"),
            ("explain_task", """{ "task": "9.9.9" }""", "story_status"),
            ("story_status", """{ "story": "9.9" }""", "no story 9.9"),
        ];
        using var cli = Cli.Cli.Assigned();
        using var session = await StdioSession.OpenAsync(cli, "dev-oauth-1");
        var before = cli.EventKinds();

        foreach (var (tool, arguments, said) in calls)
        {
            Assert.Contains(said, (await session.CallAsync(tool, arguments)).Expect(failed: true).Text, StringComparison.Ordinal);
        }

        Assert.Equal(before, cli.EventKinds());
    }

    [Fact]
    public async Task Half_a_character_in_a_call_is_an_error_and_the_next_call_is_answered()
    {
        using var cli = Cli.Cli.Assigned();
        using var session = await StdioSession.OpenAsync(cli, "dev-oauth-1");

        var answer = await session.AskAsync("tools/call", """{ "name": "claim_task", "arguments": { "task": "2.5.1\ud800" } }""");

        Assert.True(answer.TryGetProperty("error", out _), answer.GetRawText());
        (await session.CallAsync("claim_task", """{ "task": "2.5.1" }""")).Expect();
    }

    [Fact]
    public async Task Refusals_name_tools_instead_of_commands()
    {
        using var cli = Cli.Cli.Assigned();
        using var session = await StdioSession.OpenAsync(cli, "dev-oauth-1");
        cli.Claim("2.5.1", "dev-oauth-2");

        var refused = (await session.CallAsync("claim_task", """{ "task": "2.5.1" }""")).Expect(failed: true);

        Assert.Equal(("already-claimed", "dev-oauth-2"), (refused.Refused, refused.Data.GetProperty("refused").GetProperty("holder").GetString()));
        Assert.EndsWith("Take another: next_task", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_method_that_does_not_exist_is_refused_at_once_and_the_server_goes_on()
    {
        using var cli = Cli.Cli.Assigned();
        using var session = await StdioSession.OpenAsync(cli, "dev-oauth-1");

        Assert.Equal(-32601, (await session.AskAsync("no/such", "{}")).GetProperty("error").GetProperty("code").GetInt32());
        Assert.Equal(-32602, (await session.AskAsync("tools/call", """{ "name": "rm", "arguments": {} }""")).GetProperty("error").GetProperty("code").GetInt32());
        (await session.CallAsync("next_task")).Expect();
    }

    [Fact]
    public async Task The_server_ends_when_its_input_ends()
    {
        using var cli = Cli.Cli.Assigned();
        using var session = await StdioSession.OpenAsync(cli, "dev-oauth-1");

        Assert.Equal(0, await session.CloseAsync());
    }

    [Fact]
    public void A_server_that_cannot_work_says_so_when_it_is_started()
    {
        using var cli = Cli.Cli.Assigned();
        cli.Write("interlock.json", "{ \"limits\": ");

        Assert.Contains("interlock.json:1", cli.Run("mcp", "--agent", "dev-oauth-1").Expect(1).Error, StringComparison.Ordinal);
        Assert.Contains("who is asking", cli.Run("mcp").Expect(2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_a_client_repeats_is_carried_out_once()
    {
        using var cli = Cli.Cli.Assigned();
        using var session = await StdioSession.OpenAsync(cli, "dev-oauth-1");
        const string Call = """{ "claudecode/toolUseId": "toolu_1" }""";
        (await session.CallAsync("claim_task", """{ "task": "2.5.1" }""", Call)).Expect();

        // Its connection broke before the answer came: another connection, the same call.
        using var again = await StdioSession.OpenAsync(cli, "dev-oauth-1");
        (await again.CallAsync("claim_task", """{ "task": "2.5.1" }""", Call)).Expect();
        Assert.Equal("already-claimed", (await again.CallAsync("claim_task", """{ "task": "2.5.1" }""", """{ "claudecode/toolUseId": "toolu_2" }""")).Expect(failed: true).Refused);

        Assert.Single(cli.EventKinds(), "task.claimed");
    }

    [Fact]
    public async Task The_first_calls_of_two_connections_are_two_calls()
    {
        using var cli = Cli.Cli.Assigned();
        using (var first = await StdioSession.OpenAsync(cli, "dev-oauth-1"))
        {
            (await first.CallAsync("claim_task", """{ "task": "2.5.1" }""")).Expect();
        }

        cli.Run("release", "2.5.1", "--agent", "dev-oauth-1").Expect(0);
        using var second = await StdioSession.OpenAsync(cli, "dev-oauth-1");
        (await second.CallAsync("claim_task", """{ "task": "2.5.1" }""")).Expect();

        Assert.Equal("in_progress", cli.Status("2.5.1"));
        (await second.CallAsync("release_task", """{ "task": "2.5.1" }""")).Expect();
    }

    [Fact]
    public async Task Whose_file_it_is_is_told_before_it_is_touched()
    {
        using var cli = Cli.Cli.Assigned();
        using var session = await StdioSession.OpenAsync(cli, "dev-oauth-1");
        cli.Claim("2.5.1", "dev-oauth-1");
        cli.Claim("2.5.5", "qa-1");

        async Task<JsonElement> Check(string path) => (await session.CallAsync("check_file", JsonSerializer.Serialize(new Dictionary<string, string> { ["path"] = path }))).Expect().Data;

        Assert.Equal("yours", (await Check("src/config.ts")).GetProperty("state").GetString());
        Assert.Equal("yours", (await Check(Path.Combine(cli.Root, "src", "config.ts"))).GetProperty("state").GetString());
        Assert.Equal("free", (await Check("./src/other.ts")).GetProperty("state").GetString());
        Assert.Equal("protected", (await Check("interlock.json")).GetProperty("state").GetString());
        var busy = await Check("tests/config.test.ts");
        Assert.Equal(("busy", "qa-1", "2.5.5"), (busy.GetProperty("state").GetString(), busy.GetProperty("holder").GetString(), busy.GetProperty("holder_task").GetString()));
        Assert.Equal("file-busy", (await session.CallAsync("extend_files", """{ "task": "2.5.1", "files": ["tests/config.test.ts"] }""")).Expect(failed: true).Refused);
    }

    [Fact]
    public async Task Prompt_plan_and_board_can_be_read()
    {
        using var cli = Cli.Cli.Assigned();
        using var session = await StdioSession.OpenAsync(cli, "dev-oauth-1");

        async Task<string> Read(string name) =>
            (await session.AskAsync("resources/read", $$"""{ "uri": "interlock://{{name}}" }""")).GetProperty("result").GetProperty("contents")[0].GetProperty("text").GetString()!;

        Assert.Equal(cli.Read("agent_prompts/dev-oauth-1.md"), await Read("prompt"));
        Assert.Contains("- [x] Task 2.5.4: Describe the token store", await Read("plan"), StringComparison.Ordinal);
        Assert.Equal(6, JsonDocument.Parse(await Read("board")).RootElement.GetProperty("tasks").GetArrayLength());
        Assert.True((await session.AskAsync("resources/read", """{ "uri": "interlock://secrets" }""")).TryGetProperty("error", out _));
        Assert.Equal(3, (await session.AskAsync("resources/list", "{}")).GetProperty("result").GetProperty("resources").GetArrayLength());
    }

    [Fact]
    public async Task Giving_up_giving_back_and_asking_for_a_person_end_the_claim()
    {
        using var cli = Cli.Cli.Assigned();
        using var session = await StdioSession.OpenAsync(cli, "dev-oauth-1");

        (await session.CallAsync("claim_task", """{ "task": "2.5.1" }""")).Expect();
        (await session.CallAsync("renew", """{ "task": "2.5.1", "duration": "3h" }""")).Expect();
        (await session.CallAsync("release_task", """{ "task": "2.5.1", "reason": "not mine" }""")).Expect();
        Assert.Equal("pending", cli.Status("2.5.1"));

        (await session.CallAsync("claim_task", """{ "task": "2.5.5" }""")).Expect();
        (await session.CallAsync("fail_task", """{ "task": "2.5.5", "reason": "no luck" }""")).Expect();
        Assert.Equal("no luck", cli.Task("2.5.5").GetProperty("last_error").GetString());

        (await session.CallAsync("claim_task", """{ "task": "2.6.1" }""")).Expect();
        (await session.CallAsync("block_task", """{ "task": "2.6.1", "reason": "which accounts?" }""")).Expect();
        Assert.Equal("blocked", cli.Status("2.6.1"));
        (await session.CallAsync("claim_task", """{ "task": "2.5.1" }""")).Expect();
        (await session.CallAsync("complete_task", """{ "task": "2.5.1", "no_code": true, "reason": "was there" }""")).Expect();
        Assert.Equal("completed", cli.Status("2.5.1"));
    }
}
