using Interlock.Tests.Mcp;

namespace Interlock.Tests.Cli;

public sealed class Suggested_tasks
{
    private const string Suggest = """{ "story": "2.5", "title": "Rotate the tokens", "reason": "they never expire", "files": ["src/rotate.ts"], "dependencies": ["2.5.1"] }""";

    [Fact]
    public async Task A_suggestion_changes_nothing_until_a_person_accepts_it()
    {
        using var cli = Cli.Assigned();
        using var session = await StdioSession.OpenAsync(cli, "dev-oauth-1");
        var before = cli.Read(Cli.StatusPath);

        Assert.Equal("2.5.6", (await session.CallAsync("suggest_task", Suggest)).Expect().Data.GetProperty("task_id").GetString());
        Assert.Equal("2.5.6", (await session.CallAsync("suggest_task", Suggest)).Expect().Data.GetProperty("task_id").GetString());

        Assert.DoesNotContain("2.5.6", cli.Read(Cli.StatusPath), StringComparison.Ordinal);
        cli.Run("claim", "2.5.6", "--agent", "dev-oauth-1").Expect(1);
        Assert.Equal(before.Split('\n').Length, cli.Read(Cli.StatusPath).Split('\n').Length);
        Assert.Contains("dev-oauth-1 suggests task 2.5.6 for story 2.5: Rotate the tokens (they never expire)", cli.Run("status").Expect(0).Out, StringComparison.Ordinal);
        var proposal = Assert.Single(cli.Json("status").Expect(0).Json.GetProperty("proposals").EnumerateArray());
        Assert.Equal(("2.5.6", "add", "interlock import --accept 2.5.6"), (proposal.GetProperty("task_id").GetString(), proposal.GetProperty("kind").GetString(), proposal.GetProperty("accept").GetString()));

        cli.Run("import", "--accept", "2.5.6").Expect(0);
        Assert.Equal(("Rotate the tokens", "pending", "2.5.1", "src/rotate.ts"),
            (cli.Task("2.5.6").GetProperty("description").GetString(), cli.Status("2.5.6"), cli.Task("2.5.6").GetProperty("dependencies")[0].GetString(), cli.Task("2.5.6").GetProperty("files")[0].GetString()));
        Assert.Empty(cli.Json("status").Expect(0).Json.GetProperty("proposals").EnumerateArray());
        cli.Run("doctor").Expect(0);
    }

    [Fact]
    public async Task A_declined_suggestion_is_gone_and_its_id_is_not_used_again()
    {
        using var cli = Cli.Assigned();
        using var session = await StdioSession.OpenAsync(cli, "dev-oauth-1");
        (await session.CallAsync("suggest_task", Suggest)).Expect();

        cli.Run("import", "--decline", "2.5.6").Expect(0);

        Assert.Empty(cli.Json("status").Expect(0).Json.GetProperty("proposals").EnumerateArray());
        cli.Run("import", "--accept", "2.5.6").Expect(1);
        Assert.Equal("2.5.7", (await session.CallAsync("suggest_task", Suggest)).Expect().Data.GetProperty("task_id").GetString());
    }

    [Fact]
    public async Task A_suggestion_that_could_be_no_task_is_refused()
    {
        (string Arguments, string Said)[] calls =
        [
            ("""{ "story": "9", "title": "t", "reason": "r" }""", "no story 9"),
            ("""{ "story": "2.5", "title": " ", "reason": "r" }""", "one line"),
            ("""{ "story": "2.5", "title": "a\nb", "reason": "r" }""", "one line"),
            ("""{ "story": "2.5", "title": "t", "reason": "r", "files": ["../x"] }""", "file pattern"),
            ("""{ "story": "2.5", "title": "t", "reason": "r", "dependencies": ["2.5.99"] }""", "which is no task"),
        ];
        using var cli = Cli.Assigned();
        using var session = await StdioSession.OpenAsync(cli, "dev-oauth-1");

        foreach (var (arguments, said) in calls)
        {
            Assert.Contains(said, (await session.CallAsync("suggest_task", arguments)).Expect(failed: true).Text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("task.suggested", cli.EventKinds());
    }
}
