using System.Text;
using Interlock.Domain.Plans;
using Interlock.Engine.Importers;

namespace Interlock.Tests.Plans.Formats;

/// <summary>Reads plans of any format out of literals.</summary>
internal static class FormatText
{
    public static Plan Parse(string format, string path, string text, params string[] relax) => Parse(format, path, Encoding.UTF8.GetBytes(text), relax);

    public static Plan Parse(string format, string path, byte[] bytes, params string[] relax)
    {
        var plan = Find(format).Parse(Input(path, bytes), new PlanReading(RelaxedKinds: relax.ToHashSet()));
        StoryPlanText.AssertCounts(plan);
        return plan;
    }

    public static IPlanFormat Find(string name) => PlanFormats.Find(name) ?? throw new InvalidOperationException(name);

    public static PlanInput Input(string path, byte[] bytes) => new([new PlanFile(path, bytes)], path);

    public static PlanInput Input(params (string Path, string Text)[] files) =>
        new([.. files.Select(file => new PlanFile(file.Path, Encoding.UTF8.GetBytes(file.Text)))], "folder");

    public static string[] SourceIds(this Plan plan) => [.. plan.Tasks.Select(task => task.SourceId)];

    /// <summary>The implicit dependencies as <c>T002&lt;T001 sequence</c>, by source id.</summary>
    public static string[] Implied(this Plan plan)
    {
        var sourceId = plan.Tasks.ToDictionary(task => task.Id, task => task.SourceId);
        return [.. plan.Tasks.SelectMany(task => task.Implicit.Select(edge => $"{task.SourceId}<{sourceId[edge.On]} {edge.Kind.Word()}"))];
    }

    public static PlanTask Of(this Plan plan, string sourceId) => plan.Tasks.Single(task => task.SourceId == sourceId);
}
