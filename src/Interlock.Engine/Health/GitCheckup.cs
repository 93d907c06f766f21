using System.Globalization;
using Interlock.Domain.Health;
using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Merging;
using Interlock.Engine.Protocol;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Health;

/// <summary>Looks at what git holds: its objects and locks, what landed, the branches and their checkouts, and work that is kept.</summary>
internal sealed class GitCheckup(Workspace workspace, Repository repository)
{
    private const int MostFaults = 5;
    private const string Candidates = "refs/interlock/candidates/";
    private static readonly Version OldestGit = new(2, 38);

    public async Task<IReadOnlyList<Diagnosis>> ExamineAsync(CancellationToken cancellation)
    {
        var found = new List<Diagnosis>();
        found.AddRange(await ObjectsAsync(cancellation));
        found.AddRange(GitLocks.Examine(repository, workspace.Protocol.Clock.Now));
        found.AddRange(await LandedAsync(cancellation));
        found.AddRange(await BranchesAsync(cancellation));
        found.AddRange(Moves());
        found.AddRange(await CandidatesAsync(cancellation));
        found.AddRange(await KeptAsync(cancellation));
        return found;
    }

    /// <summary>As git names itself, such as <c>2.39.5</c>.</summary>
    public async Task<string> VersionAsync(CancellationToken cancellation) =>
        (await repository.Git.RunAsync(["version"], cancellation)).Replace("git version ", "", StringComparison.Ordinal).Split(' ')[0];

    private async Task<IEnumerable<Diagnosis>> ObjectsAsync(CancellationToken cancellation)
    {
        var found = new List<Diagnosis>();
        var version = await VersionAsync(cancellation);
        if (Version.TryParse(string.Join('.', version.Split('.').TakeWhile(part => part.All(char.IsAsciiDigit)).Take(3)), out var number) && number < OldestGit)
        {
            found.Add(new Diagnosis(FindingKinds.GitOld.At($"git is {version}")));
        }

        var result = await repository.Git.TryRunAsync(["fsck", "--connectivity-only", "--no-dangling", "--no-progress"], cancellation);
        if (result.ExitCode != 0)
        {
            var lines = (result.Text + result.Error).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            found.AddRange(lines.Take(MostFaults).Select(line => new Diagnosis(FindingKinds.GitBroken.At(line))));
        }

        return found;
    }

    private async Task<IEnumerable<Diagnosis>> LandedAsync(CancellationToken cancellation)
    {
        var commits = await new LandedWork(repository).ReadAsync(cancellation);
        var here = commits.Where(commit => commit.Branch.StartsWith("refs/heads/", StringComparison.Ordinal)).ToList();
        var (tasks, open) = workspace.Store.Read(reader => (reader.Tasks(), reader.OpenLandings().Select(landing => landing.Fence).ToHashSet()));
        var found = new List<Diagnosis>();
        foreach (var task in tasks.Where(task => task is { State: TaskState.Merged, CompletedHow: "landed", Commit: not null }))
        {
            if (commits.All(commit => commit.Commit != task.Commit) && !await IsOnABranchAsync(task.Commit!, cancellation))
            {
                found.Add(new Diagnosis(FindingKinds.LandedMissing.At($"task {task.Id} is completed with {TaskProtocol.Short(task.Commit!)}, which is on no branch"), token => UprootAsync(task, token)));
            }
        }

        found.AddRange(here.GroupBy(commit => (commit.Task, commit.Fence, commit.Branch)).Where(group => group.Count() > 1)
            .Select(group => new Diagnosis(FindingKinds.LandedTwice.At($"task {group.Key.Task} is on {group.Key.Branch} as {string.Join(" and as ", group.Select(commit => TaskProtocol.Short(commit.Commit)))}"))));
        var states = tasks.ToDictionary(task => task.Id.Value);
        found.AddRange(LandedWork.Standing(here).Values
            .Where(commit => states.GetValueOrDefault(commit.Task) is { } task && task.State is not (TaskState.Merged or TaskState.Cancelled or TaskState.Merging) && !open.Contains(commit.Fence))
            .Select(Unrecorded));
        return found;
    }

    // Its commit may be all there is of the work: kept like that of an attempt, before the task may be done anew.
    private async Task<string?> UprootAsync(WorkTask task, CancellationToken cancellation)
    {
        var commit = task.Commit!;
        var isThere = await repository.ResolveAsync(commit, cancellation) is not null;
        if (isThere)
        {
            await new Salvager(repository).AddAsync(task.Id.Value, LastFenceOf(task), commit, cancellation);
        }

        return workspace.Protocol.Uproot(task.Id, commit)
            ? $"task {task.Id} waits for a person; {(isThere ? $"its commit is kept: interlock salvage show {task.Id}" : "its commit is not in the repository any more")}"
            : null;
    }

    private long LastFenceOf(WorkTask task) =>
        workspace.Store.Read(reader => reader.Leases()).Where(lease => lease.Task == task.Id).Select(lease => lease.Fence).DefaultIfEmpty(0).Max();

    private Diagnosis Unrecorded(LandedCommit commit) => new(
        FindingKinds.LandedUnrecorded.At($"the commit {TaskProtocol.Short(commit.Commit)} of task {commit.Task} is on {commit.Branch}, and the task is not completed"),
        async token => workspace.Protocol.AdoptLanded(new TaskId(commit.Task), commit.Commit, commit.Branch, await AdvanceOfAsync(commit.Branch, token)) ? $"task {commit.Task} is completed with it" : null);

    // From where the branch was last seen to where it is now; null when it has lost something since.
    private async Task<(string From, string To)?> AdvanceOfAsync(string branch, CancellationToken cancellation) =>
        workspace.Store.Read(reader => reader.FindBranch(branch)) is { } known && await repository.ResolveAsync(branch, cancellation) is { } tip
        && await repository.ResolveAsync(known.Tip, cancellation) is not null && await repository.IsAncestorAsync(known.Tip, tip, cancellation) ? (known.Tip, tip) : null;

    private async Task<bool> IsOnABranchAsync(string commit, CancellationToken cancellation)
    {
        if (await repository.ResolveAsync(commit, cancellation) is null)
        {
            return false;
        }

        return await repository.RefsWithAsync(commit, ["refs/heads", "refs/interlock/landed", "refs/remotes"], cancellation) is [_, ..]
            || await repository.IsInHeadAsync(commit, cancellation);
    }

    private async Task<IEnumerable<Diagnosis>> BranchesAsync(CancellationToken cancellation)
    {
        var found = new List<Diagnosis>();
        var (branches, intents) = workspace.Store.Read(reader => (reader.Branches(), reader.OpenLandings().Count(landing => landing.State == LandingState.Merging)));
        foreach (var branch in branches)
        {
            if (branch.Pause is { } pause)
            {
                found.Add(new Diagnosis(FindingKinds.QueuePaused.At($"{branch.Ref}: {pause.Reason}")));
            }
            else if (await KindOfChangeAsync(branch, cancellation) is { } kind)
            {
                found.Add(new Diagnosis(kind.At($"{branch.Ref} was last seen at {TaskProtocol.Short(branch.Tip)}"), token => LookAsync(branch.Ref, token)));
            }
        }

        if (intents > 0 && !RunLock.IsHeld(workspace.StateDir))
        {
            found.Add(new Diagnosis(FindingKinds.IntentOpen.At(string.Create(CultureInfo.InvariantCulture, $"{Counted.Of(intents, "landing was", "landings were")} begun and not recorded")), SettleAsync));
        }

        return found;
    }

    private async Task<FindingKind?> KindOfChangeAsync(BranchState branch, CancellationToken cancellation)
    {
        var tip = await repository.ResolveAsync(branch.Ref, cancellation);
        var there = await repository.ResolveAsync(branch.Tip, cancellation) is not null;
        if (tip is null)
        {
            return there && await repository.IsInHeadAsync(branch.Tip, cancellation) ? null : FindingKinds.BranchMissing;
        }

        return BranchRule.Decide(branch.Tip, tip, there && await repository.IsAncestorAsync(branch.Tip, tip, cancellation)) == BranchChange.Forced ? FindingKinds.BranchForced : null;
    }

    private async Task<string?> LookAsync(string target, CancellationToken cancellation)
    {
        using var gate = RunLock.TryTake(workspace.StateDir);
        if (gate is null)
        {
            return null;
        }

        var said = new List<string>();
        await new BranchWatch(workspace.Protocol, new BranchGit(repository), news => said.Add(news.Text)).LookAsync(target, cancellation);
        return said.Count == 0 ? null : string.Join("; ", said);
    }

    private async Task<string?> SettleAsync(CancellationToken cancellation)
    {
        using var gate = RunLock.TryTake(workspace.StateDir);
        if (gate is null)
        {
            return null;
        }

        await new Lander(workspace.Protocol, new BranchGit(repository), _ => { }).RecoverAsync(cancellation);
        return "each is recorded as landed, or back in the queue";
    }

    private IEnumerable<Diagnosis> Moves() => RunLock.IsHeld(workspace.StateDir) ? [] : new CheckoutMove(repository).Left().Select(path => new Diagnosis(
        FindingKinds.MoveOpen.At(path), token => HealAsync(path, token)));

    private async Task<string?> HealAsync(string path, CancellationToken cancellation)
    {
        using var gate = RunLock.TryTake(workspace.StateDir);
        if (gate is null)
        {
            return null;
        }

        var move = new CheckoutMove(repository);
        await move.HealAsync(cancellation);
        return move.Left().Contains(path) ? null : "git may commit there again";
    }

    private async Task<IEnumerable<Diagnosis>> CandidatesAsync(CancellationToken cancellation)
    {
        if (RunLock.IsHeld(workspace.StateDir))
        {
            return [];
        }

        return (await repository.RefsAsync([Candidates], cancellation)).Select(candidate => new Diagnosis(FindingKinds.CandidateLeft.At(candidate.Name), async token =>
            await repository.TryDeleteAsync(candidate.Name, candidate.Oid, token) is null ? "deleted" : null));
    }

    private async Task<IEnumerable<Diagnosis>> KeptAsync(CancellationToken cancellation)
    {
        var found = new List<Diagnosis>();
        foreach (var task in workspace.Store.Read(reader => reader.Tasks()).Where(task => task is { IsFinished: false, PriorCommit: not null }))
        {
            if (await repository.ResolveAsync(task.PriorCommit!, cancellation) is null)
            {
                var what = $"the earlier work {TaskProtocol.Short(task.PriorCommit!)} of task {task.Id} is not in the repository any more";
                found.Add(new Diagnosis(FindingKinds.WorkLost.At(what), _ => Task.FromResult<string?>(workspace.Protocol.ForgetPriorWork(task.Id, task.PriorCommit!, what) ? "the task starts anew" : null)));
            }
        }

        var kept = await new Salvages(workspace, repository).OpenTasksAsync(cancellation);
        return kept.Count == 0 ? found : found.Append(new Diagnosis(FindingKinds.WorkKept.At($"of {string.Join(", ", kept)}")));
    }
}
