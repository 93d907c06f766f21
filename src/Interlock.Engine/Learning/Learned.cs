using Interlock.Domain.Leasing;
using Interlock.Domain.Learning;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Configuration;
using Interlock.Engine.Importers;

namespace Interlock.Engine.Learning;

/// <summary>What the repository's own past says about the tasks that are still to be done.</summary>
/// <param name="Landed">Tasks the durations rest on.</param>
/// <param name="Commits">Commits the files rest on.</param>
/// <param name="Landing">How long the checks take until a change is on the branch; null when none of them has ever been green.</param>
public sealed record Learned(DurationModel Durations, FileForecast Files, int Landed, int Commits, TimeSpan? Landing)
{
    public static async Task<Learned> ReadAsync(Workspace workspace, CancellationToken cancellation)
    {
        var commits = workspace.Repository is { } repository
            ? await new CommitHistory(repository).ReadAsync(cancellation)
            : new Dictionary<string, IReadOnlyList<string>>();
        var ticked = PlanTicks.Files(workspace).ToHashSet();
        return workspace.Store.Read(reader =>
        {
            var times = PastRuns.Times(reader);
            var checks = (workspace.Config.Config.Checks?.Entries ?? []).Where(check => check.At != CheckTimes.Submit).Select(check => PastRuns.CheckTime(reader, check.Name)).ToList();
            return new Learned(
                DurationModel.Learn(times),
                new FileForecast(PastRuns.Files(reader.Tasks(), commits, ticked), commits.Values.Select(paths => (IReadOnlyList<string>)[.. paths.Where(path => !ticked.Contains(path))])),
                times.Count,
                commits.Count,
                checks.Count == 0 ? TimeSpan.Zero : checks.Any(time => time is not null) ? checks.Aggregate(TimeSpan.Zero, (sum, time) => sum + (time ?? TimeSpan.Zero)) : (TimeSpan?)null);
        });
    }

    public DurationEstimate EstimateOf(WorkTask task) => Durations.Estimate(task.AgentType, task.Complexity, task.Module);

    /// <summary>Files the task will probably change beyond its plan. Nothing leases them.</summary>
    public IReadOnlyList<LikelyFile> LikelyFilesOf(WorkTask task, Limits limits) => Files.For(task.Id, task.Module, task.Files, limits.Hot);
}
