using System.Globalization;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Engine.Importers;
using Interlock.Engine.Protocol;
using Interlock.Engine.Verification;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Running;

/// <summary>
/// Decides whether a window's work in its checkout is done: from its commits since the claim, the files they
/// touch and the configured checks on exactly that commit, never from the agent's word.
/// </summary>
public sealed class ManualCompletion(Workspace workspace, Repository repository, IReadOnlyList<Check> checks)
{
    /// <param name="revision">Where the work ends; HEAD of the checkout the caller is in unless given.</param>
    public async Task<Reply> CompleteAsync(TaskId task, LeaseToken token, string? revision, string? request, CancellationToken cancellation)
    {
        if (workspace.Protocol.EarlierCompletion(token, request) is { } earlier)
        {
            return earlier;
        }

        var current = workspace.Protocol.Check(task, token);
        if (current.Lease is not { } lease)
        {
            return current;
        }

        var head = await workspace.ResolveAsync(repository, revision ?? "HEAD", cancellation);
        if (head is null)
        {
            return Refuse(RefusalCodes.NoCommit, revision is null ? "the repository has no commit yet" : $"'{revision}' is not a commit", "Commit the work first");
        }

        var commits = await CommitsOfAsync(task, lease, head, cancellation);
        if (commits.Count == 0)
        {
            return Refuse(
                RefusalCodes.NoCommit,
                $"no commit since the claim has [{task}] in its subject",
                $"Commit it: git commit -m \"[{lease.Agent}] [{task}] …\"; for work without code: interlock complete {task} --no-code --reason …");
        }

        if (await OutOfScopeAsync(task, token, lease, head, commits, cancellation) is { } refusal)
        {
            return Reply.Refused(refusal);
        }

        var pool = new Recovery(workspace).Worktrees(repository);
        var label = string.Create(CultureInfo.InvariantCulture, $"{task}-{lease.Fence}");
        var verifier = new Verifier(workspace, repository, pool, [.. checks.Select(check => check with { At = CheckTime.Both })]);
        if (await verifier.VerifyAsync(label, head, CheckStage.Land, cancellation) is { Passed: false } red)
        {
            return Refuse(RefusalCodes.ChecksFailed, red.Reason!, $"Repair it, commit and complete again; the log is {red.Log}");
        }

        var verified = checks.Count == 0 ? "no checks are configured" : $"{Counted.Of(checks.Count, "check")} passed on {TaskProtocol.Short(head)}";
        return workspace.Protocol.Complete(task, token, "landed", commits[0], $"{TaskProtocol.Short(commits[0])}; {verified}", request);
    }

    // Newest first.
    private async Task<List<string>> CommitsOfAsync(TaskId task, Lease lease, string head, CancellationToken cancellation)
    {
        var range = lease.BaseCommit is { } from ? $"{from}..{head}" : head;
        var text = await repository.Git.RunAsync(["log", "--format=%H %s", "--max-count=1000", "--end-of-options", range, "--"], cancellation);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line.Contains($"[{task}]", StringComparison.Ordinal))
            .Select(line => line[..line.IndexOf(' ', StringComparison.Ordinal)])];
    }

    private async Task<Refusal?> OutOfScopeAsync(TaskId task, LeaseToken token, Lease lease, string head, List<string> commits, CancellationToken cancellation)
    {
        var changed = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var commit in commits)
        {
            var parent = await repository.ResolveAsync($"{commit}^", cancellation) ?? await EmptyTreeAsync(cancellation);
            changed.UnionWith(await repository.ChangedPathsAsync(parent, commit, cancellation));
        }

        var guarded = ProtectedPaths.NeedingApproval(changed);
        if ((ProtectedPaths.FirstKeptIn(changed, PlanTicks.Files(workspace)) ?? (guarded.Count > 0 ? guarded[0] : null)) is { } path)
        {
            return new Refusal(RefusalCodes.OutOfScope, $"the commit changes {path}, which task work must not touch", "Take it out of the commit; the plan and status files are kept by interlock");
        }

        if (await UnfitAsync(lease, head, changed, cancellation) is { } reason)
        {
            return new Refusal(RefusalCodes.OutOfScope, $"this must not land: {reason}", "Take it out, commit and complete again; a secret that was committed should be revoked");
        }

        var leased = FileSet.Parse(lease.Files);
        var beyond = changed.Where(GitName.IsText).Where(file => leased.IsUnknown || !leased.Covers(file)).ToList();
        return beyond.Count == 0 ? null : workspace.Protocol.Extend(task, token, beyond, isDone: true).Refusal;
    }

    // As the files are in the end: what a later commit took out again is not held against the task.
    private async Task<string?> UnfitAsync(Lease lease, string head, SortedSet<string> changed, CancellationToken cancellation)
    {
        var all = await TreeChange.ReadAsync(repository, lease.BaseCommit ?? await EmptyTreeAsync(cancellation), head, cancellation);
        return await ContentGate.FindAsync(repository, [.. all.Where(change => changed.Contains(change.Path))], cancellation);
    }

    private Task<string> EmptyTreeAsync(CancellationToken cancellation) => repository.Git.RunAsync(["hash-object", "-t", "tree", "--stdin"], cancellation);

    private static Reply Refuse(string code, string message, string hint) => Reply.Refused(new Refusal(code, message, hint));
}
