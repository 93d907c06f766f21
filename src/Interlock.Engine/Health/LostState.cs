using System.Text.Json.Nodes;
using Interlock.Engine.Merging;
using Interlock.Engine.Projections;
using Interlock.Engine.Running;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Health;

/// <summary>
/// What shows that there was a store where none is. Beginning an empty one there would do landed work again, and take the locks
/// of a run that is over for those of a person.
/// </summary>
internal static class LostState
{
    /// <summary>What is there of it, for the end of a sentence; null when nothing is.</summary>
    public static async Task<string?> TraceAsync(Repository repository, string root, CancellationToken cancellation)
    {
        if (await repository.RefsAsync(["refs/interlock/landed", "refs/interlock/salvage"], cancellation) is [_, ..])
        {
            return "work has landed or is kept in this repository";
        }

        if ((await repository.RefsAsync(["refs/heads/agent"], cancellation)).Any(branch => Commits.AttemptOn(branch.Name["refs/heads/".Length..]) is not null))
        {
            return "attempts of a run have branches in this repository";
        }

        if (LockLeftovers.OfRuns(root).Any())
        {
            return $"lock files of a run are in {LockFile.Folder}";
        }

        return await ShowsTasksAsync(repository, root, cancellation) ? $"{StatusFile.Path} shows its tasks" : null;
    }

    // In a clone of a repository that has the file in its commits there was never a store.
    private static async Task<bool> ShowsTasksAsync(Repository repository, string root, CancellationToken cancellation) =>
        ProjectedFiles.ReadIfThere(Path.Combine(root, StatusFile.Path)) is { } bytes
        && StatusDoor.Parse(bytes) is { } status && status["revision"] is JsonValue value && value.TryGetValue(out long revision) && revision > 0
        && await repository.ResolveAsync("HEAD", cancellation) is var head && (head is null || await repository.ReadFileAsync(head, StatusFile.Path, cancellation) is null);
}
