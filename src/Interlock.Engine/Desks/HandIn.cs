using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Engine.Protocol;
using Interlock.Engine.Running;

namespace Interlock.Engine.Desks;

/// <summary>How a claimed task is handed in, by whoever holds its token.</summary>
public sealed class HandIn(Workspace workspace)
{
    /// <summary>
    /// Hands in committed work. A window's is verified at once; of an attempt in a run the word is only noted, because the run
    /// seals and verifies the worktree itself when the agent ends.
    /// </summary>
    /// <param name="revision">Where the work ends; HEAD unless given.</param>
    public async Task<Reply> CommittedAsync(TaskId task, LeaseToken token, string? revision, string? request, CancellationToken cancellation)
    {
        if (workspace.Protocol.Check(task, token).Lease is { Worktree: not null })
        {
            return workspace.Protocol.NoteHandedIn(task, token);
        }

        if (workspace.Repository is not { } repository)
        {
            return Reply.Refused(new Refusal(
                RefusalCodes.NoCommit, "there is no git repository to look for a commit in", $"git init, or: interlock complete {task} --no-code --reason \"…\""));
        }

        var checks = RunSettings.Checks(workspace);
        return await new ManualCompletion(workspace, repository, checks ?? []).CompleteAsync(task, token, revision, request, cancellation);
    }

    /// <summary>Completes work that needed no commit.</summary>
    public Reply WithoutCode(TaskId task, LeaseToken token, string? reason, string? request) => reason is { Length: > 0 }
        ? workspace.Protocol.Complete(task, token, "no-code", null, reason, request)
        : Reply.Refused(new Refusal(RefusalCodes.NoCommit, "work without code needs a reason", $"interlock complete {task} --no-code --reason \"…\""));
}
