using System.Globalization;
using Interlock.Benchmarks;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using static Interlock.Tests.Merging.Campaign.SerialOracle;

namespace Interlock.Tests.Merging.Campaign;

/// <summary>Follows the branch by its log and holds it against the store, the checks and the changes that were handed in.</summary>
internal sealed class BranchOracle(QueueGround ground, ScriptedChecks checks, Counts counts)
{
    private readonly SerialOracle serial = new(ground.Objects, counts);
    private readonly HashSet<string> known = [ground.Start];
    private readonly HashSet<long> settled = [];
    private readonly HashSet<long> uprooted = [];
    private List<string> since = [ground.Start];
    private int read = 1;

    /// <summary>To be called before people move the branch: what they put there is theirs.</summary>
    public void MovedByPeople(string? to)
    {
        CheckMoves();
        var after = FencesOn(to).ToHashSet();
        uprooted.UnionWith(FencesOn(ground.Tip).Where(fence => !after.Contains(fence)));
        if (to is null)
        {
            read = 0;
            return;
        }

        known.UnionWith(ground.Objects.FirstParents(to));
    }

    /// <summary>Each place the queue moved the branch to was verified as it is, is green, and is one change after the other.</summary>
    public void CheckMoves()
    {
        var log = Path.Combine(ground.GitDir, "logs", QueueGround.Target);
        var lines = File.Exists(log) ? File.ReadAllLines(log) : [];
        foreach (var line in lines.Skip(read))
        {
            var (old, tip, why) = (line[..40], line[41..81], line.Split('\t', 2)[^1]);
            since.Add(tip);
            if (why.StartsWith("interlock: land", StringComparison.Ordinal))
            {
                CheckMove(old, tip);
                known.Add(tip);
            }

            Require(known.Contains(tip), $"the branch was moved to {tip}, which nobody put there: {why}");
        }

        read = lines.Length;
    }

    /// <summary>What was sent back since the last call was sent back for a true reason.</summary>
    public void CheckReturns()
    {
        CheckMoves();
        foreach (var landing in Landings().Where(landing => landing.State == LandingState.Returned && settled.Add(landing.Fence)))
        {
            Require(landing.Reason is { Length: > 0 }, $"{landing.Task} was sent back without a reason");
            if (landing.Reason!.StartsWith("check ", StringComparison.Ordinal))
            {
                CheckBlame(landing);
            }
            else if (landing.Reason.StartsWith("it conflicts", StringComparison.Ordinal))
            {
                counts.Add("returned: conflict");
                CheckConflict(landing);
            }
            else
            {
                counts.Add(landing.Reason.StartsWith("the combination", StringComparison.Ordinal) ? "returned: doubtful merge" : "withdrawn");
            }
        }

        since = ground.Tip is { } tip ? [tip] : [];
    }

    /// <summary>Nothing is half done: the store says of each change what the branch shows.</summary>
    public void CheckAgreement()
    {
        var tip = ground.Tip;
        var (branch, tasks) = ground.Workspace.Store.Read(reader => (reader.FindBranch(QueueGround.Target), reader.Tasks()));
        Require(branch is null || branch.Tip == tip, $"the store has the branch at {branch?.Tip}, it is at {tip}");
        var fences = FencesOn(tip).ToList();
        Require(fences.Count == fences.Distinct().Count(), $"a change is on the branch twice: {Describe(tip)}");
        var on = fences.ToHashSet();
        var undone = Landings().Where(landing => landing is { State: LandingState.Landed, Undoes: not null }).CountBy(landing => landing.Undoes!.Value.Value).ToDictionary();
        foreach (var landing in Landings())
        {
            Require(landing.State != LandingState.Merging, $"{landing.Task} is half landed");
            Require(landing.State == LandingState.Landed || !on.Contains(landing.Fence) || uprooted.Contains(landing.Fence), $"{landing.Task} is on the branch, and the store has it as {landing.State}");
            Require(landing.State != LandingState.Landed || on.Contains(landing.Fence) || uprooted.Contains(landing.Fence), $"{landing.Task} landed and is not on the branch");
        }

        foreach (var (task, count) in fences.Where(fence => !uprooted.Contains(fence)).CountBy(fence => Landing(fence)!.Task.Value))
        {
            Require(count <= 1 + undone.GetValueOrDefault(task), $"{task} landed {count} times");
        }

        var path = ground.Objects.FirstParents(tip).ToHashSet();
        foreach (var task in tasks.Where(task => task is { State: TaskState.Merged, CompletedHow: "landed" }))
        {
            Require(path.Contains(task.Commit!), $"{task.Id} is completed with {task.Commit}, which is not on the branch: {Describe(tip)}");
        }
    }

    public IEnumerable<long> FencesOn(string? tip) => ground.Objects.FirstParents(tip)
        .Select(commit => ground.Objects.Commit(commit).Trailer("Lease-Fence"))
        .OfType<string>()
        .Select(fence => long.Parse(fence, CultureInfo.InvariantCulture));

    public IEnumerable<Landing> Landings() => ground.Workspace.Store.Read(reader =>
        Enumerable.Range(1, 1000).Select(fence => (Landing: reader.FindLanding(fence), Lease: reader.FindLease(fence))).TakeWhile(found => found.Lease is not null).Select(found => found.Landing).OfType<Landing>().ToList());

    /// <summary>The history of the branch and what the store says of each change, for a message.</summary>
    public string Describe(string? tip)
    {
        var commits = ground.Objects.FirstParents(tip).Select(commit => $"{commit[..10]} {(checks.IsGreen(commit) ? "green" : "red")} {ground.Objects.Commit(commit).Message.Replace('\n', ' ')}");
        var open = Landings().Select(landing => $"{landing.Fence} {landing.Task} {landing.State} {landing.Kind} {landing.IntentOld} {landing.IntentNew} {landing.Reason}");
        return $"\n{string.Join('\n', commits)}\n{string.Join('\n', open)}\n{ground.Workspace.Store.Read(reader => reader.FindBranch(QueueGround.Target))}";
    }

    private Landing? Landing(long fence) => ground.Workspace.Store.Read(reader => reader.FindLanding(fence));

    private void CheckMove(string old, string tip)
    {
        Require(checks.Passed.Contains(tip), $"the branch was moved to {tip}, which was never verified");
        Require(checks.IsGreen(tip), $"the branch was moved to {tip}, which is red");
        var chain = ground.Objects.FirstParents(tip).TakeWhile(commit => commit != old).ToList();
        Require(chain.Count > 0 && ground.Objects.Commit(chain[^1]).Parents is [var first] && first == old, $"{tip} is not built on {old}");
        counts.Add("landed", chain.Count);
        counts.Add(chain.Count > 1 ? "landed together" : "landed alone");
        counts.Add("four or more landed together", chain.Count > 3 ? 1 : 0);
        foreach (var commit in chain)
        {
            var landing = long.TryParse(ground.Objects.Commit(commit).Trailer("Lease-Fence"), out var fence) ? Landing(fence) : null;
            Require(landing is not null && ground.Objects.Commit(commit).Trailer("Task-Id") == landing.Task.Value, $"{commit} does not say which change it is");
            counts.Add("undone", landing!.Undoes is null ? 0 : 1);
            serial.Check(commit, landing, landing.Undoes?.Value);
        }
    }

    private void CheckBlame(Landing landing)
    {
        counts.Add("returned: red");
        var label = $"{landing.Task}-{landing.Fence}";
        var commit = checks.Looks.LastOrDefault(look => look.Label == label && !look.Passed).Commit;
        Require(commit is not null && !checks.IsGreen(commit), $"{landing.Task} was blamed for a tree that is green");
        Require(checks.IsGreen(ground.Objects.Commit(commit!).Parents.Single()), $"{landing.Task} was blamed, and it was red before it");
    }

    private void CheckConflict(Landing landing)
    {
        var (before, work) = (ground.Objects.TreeOf(landing.Base), ground.Objects.TreeOf(landing.Commit));
        if (since.Any(tip => serial.Apply(ground.Objects.TreeOf(tip), before, work) is null))
        {
            return;
        }

        if (since.Any(tip => serial.IsAmbiguous(ground.Objects.TreeOf(tip), before, work)))
        {
            counts.Add("returned: conflict by alignment");
            return;
        }

        // git follows renames of files and folders, which can only make it more careful here.
        Require(since.Append(landing.Commit).Any(tip => Renames(before, ground.Objects.TreeOf(tip))), $"{landing.Task} was sent back for a conflict that is none: {landing.Reason}");
        counts.Add("returned: conflict by a rename alone");
    }

    private static bool Renames(FileTree before, FileTree after)
    {
        var changed = after.PathsThatDifferFrom(before).ToList();
        return changed.Any(path => after[path] is null) && changed.Any(path => before[path] is null);
    }
}
