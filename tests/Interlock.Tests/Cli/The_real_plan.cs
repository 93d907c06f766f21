using System.Text.Json;

namespace Interlock.Tests.Cli;

public sealed class The_real_plan
{
    [Fact]
    public void Is_read_whole_and_its_story_is_shared_out_by_specialty_and_weight()
    {
        var corpus = Environment.GetEnvironmentVariable("INTERLOCK_CORPUS");
        var file = Path.Combine(corpus ?? "", "story-plan", "akmauri__Setup_environment", Cli.PlanPath);
        if (!File.Exists(file))
        {
            Assert.Skip("INTERLOCK_CORPUS names no folder with the plan");
        }

        using var cli = Cli.Repository(File.ReadAllText(file));

        var report = cli.Json("--story=2.5", "--assign").Expect(0).Json;

        Assert.Equal((196, 8, 162), (report.GetProperty("tasks").GetInt32(), report.GetProperty("stories").GetInt32(), report.GetProperty("dependencies").GetInt32()));
        var assignments = report.GetProperty("assignments").EnumerateArray().ToList();
        Assert.Equal(25, assignments.Count);
        Assert.Equal("dev-backend", TypeOf(assignments, "2.5.16"));
        Assert.Equal("dev-oauth", TypeOf(assignments, "2.5.4"));
        Assert.Equal("qa", TypeOf(assignments, "2.5.21"));
        AssertBalanced(cli, assignments);
        Assert.Equal(196, JsonDocument.Parse(cli.Read(Cli.StatusPath)).RootElement.GetProperty("tasks").GetArrayLength());
    }

    private static string? TypeOf(List<JsonElement> assignments, string task) =>
        assignments.Single(entry => entry.GetProperty("task_id").GetString() == task).GetProperty("type").GetString();

    private static void AssertBalanced(Cli cli, List<JsonElement> assignments)
    {
        var weights = assignments.GroupBy(entry => (entry.GetProperty("type").GetString(), entry.GetProperty("agent").GetString()))
            .Select(group => (Type: group.Key.Item1, Weight: group.Sum(entry => cli.Task(entry.GetProperty("task_id").GetString()!).GetProperty("estimated_complexity").GetString() switch
            {
                "low" => 1,
                "medium" => 2,
                _ => 4,
            })));
        Assert.All(weights.GroupBy(agent => agent.Type), type => Assert.True(type.Max(agent => agent.Weight) <= 2 * type.Min(agent => agent.Weight), $"{type.Key} is not balanced"));
    }
}
