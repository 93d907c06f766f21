using System.Globalization;
using Interlock.Engine.Platform;
using Interlock.Tests.Agents;

namespace Interlock.Tests.Cli;

/// <summary><c>plan --with</c>, with a program in place of the model that answers as it is told.</summary>
public sealed class Breaking_a_specification_into_tasks : IDisposable
{
    private const string Good = """
        { "stories": [ { "id": "1.1", "title": "Token store", "tasks": [
          { "id": "1.1.1", "title": "Write the store", "complexity": "high", "files": ["src/store.ts"] },
          { "id": "1.1.2", "title": "Read the store 漢", "dependencies": ["1.1.1"] } ] } ] }
        """;

    private const string Bad = """
        { "stories": [ { "id": "1.1", "title": "S", "tasks": [
          { "id": "1.1.1", "title": "A", "dependencies": ["1.1.2"] }, { "id": "1.1.2", "title": "B", "dependencies": ["1.1.9"] }, { "id": "1.1.2", "title": "C" } ] } ] }
        """;

    private readonly Cli cli = Cli.EmptyRepository();

    public Breaking_a_specification_into_tasks() => cli.Write("specs/store.md", "# Store\nKeep tokens.\n");

    public void Dispose() => cli.Dispose();

    [Fact]
    public void A_good_answer_becomes_a_plan_file_and_tasks()
    {
        var answer = cli.Json("plan", "--with", Answers(Good), "--yes").Expect(0).Json;

        Assert.Equal((1, true), (answer.GetProperty("asked").GetInt32(), answer.GetProperty("stored").GetBoolean()));
        Assert.Contains("- [ ] Task 1.1.2: Read the store 漢 [Complexity: medium] [Dependencies: Task 1.1.1]", cli.Read(Cli.PlanPath), StringComparison.Ordinal);
        var tasks = cli.Json("status", "--all").Expect(0).Json.GetProperty("tasks");
        Assert.Equal(["1.1.1", "1.1.2"], tasks.EnumerateArray().Select(task => task.GetProperty("task_id").GetString()));
        Assert.Equal("src/store.ts", tasks[0].GetProperty("files")[0].GetString());
        Assert.Contains("Keep tokens.", Asked(0), StringComparison.Ordinal);
        Assert.Contains("\"required\": [\"stories\"]", Asked(0), StringComparison.Ordinal);
        cli.Run("assign", "--story", "1.1").Expect(0);
    }

    [Fact]
    public void Prose_and_fences_around_the_answer_do_not_matter()
    {
        cli.Run("plan", "--with", Answers($"Let me think {{ about }} it.\n```json\n{Good}\n```\nThat is {{ all }}.\n"), "--yes").Expect(0);

        Assert.Equal(2, cli.Json("plan").Expect(0).Json.GetProperty("tasks").GetArrayLength());
    }

    [Fact]
    public void Problems_are_sent_back_with_the_answer_they_are_about()
    {
        Assert.Equal(2, cli.Json("plan", "--with", Answers(Bad, Good), "--yes").Expect(0).Json.GetProperty("asked").GetInt32());

        Assert.DoesNotContain("cannot be used", Asked(0), StringComparison.Ordinal);
        Assert.Contains("task 1.1.2 depends on 1.1.9, and there is no such task", Asked(1), StringComparison.Ordinal);
        Assert.Contains("the task id 1.1.2 is used 2 times", Asked(1), StringComparison.Ordinal);
        Assert.Contains("\"title\": \"C\"", Asked(1), StringComparison.Ordinal);
    }

    [Fact]
    public void After_two_corrections_the_problems_are_told_and_nothing_is_stored()
    {
        var answer = cli.Run("plan", "--with", Answers("No."), "--yes").Expect(1);

        Assert.Contains("asked 3 times", answer.Error, StringComparison.Ordinal);
        Assert.Contains("no JSON object", answer.Error, StringComparison.Ordinal);
        Assert.Contains("cannot be used", Asked(2), StringComparison.Ordinal);
        Assert.False(cli.Has(Cli.PlanPath));
        Assert.False(File.Exists(Path.Combine(cli.Home, "model", "asked.3")));
    }

    [Fact]
    public void Without_a_yes_the_plan_is_shown_and_not_stored()
    {
        var shown = cli.Run("plan", "--with", Answers(Good)).Expect(1).Out;

        Assert.Contains("Write the store", shown, StringComparison.Ordinal);
        Assert.Contains("--yes", shown, StringComparison.Ordinal);
        Assert.False(cli.Has(Cli.PlanPath));
        Assert.DoesNotContain("plan.imported", cli.EventKinds());
    }

    [Fact]
    public void A_plan_that_is_there_is_not_replaced_and_the_model_is_not_asked()
    {
        cli.Write(Cli.PlanPath, "mine\n");

        Assert.Contains("--force", cli.Run("plan", "--with", Answers(Good), "--yes").Expect(1).Error, StringComparison.Ordinal);
        Assert.Equal("mine\n", cli.Read(Cli.PlanPath));
        Assert.Empty(Directory.GetFiles(Path.Combine(cli.Home, "model"), "asked.*"));
        cli.Run("plan", "--with", Answers(Good), "--yes", "--out", "docs/PLAN.md").Expect(0);
        Assert.Equal("docs/PLAN.md", cli.Json("plan").Expect(0).Json.GetProperty("source").GetString());
    }

    [Fact]
    public void A_command_that_hangs_is_stopped_with_everything_it_started()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the command is a shell line");
        var pid = Path.Combine(cli.Home, "pid");

        var answer = cli.Run("plan", "--with", $"sleep 1000 & echo $! > '{pid}'; exec '{FakeAgent.Path}' hang", "--for", "1s", "--yes").Expect(1);

        Assert.Contains("no answer within 1 s", answer.Error, StringComparison.Ordinal);
        Assert.Null(ProcessIdentity.Of(int.Parse(File.ReadAllText(pid), CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void A_flood_is_no_answer_and_little_of_it_is_kept()
    {
        Assert.Contains("larger than 4 MB", cli.Run("plan", "--with", $"'{FakeAgent.Path}' flood 12", "--yes").Expect(1).Error, StringComparison.Ordinal);

        Assert.All(Directory.GetFiles(Path.Combine(cli.Root, ".git", "interlock", "breakdown")), file => Assert.InRange(new FileInfo(file).Length, 0, 5 << 20));
    }

    [Fact]
    public void A_command_that_fails_is_told_with_its_exit_code() =>
        Assert.Contains("exit code 7", cli.Run("plan", "--with", $"'{FakeAgent.Path}' fail 7 no", "--yes").Expect(1).Error, StringComparison.Ordinal);

    [Fact]
    public void Without_a_specification_nobody_is_asked()
    {
        File.Delete(Path.Combine(cli.Root, "specs/store.md"));

        Assert.Contains("specs/*.md", cli.Run("plan", "--with", Answers(Good)).Expect(1).Error, StringComparison.Ordinal);
    }

    private string Asked(int time) => File.ReadAllText(Path.Combine(cli.Home, "model", string.Create(CultureInfo.InvariantCulture, $"asked.{time}")));

    /// <summary>A command that gives these answers, one after another, the last one for ever.</summary>
    private string Answers(params string[] texts)
    {
        var folder = Directory.CreateDirectory(Path.Combine(cli.Home, "model")).FullName;
        var files = texts.Select((text, index) =>
        {
            var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"answer{index}"));
            File.WriteAllText(path, text);
            return $"'{path}'";
        });
        return $"'{FakeAgent.Path}' answer {string.Join(' ', files)}";
    }
}
