using System.Text.Json;

namespace Interlock.Tests.Cli;

public sealed class Classic_form
{
    [Theory]
    [InlineData("--story=2.5", "--assign")]
    [InlineData("--story", "2.5", "--assign")]
    [InlineData("--assign", "--story=story-2.5")]
    [InlineData("assign", "--story", "2.5")]
    public void Every_spelling_assigns_the_story(params string[] arguments)
    {
        using var cli = Cli.Repository();

        var answer = cli.Run(arguments).Expect(0);

        Assert.Contains("interlock run --story 2.5", answer.Out, StringComparison.Ordinal);
        Assert.Equal("pending", cli.Status("2.5.1"));
        Assert.Equal("completed", cli.Status("2.5.4"));
        Assert.Equal("dev-oauth", cli.Task("2.5.1").GetProperty("agent_type").GetString());
        Assert.Equal("qa", cli.Task("2.5.5").GetProperty("agent_type").GetString());
    }

    [Fact]
    public void The_execute_form_asks_for_an_agent_like_the_verb_run()
    {
        using var cli = Cli.Repository();

        var classic = cli.Run("--story=2.5", "--execute").Expect(1);

        Assert.Equal(cli.Run("run", "--story", "2.5").Expect(1).Error, classic.Error);
        Assert.Contains("no agent is configured", classic.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Assigning_twice_changes_nothing_and_keeps_progress()
    {
        using var cli = Cli.Assigned();
        cli.Claim("2.5.1", "dev-oauth-1");
        var (before, events) = (cli.Read(Cli.StatusPath), cli.EventKinds());

        cli.Run("--story=2.5", "--assign").Expect(0);

        Assert.Equal(before, cli.Read(Cli.StatusPath));
        Assert.Equal(events, cli.EventKinds());
        Assert.Equal("in_progress", cli.Status("2.5.1"));
        Assert.True(cli.Has(".lock/2.5.1.lock"));
    }

    [Fact]
    public void Status_files_stay_out_of_commits()
    {
        using var cli = Cli.Assigned();
        cli.Claim("2.5.1", "dev-oauth-1");

        Assert.Equal("", cli.Git("status", "--porcelain"));
    }

    [Fact]
    public void The_shell_lines_people_use_work_letter_for_letter()
    {
        using var cli = Cli.Assigned();
        if (cli.Shell("command -v jq").ExitCode != 0)
        {
            Assert.Skip("jq is not installed");
        }

        cli.Claim("2.5.1", "dev-oauth-1");

        var story = cli.Shell("""cat agent_tasks/todo_progress.json | jq '.tasks[] | select(.story_id=="2.5")'""").Expect(0);
        Assert.Equal(5, story.Out.Split("\"task_id\"").Length - 1);
        var assigned = cli.Shell("cat agent_tasks/todo_progress.json | jq '.tasks[] | select(.assigned_agent) | {task_id, assigned_agent, status}'").Expect(0);
        Assert.Contains("\"status\": \"in_progress\"", assigned.Out, StringComparison.Ordinal);
        var count = cli.Shell("""cat agent_tasks/todo_progress.json | jq '[.tasks[] | select(.story_id=="2.5" and .status=="completed")] | length'""").Expect(0);
        Assert.Equal("1", count.Out.Trim());
        Assert.Contains("2.5.1.lock", cli.Shell("ls -la .lock/").Expect(0).Out, StringComparison.Ordinal);
        var held = JsonDocument.Parse(cli.Shell("cat .lock/2.5.1.lock").Expect(0).Out).RootElement;
        Assert.Equal("dev-oauth-1", held.GetProperty("agent_id").GetString());
        cli.Shell("rm .lock/2.5.1.lock").Expect(0);
        cli.Shell("ls -la agent_comms/").Expect(0);

        cli.Run("status").Expect(0);
        Assert.Equal("pending", cli.Status("2.5.1"));
    }
}
