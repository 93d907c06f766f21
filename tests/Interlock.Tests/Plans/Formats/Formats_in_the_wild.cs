using System.Text.Json;
using Interlock.Domain.Plans;
using Interlock.Engine.Importers;

namespace Interlock.Tests.Plans.Formats;

/// <summary>Real plans with hand-checked answers, where the machine has them.</summary>
public sealed class Formats_in_the_wild
{
    [Theory]
    [InlineData("spec-kit")]
    [InlineData("openspec")]
    [InlineData("story-plan")]
    public void Every_plan_with_a_checked_answer_is_recognised_and_read_exactly_so(string format)
    {
        var answers = Directory.GetFiles(Path.Combine(Corpus(), format), "EXPECT.json", SearchOption.AllDirectories);

        Assert.NotEmpty(answers);
        Assert.All(answers, answer => AssertReadAsExpected(format, answer));
    }

    private static string Corpus()
    {
        var folder = Environment.GetEnvironmentVariable("INTERLOCK_CORPUS");
        if (string.IsNullOrEmpty(folder) || !Directory.Exists(folder))
        {
            Assert.Skip("INTERLOCK_CORPUS names no folder");
        }

        return folder;
    }

    private static void AssertReadAsExpected(string format, string answer)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(answer));
        var expected = json.RootElement;
        var file = Path.Combine(Path.GetDirectoryName(answer)!, expected.GetProperty("file").GetString()!);
        var input = FormatText.Input(file.Replace('\\', '/'), File.ReadAllBytes(file));

        Assert.Equal(format, PlanFormats.Detect(input, null).Name);
        var plan = FormatText.Parse(format, file.Replace('\\', '/'), File.ReadAllBytes(file));

        Assert.Equal(expected.GetProperty("ids").EnumerateArray().Select(id => id.GetString()), plan.SourceIds());
        Assert.Equal(expected.GetProperty("tasks").EnumerateArray().Select(Expected), plan.Tasks.Select(Found));
        Assert.Equal(
            expected.GetProperty("edgesAsWritten").EnumerateArray().Select(edge => $"{edge[0]} {edge[1]}"),
            plan.Tasks.SelectMany(task => task.DependenciesAsWritten.Select(on => $"{task.SourceId} {on}")));
        Assert.Equal(expected.GetProperty("taskCount").GetInt32(), plan.Counts.Tasks);
        Assert.Equal(plan.Counts.Checkboxes, plan.Counts.Tasks + plan.Counts.Criteria + plan.Counts.Excluded);
        if (expected.TryGetProperty("proseEdges", out var prose))
        {
            Assert.Equal(
                prose.EnumerateArray().Select(edge => $"{edge[0]}<{edge[1]} inline"),
                plan.Implied().Where(edge => edge.EndsWith("inline", StringComparison.Ordinal)));
        }

        Assert.DoesNotContain(plan.Problems, problem => problem.Severity != ProblemSeverity.Info && format != "story-plan");
    }

    private static string Expected(JsonElement task) => $"{task.GetProperty("id")} | {task.GetProperty("status")} | {task.GetProperty("title")} | {task.GetProperty("line")}";

    private static string Found(PlanTask task) => $"{task.SourceId} | {(task.Status == PlanStatus.Done ? "done" : "pending")} | {task.Title} | {task.Line}";
}
