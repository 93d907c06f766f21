using Interlock.Domain.Learning;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Importers;

namespace Interlock.Engine.Learning;

/// <summary>What the repository's own past says about the tasks that are still to be done.</summary>
/// <param name="Commits">Commits the files rest on.</param>
public sealed record Learned(Pace Pace, FileForecast Files, int Commits)
{
    public static async Task<Learned> ReadAsync(Workspace workspace, CancellationToken cancellation)
    {
        var commits = workspace.Repository is { } repository
            ? await new CommitHistory(repository).ReadAsync(cancellation)
            : new Dictionary<string, IReadOnlyList<string>>();
        var ticked = PlanTicks.Files(workspace).ToHashSet();
        return workspace.Store.Read(reader => new Learned(
            Pace.Read(reader, workspace.Config.Config),
            new FileForecast(PastRuns.Files(reader.Tasks(), commits, ticked), commits.Values.Select(paths => (IReadOnlyList<string>)[.. paths.Where(path => !ticked.Contains(path))])),
            commits.Count));
    }

    /// <summary>Files the task will probably change beyond its plan. Nothing leases them.</summary>
    public IReadOnlyList<LikelyFile> LikelyFilesOf(WorkTask task, Limits limits) => Files.For(task.Id, task.Module, task.Files, limits.Hot);
}
