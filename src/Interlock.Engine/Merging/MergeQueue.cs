using System.Globalization;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Platform;
using Interlock.Engine.Protocol;
using Interlock.Engine.Running;
using Interlock.Engine.Verification;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Merging;

/// <param name="MostTogether">Upper bound of the adaptive window.</param>
/// <param name="MaxAge">A change that waited longer goes next and alone.</param>
/// <param name="Rules">How files that many changes touch come together; null when nothing is declared.</param>
internal sealed record QueueSettings(int MostTogether, TimeSpan MaxAge, MergeRules? Rules = null)
{
    public static QueueSettings Default { get; } = new(MergeWindow.DefaultMost, MergeOrder.DefaultMaxAge);

    /// <summary>Whether the next batch may be verified beside the present one; asked each time.</summary>
    public Func<bool> Ahead { get; init; } = () => true;
}

/// <summary>
/// Brings submitted work to its branch in batches: build the exact commits, verify the last one's tree, move the branch to
/// it. A red batch is halved until the culprit is found; what was green on the way lands as it was verified. While a batch
/// is verified, the next one is on top of it, by <see cref="VerifyAhead"/>.
/// </summary>
/// <param name="keep">Keeps the text of a conflict for people and answers where.</param>
internal sealed class MergeQueue(
    TaskProtocol protocol, IBranchGit git, IChains chains, IVerifier verifier, QueueSettings settings, Func<Landing, string, string> keep, Action<RunNews> tell)
    : IAsyncDisposable
{
    private const int MostRebuilds = 5;

    private readonly Lander lander = new(protocol, git, tell);
    private readonly BranchWatch watch = new(protocol, git, tell);
    private readonly RedBranch redBranch = new(protocol, verifier, tell);
    private readonly VerifyAhead ahead = new(verifier, chains, protocol.Clock.Time);
    private TaskCompletionSource noticed = NewSignal();
    private TimeSpan usual;

    public MergeQueue(Workspace workspace, Repository repository, IVerifier verifier, QueueSettings settings, Action<RunNews> tell)
        : this(
            workspace.Protocol, new BranchGit(repository), new ChainBuilder(workspace, repository, settings.Rules ?? MergeRules.None), verifier, settings,
            (landing, text) => WriteLog(Path.Combine(workspace.StateDir, "logs"), landing, text), tell)
    {
    }

    /// <summary>Finishes what a crash left half landed. Runs before anything else.</summary>
    public Task RecoverAsync(CancellationToken cancellation) => lander.RecoverAsync(cancellation);

    /// <summary>Notices what others did to the branch. Not to be called while <see cref="LandNextAsync"/> runs.</summary>
    public Task LookAsync(string target, CancellationToken cancellation) => watch.LookAsync(target, cancellation);

    /// <summary>To be called when work may have been handed in while <see cref="LandNextAsync"/> runs.</summary>
    public void Notice() => Interlocked.Exchange(ref noticed, NewSignal()).TrySetResult();

    /// <summary>Stops what is being verified beforehand. Not to be called while <see cref="LandNextAsync"/> runs.</summary>
    public ValueTask DisposeAsync() => ahead.DisposeAsync();

    /// <summary>Whether there is something to try now; submitted work on a paused or red branch may have to wait.</summary>
    public bool HasWork => Next().Count > 0;

    /// <summary>Takes the next batch as far as it goes. False when there was none.</summary>
    public async Task<bool> LandNextAsync(CancellationToken cancellation)
    {
        var batch = Next();
        for (var round = 1; batch.Count > 0 && round <= MostRebuilds; round++)
        {
            if (await TryLandAsync(batch, cancellation))
            {
                return true;
            }

            // The branch moved, or somebody withdrew a change: what is left is built anew on what is there now.
            await watch.LookAsync(batch[0].Target, cancellation);
            var open = Open();
            batch = IsPaused(batch[0].Target) ? [] : [.. batch.Where(landing => open.ContainsKey(landing.Fence))];
        }

        return batch.Count > 0;
    }

    private bool IsPaused(string target) => protocol.Store.Read(reader => reader.FindBranch(target)) is { Pause: not null };

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Dictionary<long, Landing> Open() => protocol.Store.Read(reader => reader.OpenLandings())
        .Where(landing => landing.State == LandingState.Submitted).ToDictionary(landing => landing.Fence);

    private IReadOnlyList<Landing> Next() => Next(Open());

    // What the queue would take if this batch had landed; nothing while the branch is red, because then each batch decides what may follow.
    private IReadOnlyList<Landing> NextAfter(Chain chain)
    {
        var (target, taken) = (chain.Links[0].Landing.Target, chain.Links.Select(link => link.Landing.Fence).ToHashSet());
        return !settings.Ahead() || redBranch.IsKnown(target, chain.Tip)
            ? []
            : Next(Open().Where(entry => entry.Value.Target == target && !taken.Contains(entry.Key)).ToDictionary());
    }

    private IReadOnlyList<Landing> Next(Dictionary<long, Landing> open)
    {
        if (open.Count == 0)
        {
            return [];
        }

        var (tasks, branches) = protocol.Store.Read(reader => (reader.Tasks().ToDictionary(task => task.Id), reader.Branches().ToDictionary(branch => branch.Ref)));
        var now = protocol.Clock.Now;
        var waiting = open.Values
            .Where(landing => branches.GetValueOrDefault(landing.Target) is not { Pause: not null })
            .Select(landing => Weigh(landing, tasks[landing.Task]))
            .ToList();
        while (MergeOrder.Sort(waiting, now, settings.MaxAge) is [var first, ..])
        {
            var branch = branches.GetValueOrDefault(first.Target);
            var here = waiting.Where(change => change.Target == first.Target).ToList();
            var batch = branch is { RedTip: { } red } && red == branch.Tip
                ? redBranch.Pick(red, MergeOrder.Sort(here, now, settings.MaxAge), settings.MostTogether)
                : MergeOrder.Pick(here, (branch?.Window ?? MergeWindow.Start).Effective(settings.MostTogether), now, settings.MaxAge);
            if (batch.Count > 0)
            {
                return [.. batch.Select(change => open[change.Fence])];
            }

            waiting.RemoveAll(change => change.Target == first.Target);
        }

        return [];
    }

    private static QueuedChange Weigh(Landing landing, WorkTask task) =>
        new(landing.Task, landing.Fence, landing.Target, landing.Kind, task.Priority, task.Module, landing.SubmittedAt);

    // False when the branch moved meanwhile and the batch has to be built anew.
    private async Task<bool> TryLandAsync(IReadOnlyList<Landing> batch, CancellationToken cancellation)
    {
        var target = batch[0].Target;
        var tip = await git.ResolveAsync(target, cancellation);

        // What others did to the branch since it was looked at has to be taken in first: recorded over, a rewrite would never be seen.
        if (tip is null || (protocol.Store.Read(reader => reader.FindBranch(target)) is { } known && known.Tip != tip))
        {
            return false;
        }

        await using var begun = await ahead.TakeAsync(tip, batch[0], Open().Keys.ToHashSet());
        batch = begun is null ? batch : [.. begun.Chain.Links.Select(link => link.Landing)];
        redBranch.Try(tip, batch.Select(landing => landing.Fence));
        var chain = begun?.Chain ?? await chains.BuildAsync(tip, batch, cancellation);
        foreach (var (landing, why) in chain.LeftOut)
        {
            TurnAway(landing, why);
        }

        return chain.Links.Count == 0 || await VerifyAsync(target, chain, begun, cancellation);
    }

    private async Task<bool> VerifyAsync(string target, Chain chain, PendingVerdict? begun, CancellationToken cancellation)
    {
        var window = protocol.Store.Read(reader => reader.FindBranch(target))?.Window ?? MergeWindow.Start;
        var links = chain.Links;
        var verdict = await VerdictAsync(chain, begun, cancellation);
        if (verdict.Passed)
        {
            redBranch.IsGreen(links[^1].Commit);
            return await lander.LandAsync(chain.Tip, links, window.AfterGreen(links.Count, settings.MostTogether), cancellation);
        }

        return redBranch.IsKnown(target, chain.Tip)
            || await FindCulpritAsync(target, chain, verdict, window, cancellation);
    }

    // Red is told only after a second look, and one without a neighbour: checks beside each other may want the same port or file.
    private async Task<Verdict> VerdictAsync(Chain chain, PendingVerdict? begun, CancellationToken cancellation)
    {
        if (begun is not null)
        {
            await AwaitAsync(begun, cancellation);
            if (begun.IsGreen)
            {
                return await begun.Task;
            }
        }

        await using var pending = new PendingVerdict(chain, verifier, protocol.Clock.Time, secondLook: true, cancellation);
        await AwaitAsync(pending, cancellation);
        var verdict = await pending.Task;
        return verdict.Passed || !await ahead.DropAsync() ? verdict : await LookAsync(chain.Links[^1], cancellation);
    }

    private Task<Verdict> LookAsync(ChainLink link, CancellationToken cancellation) =>
        verifier.VerifyAsync(link.Label, link.Commit, CheckStage.Land, cancellation, secondLook: false);

    private async Task AwaitAsync(PendingVerdict pending, CancellationToken cancellation)
    {
        while (!pending.Task.IsCompleted)
        {
            var news = Volatile.Read(ref noticed).Task;
            await ahead.BeginAsync(pending.Chain, NextAfter(pending.Chain), pending.Elapsed > usual ? pending.Elapsed : usual, pending.Task, cancellation);
            Failpoint.Hit(Failpoint.WhileVerifying);
            await Task.WhenAny(pending.Task, news);
        }

        usual = pending.IsGreen && pending.Task.Result.FromCache ? usual : pending.Elapsed;
    }

    private async Task<bool> FindCulpritAsync(string target, Chain chain, Verdict verdict, MergeWindow window, CancellationToken cancellation)
    {
        var search = CulpritSearch.Of(chain.Links.Count);
        var tip = chain.Tip;
        var blame = verdict;
        while (!search.IsFound)
        {
            var probe = search.Probe;
            var link = chain.Links[probe - 1];
            var seen = await LookAsync(link, cancellation);
            if (!seen.Passed)
            {
                search = search.AfterRed(probe);
                blame = seen;
                continue;
            }

            redBranch.IsGreen(link.Commit);
            if (!await lander.LandAsync(tip, [.. chain.Links.Take(probe).Skip(search.Green)], null, cancellation))
            {
                return false;
            }

            tip = link.Commit;
            blame = probe == search.Red ? verdict : blame;
            search = search.AfterGreen(probe);
        }

        var culprit = chain.Links[search.Red - 1];
        if (search.Green == 0 && await redBranch.TestAsync(target, chain, culprit.Task.Story, cancellation))
        {
            return true;
        }

        Return(culprit.Landing, blame, window.AfterRed(search.Green));
        return true;
    }

    private void Return(Landing landing, Verdict verdict, MergeWindow window)
    {
        var reason = verdict.Reason ?? "the checks failed";
        Told(landing, protocol.Return(landing.Fence, reason, verdict.Log, window), reason);
    }

    private void TurnAway(Landing landing, Candidate why)
    {
        switch (why)
        {
            case Candidate.Conflicted conflict:
                var reason = $"it conflicts with work that landed meanwhile in {string.Join(", ", conflict.Paths)}";
                Told(landing, protocol.ReturnConflict(landing.Fence, landing.Agent, reason, keep(landing, conflict.Text)), reason);
                break;
            case Candidate.Broken broken:
                var fault = $"the combination with landed work is not what it should be: {broken.Reason}";
                Told(landing, protocol.Return(landing.Fence, fault, null), fault);
                break;
        }
    }

    private void Told(Landing landing, Reply reply, string reason)
    {
        var kind = reply.Task?.State == TaskState.Dead ? "dead" : "returned";
        tell(new RunNews(protocol.Clock.Now, kind, landing.Task, landing.Agent, reason));
    }

    private static string WriteLog(string logs, Landing landing, string text)
    {
        var path = Path.Combine(logs, string.Create(CultureInfo.InvariantCulture, $"{landing.Task}-{landing.Fence}-conflict.log"));
        PrivateFolder.Create(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
