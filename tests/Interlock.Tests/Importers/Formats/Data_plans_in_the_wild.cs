using System.Text.Json;
using Interlock.Domain.Plans;
using Interlock.Engine.Configuration;
using Interlock.Engine.Importers;

namespace Interlock.Tests.Importers.Formats;

/// <summary>Real files of the data formats with hand-checked answers, where the machine has them.</summary>
public sealed class Data_plans_in_the_wild
{
    [Theory]
    [InlineData("task-master")]
    [InlineData("beads")]
    [InlineData("backlog-md")]
    [InlineData("bmad")]
    public void Every_plan_with_a_checked_answer_is_read_exactly_so(string format)
    {
        var answers = Directory.GetFiles(
            Path.Combine(Corpus(), format), "EXPECT.json", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None });

        Assert.NotEmpty(answers);
        Assert.All(answers, answer => AssertReadAsExpected(format, answer));
    }

    [Fact]
    public void Joined_files_of_a_bmad_project_agree_with_each_other()
    {
        var folder = Directory.GetDirectories(Path.Combine(Corpus(), "bmad"), "_bmad-output", SearchOption.AllDirectories)[0];
        var (format, input) = PlanDiscovery.Find(Path.GetDirectoryName(folder)!, new InterlockConfig(), new PlanChoice());
        var plan = format.Parse(input, new PlanReading());

        Assert.Equal(("bmad", 36, 10), (plan.Format, plan.Tasks.Count, plan.Tasks.Count(task => task.Status == PlanStatus.Done)));
        Assert.Equal("Expose `check_instances` MCP Tool", plan.Task("1.4").Title);
        Assert.DoesNotContain(plan.Problems, problem => problem.Severity == ProblemSeverity.Error);
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
        var folder = Path.GetDirectoryName(answer)!;
        var file = Path.Combine(folder, expected.GetProperty("file").GetString()!);
        var from = format == "backlog-md" ? Path.Combine(folder, "backlog") : file;
        var (found, input) = PlanDiscovery.Find(folder, new InterlockConfig(), new PlanChoice(from));
        var plan = found.Parse(input, new PlanReading());

        DataPlans.AssertLaws(plan);
        Assert.Equal(format, plan.Format);
        Assert.Equal(expected.GetProperty("taskCount").GetInt32(), plan.Counts.Tasks);
        Assert.Equal(expected.GetProperty("ids").EnumerateArray().Select(id => id.GetString()!), plan.SourceIds());
        Assert.Equal(plan.SourceIds(), plan.Tasks.Select(task => task.Id.Value));
        Assert.Equal(
            expected.GetProperty("edgesAsWritten").EnumerateArray().Select(edge => $"{edge[0].GetString()}<-{edge[1].GetString()}"),
            plan.Tasks.SelectMany(task => task.DependenciesAsWritten.Select(on => $"{task.SourceId}<-{on}")));
        Assert.Equal(expected.GetProperty("edgeCount").GetInt32(), plan.Tasks.Sum(task => task.Dependencies.Count));
        Assert.Equal(
            expected.GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("status").GetString()!),
            plan.Tasks.Select(task => task.StatusAsWritten ?? "unknown"));
        Assert.All(expected.GetProperty("tasks").EnumerateArray().Zip(plan.Tasks), pair => AssertTask(pair.First, pair.Second));
        Assert.DoesNotContain(plan.Problems, problem => problem.Severity == ProblemSeverity.Error);
    }

    private static void AssertTask(JsonElement expected, PlanTask found)
    {
        if (expected.TryGetProperty("title", out var title))
        {
            Assert.Equal(title.GetString(), found.Title);
        }

        if (expected.TryGetProperty("line", out var line))
        {
            Assert.Equal(line.GetInt32(), found.Line);
        }

        if (expected.TryGetProperty("file", out var path))
        {
            Assert.EndsWith(path.GetString()!, found.SourcePath, StringComparison.Ordinal);
        }
    }
}
