namespace Interlock.Tests.Cli;

public sealed class Exporting_a_plan
{
    [Theory]
    [InlineData("task-master", "out/tasks.json")]
    [InlineData("beads", "out/issues.jsonl")]
    [InlineData("spec-kit", "specs/001-moved/tasks.md")]
    public void What_is_exported_is_read_again_with_as_many_tasks_and_dependencies(string format, string path)
    {
        using var cli = Cli.Assigned();
        Assert.Equal(6, cli.Json("export", "--format", format, "--out", path).Expect(0).Json.GetProperty("tasks").GetInt32());

        var plan = cli.Json("plan", "--from", path).Expect(0).Json;

        Assert.Equal(format, plan.GetProperty("format").GetString());
        Assert.Equal(["pending", "pending", "pending", "completed", "pending", "pending"], plan.GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("status").GetString()));
        Assert.Equal([0, 1, 1, 0, 0, 0], plan.GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("dependencies").GetArrayLength()));
    }

    [Fact]
    public void A_file_that_is_there_is_replaced_only_by_force()
    {
        using var cli = Cli.Assigned();
        cli.Write("mine.md", "mine\n");

        Assert.Contains("--force", cli.Run("export", "--format", "mermaid", "--out", "mine.md").Expect(1).Error, StringComparison.Ordinal);
        Assert.Equal("mine\n", cli.Read("mine.md"));
        cli.Run("export", "--format", "mermaid", "--out", "mine.md", "--force").Expect(0);

        Assert.StartsWith("flowchart", cli.Read("mine.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void One_story_is_printed_unless_a_file_is_named()
    {
        using var cli = Cli.Assigned();

        var text = cli.Run("export", "--format", "spec-kit", "--story", "2.6").Expect(0).Out;

        Assert.Contains("List the accounts", text, StringComparison.Ordinal);
        Assert.DoesNotContain("OAuth", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_tasks_nothing_is_written()
    {
        using var cli = Cli.EmptyRepository();

        Assert.Contains("interlock import", cli.Run("export", "--format", "beads", "--out", "x").Expect(1).Error, StringComparison.Ordinal);
        Assert.False(cli.Has("x"));
    }
}
