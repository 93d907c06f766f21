using System.Globalization;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Merging;
using Interlock.Engine.Verification;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Running;

/// <summary>
/// Brings submitted work to the branch, one candidate at a time: build the exact combination, verify that tree,
/// store the intent, move the branch by compare-and-swap, record it. The branch is the only truth about what landed.
/// </summary>
internal sealed class MergeQueue(Workspace workspace, Repository repository, IVerifier verifier, Action<RunNews> tell)
{
    private const int MostRebuilds = 5;
    private const int MostSwaps = 50;

    /// <summary>Finishes what a crash left between intent and record. Runs before anything else lands.</summary>
    public async Task RecoverAsync(CancellationToken cancellation)
    {
        foreach (var landing in workspace.Store.Read(reader => reader.OpenLandings()).Where(landing => landing.State == LandingState.Merging))
        {
            await SettleAsync(landing, cancellation);
        }
    }

    /// <summary>Takes the oldest submitted work to its end. False when there was none.</summary>
    public async Task<bool> LandNextAsync(CancellationToken cancellation)
    {
        var next = workspace.Store.Read(reader => reader.OpenLandings()
            .Where(landing => landing.State == LandingState.Submitted)
            .OrderBy(landing => reader.FindTask(landing.Task)?.Priority ?? int.MaxValue)
            .ThenBy(landing => landing.Fence)
            .FirstOrDefault());
        if (next is null)
        {
            return false;
        }

        for (var round = 1; round <= MostRebuilds; round++)
        {
            if (await TryLandAsync(next, cancellation))
            {
                return true;
            }
        }

        Return(next, $"the branch moved {MostRebuilds} times while this was verified", null);
        return true;
    }

    // False when the branch moved meanwhile and the candidate has to be built anew.
    private async Task<bool> TryLandAsync(Landing landing, CancellationToken cancellation)
    {
        var task = workspace.Store.Read(reader => reader.FindTask(landing.Task))!;
        var tip = await repository.ResolveAsync(landing.Target, cancellation) ?? throw new InvalidOperationException($"{landing.Target} has disappeared");
        var candidate = await CandidateBuilder.BuildAsync(
            repository, tip, landing.Base, landing.Commit, Commits.Message(landing.Agent, task, landing.Fence),
            landing.Agent.Value, Commits.EmailOf(landing.Agent), [new FileEdit(workspace.Config.Config.Plan, bytes => PlanMarks.Tick(bytes, landing.Task))], cancellation);
        switch (candidate)
        {
            case Candidate.Conflicted conflict:
                Return(landing, $"it conflicts with work that landed meanwhile in {string.Join(", ", conflict.Paths)}", WriteLog(landing, conflict.Text));
                return true;
            case Candidate.Broken broken:
                Return(landing, $"the combination with landed work is not what it should be: {broken.Reason}", null);
                return true;
        }

        var clean = (Candidate.Clean)candidate;
        if (await verifier.VerifyAsync(LabelOf(landing), clean.Commit, CheckStage.Land, cancellation) is { Passed: false } red)
        {
            Return(landing, red.Reason!, red.Log);
            return true;
        }

        if (!workspace.Protocol.TryBeginLanding(landing.Fence, tip, clean.Commit))
        {
            return true;
        }

        Failpoint.Hit(Failpoint.AfterIntent);
        await SwapAsync(landing, clean.Commit, tip, cancellation);
        Failpoint.Hit(Failpoint.AfterSwap);

        // Whether or not the swap reports success: a helper may have landed this very intent.
        return await SettleAsync(landing with { IntentOld = tip, IntentNew = clean.Commit }, cancellation);
    }

    private async Task<bool> SettleAsync(Landing landing, CancellationToken cancellation)
    {
        for (var turn = 1; ; turn++)
        {
            var tip = await repository.ResolveAsync(landing.Target, cancellation);
            var landed = tip is not null && await repository.IsAncestorAsync(landing.IntentNew!, tip, cancellation);
            switch (IntentRule.Decide(landed, tip == landing.IntentOld))
            {
                case IntentAction.Record:
                    workspace.Protocol.RecordLanded(landing.Fence);
                    Failpoint.Hit(Failpoint.AfterRecord);
                    tell(new RunNews(workspace.Protocol.Clock.Now, "landed", landing.Task, landing.Agent, Protocol.TaskProtocol.Short(landing.IntentNew!)));
                    await CleanUpAsync(landing, cancellation);
                    return true;
                case IntentAction.Redo when turn > MostSwaps:
                    throw new InvalidOperationException($"{landing.Target} could not be moved in {MostSwaps} tries; is a lock file of git left beside it?");
                case IntentAction.Redo:
                    await SwapAsync(landing, landing.IntentNew!, landing.IntentOld!, cancellation);
                    break;
                default:
                    workspace.Protocol.WithdrawIntent(landing.Fence, "the branch moved before this landed");
                    return false;
            }
        }
    }

    // Another git process may hold the ref's lock for a moment: that says nothing about what landed, so the branch is asked.
    private async Task SwapAsync(Landing landing, string @new, string old, CancellationToken cancellation)
    {
        try
        {
            await repository.CompareAndSwapAsync(landing.Target, @new, old, $"interlock: land {landing.Task}", cancellation);
        }
        catch (GitException)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), workspace.Protocol.Clock.Time, cancellation);
        }
    }

    private void Return(Landing landing, string reason, string? log)
    {
        var reply = workspace.Protocol.Return(landing.Fence, reason, log);
        var kind = reply.Task?.State == TaskState.Dead ? "dead" : "returned";
        tell(new RunNews(workspace.Protocol.Clock.Now, kind, landing.Task, landing.Agent, reason));
    }

    private async Task CleanUpAsync(Landing landing, CancellationToken cancellation)
    {
        await repository.Git.TryRunAsync(["update-ref", "-d", $"refs/heads/{Commits.BranchOf(landing.Task, landing.Fence)}", landing.Commit], cancellation);
        await repository.Git.TryRunAsync(["update-ref", "-d", Verifier.RefOf(LabelOf(landing))], cancellation);
    }

    private static string LabelOf(Landing landing) => string.Create(CultureInfo.InvariantCulture, $"{landing.Task}-{landing.Fence}");

    private string WriteLog(Landing landing, string text)
    {
        var path = Path.Combine(workspace.StateDir, "logs", string.Create(CultureInfo.InvariantCulture, $"{landing.Task}-{landing.Fence}-conflict.log"));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
