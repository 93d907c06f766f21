using System.Text;
using Interlock.Domain.Plans;

namespace Interlock.Tests.Plans;

/// <summary>Reads plans out of literals.</summary>
internal static class StoryPlanText
{
    public static Plan Parse(string text)
    {
        var plan = Read(Encoding.UTF8.GetBytes(text), "plan/PLAN.md");
        AssertCounts(plan);
        return plan;
    }

    public static Plan Read(byte[] utf8, string path) => new StoryPlan().Parse(Input(utf8, path), new PlanReading());

    public static PlanInput Input(byte[] utf8, string path) => new([new PlanFile(path, utf8)], path);

    public static byte[]? Tick(byte[] utf8, TaskId task) => Tick(utf8, task, out _);

    public static byte[]? Tick(byte[] utf8, TaskId task, out TickOutcome outcome) =>
        new StoryPlan().Tick(Input(utf8, "p"), task, out outcome)?.Content.ToArray();

    /// <summary>A plan of one story, 2.5, around the lines.</summary>
    public static Plan Story(string lines) => Parse("### Story 2.5: Token store\n" + lines);

    public static PlanTask OnlyTask(string line) => Assert.Single(Story(line).Tasks);

    public static PlanProblem Problem(this Plan plan, string code) => Assert.Single(plan.Problems, problem => problem.Code == code);

    public static string[] Ids(this Plan plan) => [.. plan.Tasks.Select(task => task.Id.Value)];

    public static PlanTask Task(this Plan plan, string id) => plan.Tasks.Single(task => task.Id.Value == id);

    public static void AssertCounts(Plan plan)
    {
        Assert.Equal(plan.Counts.Checkboxes, plan.Counts.Tasks + plan.Counts.Criteria + plan.Counts.Excluded);
        Assert.Equal(plan.Tasks.Count, plan.Counts.Tasks);
        Assert.All(plan.Problems, problem => Assert.False(string.IsNullOrWhiteSpace(problem.Message) || string.IsNullOrWhiteSpace(problem.Hint)));
    }
}
