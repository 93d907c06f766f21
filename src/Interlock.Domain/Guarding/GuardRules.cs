using System.Globalization;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;

namespace Interlock.Domain.Guarding;

/// <summary>A path that a tool is about to change.</summary>
/// <param name="Given">As the CLI wrote it.</param>
/// <param name="Inside">Relative to the agent's folder with <c>/</c> and every link followed; null when it lies elsewhere.</param>
/// <param name="Problem">Why it cannot be judged or changed, in half a sentence; null when it lies inside.</param>
public sealed record GuardedPath(string Given, string? Inside, string? Problem);

/// <summary>What one question is decided on.</summary>
/// <param name="Live">Every live lease of the repository.</param>
/// <param name="Kept">Whether a path is a plan or a status file, which only Interlock changes.</param>
/// <param name="Steering">Whether a path steers agents or the checks, so that it lands only with a person's approval.</param>
/// <param name="Hot">Files that come together by rule and that several may change at once.</param>
public sealed record GuardFacts(
    AgentId Agent,
    IReadOnlyList<GuardedPath> Paths,
    IReadOnlyList<Lease> Live,
    LeaseClock Clock,
    Func<string, bool> Kept,
    Func<string, bool> Steering,
    FileSet Hot,
    bool IgnoreCase)
{
    /// <summary>The one lease that the agent presented a token of; null when it is known by its name alone.</summary>
    public long? Fence { get; init; }
}

/// <summary>
/// Whether an agent may change files now: its own lease allows, free files are leased on first touch, another's are
/// denied with the holder. The one place that says so, for every CLI, git hook and watcher.
/// </summary>
public static class GuardRules
{
    /// <summary>The first path that may not be changed decides.</summary>
    public static GuardVerdict Decide(GuardFacts facts)
    {
        var own = facts.Live
            .Where(lease => lease is { Kind: LeaseKind.Task, InReview: false } && lease.Agent == facts.Agent && (facts.Fence is null || lease.Fence == facts.Fence))
            .OrderByDescending(lease => lease.Fence).ToList();
        foreach (var path in facts.Paths)
        {
            if (Outside(path) is { } outside)
            {
                return outside;
            }
        }

        if (own.Count == 0)
        {
            return new GuardVerdict.Deny($"{facts.Agent} has no task, and only a claimed task may change files", $"Take one first: interlock next --agent {facts.Agent}, then interlock claim TASK --agent {facts.Agent}");
        }

        var touched = new List<string>();
        foreach (var path in facts.Paths.Select(path => path.Inside!).Distinct())
        {
            var leased = own.Exists(lease => Covers(lease, path, facts));
            if (Protected(facts, path, leased) is { } refused)
            {
                return refused;
            }

            if (Busy(facts, path, own) is { } busy)
            {
                return busy;
            }

            if (!leased)
            {
                touched.Add(path);
            }
        }

        return touched.Count > 0 ? new GuardVerdict.Touch(own[0], touched) : new GuardVerdict.Allow(own.Find(lease => PastHalf(lease, facts.Clock)));
    }

    private static GuardVerdict.Deny? Outside(GuardedPath path) => path.Inside is null
        ? new GuardVerdict.Deny($"{path.Given} {path.Problem}", "Work only in your own folder, with paths relative to it; nothing else is yours to change")
        : FilePattern.TryParse(path.Inside, out _, out var problem) ? null
        : new GuardVerdict.Deny(problem, "Use another name");

    private static GuardVerdict.Deny? Protected(GuardFacts facts, string path, bool leased) =>
        facts.Kept(path) ? new GuardVerdict.Deny($"{path} is kept by interlock and task work must not touch it", "Leave it as it is; the plan is ticked and the status files are written when your work lands")
        : facts.Steering(path) && !leased ? new GuardVerdict.Deny($"{path} steers agents or the checks, and your task does not name it", $"If the task needs it, ask a person: interlock block TASK --agent {facts.Agent} --reason \"needs a change of {path}\"")
        : null;

    private static GuardVerdict.Deny? Busy(GuardFacts facts, string path, List<Lease> own)
    {
        foreach (var lease in facts.Live.Where(lease => lease.Files.Count > 0 && !own.Contains(lease) && Covers(lease, path, facts)))
        {
            if (lease.Kind == LeaseKind.Task && facts.Hot.Covers(path, facts.IgnoreCase))
            {
                continue;
            }

            var who = lease.Task is { } task ? $"{lease.Agent} (task {task})" : lease.Agent.Value;
            var age = facts.Clock.Wall > lease.AcquiredAt ? facts.Clock.Wall - lease.AcquiredAt : TimeSpan.Zero;
            var state = lease.InReview ? "in review, until it lands" : string.Create(CultureInfo.InvariantCulture, $"until {lease.ExpiresAt.UtcDateTime:yyyy-MM-dd HH:mm}Z at the latest");
            return new GuardVerdict.Deny(
                $"{path} is {(lease.Kind == LeaseKind.Hold ? "kept" : "leased")} by {who} for {Ages.Text(age)} now, {state}",
                $"Leave it and do another part of your task, or ask: interlock send --from {facts.Agent} --to {lease.Agent} --subject \"{path}\" --message \"…\"; if nothing else is left, interlock release your task and take another: interlock next --agent {facts.Agent}");
        }

        return null;
    }

    // An exact path overlaps what lies below it, and a lease of such a folder-to-be keeps others from making it.
    private static bool Covers(Lease lease, string path, GuardFacts facts) =>
        FileSet.Parse(lease.Files) is { IsUnknown: false } set && (set.Covers(path, facts.IgnoreCase)
            || (lease.Agent != facts.Agent && set.Overlaps(FileSet.Parse(path), facts.IgnoreCase)));

    private static bool PastHalf(Lease lease, LeaseClock now) =>
        (lease.ClockBoot == now.Boot ? lease.Deadline - now.Monotonic : lease.ExpiresAt - now.Wall) < lease.Duration / 2;
}
