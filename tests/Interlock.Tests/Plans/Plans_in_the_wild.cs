using System.Text.Json;
using Interlock.Domain.Graph;
using Interlock.Domain.Plans;

namespace Interlock.Tests.Plans;

/// <summary>Real plans with hand-checked answers, where the machine has them.</summary>
public sealed class Plans_in_the_wild
{
    [Fact]
    public void Every_story_plan_with_a_checked_answer_is_read_exactly_so()
    {
        var answers = Directory.GetFiles(Path.Combine(Corpus(), "story-plan"), "EXPECT.json", SearchOption.AllDirectories);

        Assert.NotEmpty(answers);
        Assert.All(answers, AssertReadAsExpected);
    }

    [Fact]
    public void No_markdown_file_makes_the_reader_throw() =>
        Assert.All(Directory.GetFiles(Corpus(), "*.md", SearchOption.AllDirectories), file =>
            StoryPlanText.AssertCounts(StoryPlanText.Read(File.ReadAllBytes(file), "p")));

    private static string Corpus()
    {
        var folder = Environment.GetEnvironmentVariable("INTERLOCK_CORPUS");
        if (string.IsNullOrEmpty(folder) || !Directory.Exists(folder))
        {
            Assert.Skip("INTERLOCK_CORPUS names no folder");
        }

        return folder;
    }

    private static void AssertReadAsExpected(string answer)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(answer));
        var expected = json.RootElement;
        var file = Path.Combine(Path.GetDirectoryName(answer)!, expected.GetProperty("file").GetString()!);
        var bytes = File.ReadAllBytes(file);
        var plan = StoryPlanText.Read(bytes, "p");

        StoryPlanText.AssertCounts(plan);
        Assert.Equal(expected.GetProperty("ids").EnumerateArray().Select(id => id.GetString()), plan.Ids());
        Assert.Equal(expected.GetProperty("tasks").EnumerateArray().Select(Expected), plan.Tasks.Select(Found));
        Assert.Equal(expected.GetProperty("edgeCount").GetInt32(), plan.Tasks.Sum(task => task.Dependencies.Count));
        Assert.Equal(
            expected.GetProperty("stories").EnumerateArray().Select(story => (story.GetProperty("id").GetString(), story.GetProperty("line").GetInt32(), story.GetProperty("tasks").GetInt32())),
            plan.Stories.Select(story => ((string?)story.Id.Value, story.Line, plan.Tasks.Count(task => task.Story == story.Id))));
        Assert.All(plan.Tasks, task => Assert.Equal((byte)']', bytes[task.MarkOffset + 1]));
        Assert.DoesNotContain(plan.Problems, problem => problem.Severity == ProblemSeverity.Error);
        Assert.Empty(TaskGraph.Build(plan.Tasks.Select(task => new TaskNode(task.Id, task.Dependencies))).Cycles);
    }

    private static string Expected(JsonElement task) => string.Join(
        " | ", task.GetProperty("id"), task.GetProperty("story"), task.GetProperty("group"), task.GetProperty("status"), task.GetProperty("title"),
        task.GetProperty("complexity"), string.Join(',', task.GetProperty("dependsOn").EnumerateArray()), task.GetProperty("line"));

    private static string Found(PlanTask task) => string.Join(
        " | ", task.Id, task.Story, task.Group, task.Mark == PlanMark.Done ? "done" : "pending", task.Title,
        $"{task.Complexity}".ToLowerInvariant(), string.Join(',', task.DependenciesAsWritten), task.Line);
}
