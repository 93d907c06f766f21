using System.Text.Json;
using System.Text.RegularExpressions;
using Interlock.Domain.Assignment;
using Interlock.Domain.Plans;

namespace Interlock.Tests.Assignment;

/// <summary>A plan that people wrote, story by story.</summary>
public sealed partial class AssignerPlanTests
{
    [Fact]
    public void Titles_of_a_real_plan_go_to_the_type_they_name()
    {
        foreach (var (tasks, assignments) in Stories())
        {
            foreach (var (task, given) in tasks.Zip(assignments))
            {
                var type = Endpoint().IsMatch(task.Title) ? "dev-backend"
                    : Quality().IsMatch(task.Title) ? "qa"
                    : OAuth().IsMatch(task.Title) ? "dev-oauth"
                    : given.Type;
                Assert.True(type == given.Type, $"{task.Id} {task.Title}: {given.Type}, {given.Reason}");
            }
        }
    }

    [Fact]
    public void In_every_story_of_a_real_plan_all_seven_agents_have_work_and_none_twice_anothers()
    {
        foreach (var (tasks, assignments) in Stories())
        {
            var loads = Roster.Default.Agents.Select(agent => (agent.Type, Load: assignments.Zip(tasks)
                .Where(pair => pair.First.Agent == agent.Id).Sum(pair => pair.Second.Complexity.Weight()))).ToList();
            var shown = string.Join(", ", loads.Select(load => $"{load.Type} {load.Load}"));

            Assert.All(loads.GroupBy(load => load.Type), type => Assert.True(
                type.Min(t => t.Load) > 0 && type.Max(t => t.Load) <= 2 * type.Min(t => t.Load), $"{tasks[0].Id}: {shown}"));
        }
    }

    private static IEnumerable<(List<AssignableTask> Tasks, IReadOnlyList<Domain.Assignment.Assignment> Assignments)> Stories()
    {
        var corpus = Environment.GetEnvironmentVariable("INTERLOCK_CORPUS");
        var file = Path.Combine(corpus ?? "", "story-plan", "akmauri__Setup_environment", "plan", "EXPECT.json");
        Assert.SkipUnless(corpus is not null && File.Exists(file), "INTERLOCK_CORPUS names no corpus");

        using var document = JsonDocument.Parse(File.ReadAllText(file));
        var stories = document.RootElement.GetProperty("tasks").EnumerateArray()
            .GroupBy(task => task.GetProperty("story").GetString(), task => new AssignableTask(
                TaskId.Parse(task.GetProperty("id").GetString()!),
                task.GetProperty("title").GetString()!,
                task.GetProperty("group").GetString(),
                Enum.Parse<Complexity>(task.GetProperty("complexity").GetString()!, ignoreCase: true),
                [], null, null))
            .Select(story => story.OrderBy(task => task.Id).ToList()).ToList();
        Assert.Equal(8, stories.Count);
        return stories.Select(tasks => (tasks, Assigner.Assign(tasks, Roster.Default)));
    }

    [GeneratedRegex(@"\bendpoints?\b", RegexOptions.IgnoreCase)]
    private static partial Regex Endpoint();

    [GeneratedRegex(@"\b(tests?|validate|verify|validation|verification|error handling)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Quality();

    [GeneratedRegex(@"\b(oauth|tokens?)\b", RegexOptions.IgnoreCase)]
    private static partial Regex OAuth();
}
