using System.Text;
using Interlock.Domain.Plans;
using Interlock.Engine.Importers;

namespace Interlock.Tests.Importers.Formats;

/// <summary>Plans from texts, by the name of their format.</summary>
internal static class DataPlans
{
    public static readonly string[] Formats = ["task-master", "beads", "ralph", "backlog-md", "bmad"];

    public static IPlanFormat Format(string name) => PlanFormats.Find(name)!;

    public static PlanInput Input(params (string Path, string Text)[] files) =>
        new([.. files.Select(file => new PlanFile(file.Path, Encoding.UTF8.GetBytes(file.Text)))], files.Length == 1 ? files[0].Path : "folder");

    public static Plan Read(string format, params (string Path, string Text)[] files) => Read(format, Input(files));

    public static Plan Read(string format, PlanInput input, PlanReading? reading = null)
    {
        var plan = Format(format).Parse(input, reading ?? new PlanReading());
        AssertLaws(plan);
        return plan;
    }

    public static Plan TaskMaster(string json) => Read("task-master", (".taskmaster/tasks/tasks.json", json));

    /// <summary>What holds of every plan, whatever its files hold.</summary>
    public static void AssertLaws(Plan plan)
    {
        Assert.Equal(plan.Counts.Checkboxes, plan.Counts.Tasks + plan.Counts.Criteria + plan.Counts.Excluded);
        Assert.Equal(plan.Tasks.Count, plan.Counts.Tasks);
        Assert.All(plan.Tasks, task => Assert.True(Identifiers.IsValid(task.Id.Value) && Identifiers.IsValid(task.Story.Value), task.Id.Value));
        Assert.Equal(plan.Tasks.Count, plan.Tasks.Select(task => task.Id.Value.ToLowerInvariant()).Distinct().Count());
        Assert.All(plan.Tasks, task => Assert.Contains(plan.Stories, story => story.Id == task.Story));
        var ids = plan.Tasks.Select(task => task.Id).ToHashSet();
        Assert.All(plan.Tasks, task => Assert.True(task.Dependencies.Concat(task.Implicit.Select(edge => edge.On)).All(ids.Contains)));
        Assert.All(plan.Tasks, task => Assert.NotEmpty(task.Title));
    }

    public static PlanTask Task(this Plan plan, string id) => plan.Tasks.Single(task => task.Id.Value == id);

    public static string[] SourceIds(this Plan plan) => [.. plan.Tasks.Select(task => task.SourceId)];

    public static string[] Codes(this Plan plan) => [.. plan.Problems.Select(problem => problem.Code).Distinct()];

    /// <summary>Each edge as <c>task&lt;-dependency</c>.</summary>
    public static string[] Edges(this Plan plan) => [.. plan.Tasks.SelectMany(task => task.Dependencies.Select(on => $"{task.Id}<-{on}"))];

    public static string[] Implied(this Plan plan) =>
        [.. plan.Tasks.SelectMany(task => task.Implicit.Select(edge => $"{task.Id}<-{edge.On} {edge.Kind.Word()}"))];

    /// <summary>The one file after a tick, as text.</summary>
    public static string Ticked(string format, PlanInput input, string id)
    {
        var changed = Format(format).Tick(input, new TaskId(id), out var outcome);
        Assert.Equal(TickOutcome.Ticked, outcome);
        return Encoding.UTF8.GetString(changed!.Content.Span);
    }
}
