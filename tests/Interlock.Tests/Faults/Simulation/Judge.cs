using System.Globalization;
using System.Runtime.CompilerServices;
using Interlock.Domain.Health;
using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Protocol;
using Interlock.Engine.Stores;

namespace Interlock.Tests.Faults.Simulation;

/// <summary>
/// Looks at every commit of the store, every answer and every move of the branch, and knows the rules by itself: it shares no
/// code with what it judges, except the doctor's own look at the end.
/// </summary>
internal sealed partial class Judge(World world)
{
    private readonly Dictionary<(string Epoch, long Fence), string> issued = [];
    private readonly Dictionary<TaskId, int> bypasses = [];
    private readonly List<LeaseToken> tokens = [];
    private long highestFence;

    public IReadOnlyList<LeaseToken> Tokens => tokens;

    /// <summary>The state before the newest commit.</summary>
    public MemoryState? Earlier { get; private set; }

    public static bool Overlap(IEnumerable<string> left, IEnumerable<string> right) => left.Any(one => right.Any(other => Overlap(one, other)));

    /// <summary>Remembers a token that was handed out.</summary>
    public void Issued(Reply reply)
    {
        var token = LeaseToken.TryParse(reply.Token)!;
        Require(issued.TryAdd((token.Epoch, token.Fence), token.Secret) || issued[(token.Epoch, token.Fence)] == token.Secret, "S1", $"fence {Text(token.Fence)} was handed out twice");
        tokens.Add(token);
    }

    /// <summary>S4: who is not current changes nothing, and is told so. Everybody is answered by what is true.</summary>
    /// <param name="operation">One operation with that token.</param>
    public Reply Hear(string what, TaskId? task, LeaseToken token, Func<Reply> operation)
    {
        var before = world.File.State;
        var current = IsCurrent(before, task, token);
        var reply = operation();
        var after = world.File.State;
        world.Say($"{what} {task} by fence {Text(token.Fence)}: {reply.Refusal?.Code ?? "done"}");

        // While a run acts, others may act in between: then only the answer can be judged.
        if (world.Current is null)
        {
            Require(current || !reply.Done, "S4", $"{what} by fence {Text(token.Fence)}, which is not current, was accepted");
            Require(current || (after.Tasks == before.Tasks && after.Leases == before.Leases), "S4", $"{what} by fence {Text(token.Fence)}, which is not current, changed something");
            Require(!reply.Done || after.Events.Count > before.Events.Count, "S7", $"{what} was acknowledged and left no trace");
        }

        Require(reply is not { Done: true, Lease: { } answered } || after.Leases.ContainsKey(answered.Fence), "S7", $"{what} was acknowledged, and its lease is not there");
        return reply;
    }

    /// <summary>S7: what was acknowledged is there.</summary>
    public void Acknowledged(Reply reply, string what)
    {
        if (reply is { Done: true, Token: not null, Lease: { } lease })
        {
            Require(world.File.State.Leases.TryGetValue(lease.Fence, out var stored) && stored.Agent == lease.Agent, "S7", $"{what} was acknowledged and is not there");
        }
    }

    /// <summary>A repeated request is answered as it was the first time.</summary>
    public static void SameAnswer(Reply first, Reply second, string what) => Require(
        first.Token == second.Token && first.Refusal?.Code == second.Refusal?.Code && first.Lease?.Fence == second.Lease?.Fence, "S7", $"{what} with one request id was answered differently");

    /// <summary>L3: what a person changed by hand is told by an event.</summary>
    public static void Told(MemoryState before, MemoryState after, TaskId task, bool done) => Require(
        !done || after.Find(task) == before.Find(task) || after.Events.Skip(before.Events.Count).Any(entry => entry.Line.Task == task),
        "L3", $"task {task} was changed by hand and no event says so");

    /// <summary>Every commit of the store.</summary>
    public void Committed(MemoryState before, MemoryState after)
    {
        Explained(before, after);
        if (after.Live != before.Live)
        {
            Leases(before, after);
        }

        foreach (var entry in after.Events.Skip(before.Events.Count))
        {
            Event(before, after, entry);
        }

        if (after.Tasks != before.Tasks || after.Landings != before.Landings || after.Live != before.Live)
        {
            Moves(before, after);
        }

        Earlier = before;
    }

    /// <summary>The state was lost and rebuilt: fences given out before must never come again.</summary>
    public void Rebuilt()
    {
        bypasses.Clear();
        Earlier = null;
    }

    internal static void Require(bool holds, string rule, string what)
    {
        if (!holds)
        {
            throw new Violation(rule, what);
        }
    }

    internal static void Require(bool holds, string rule, [InterpolatedStringHandlerArgument(nameof(holds))] ref WhenBroken what)
    {
        if (!holds)
        {
            throw new Violation(rule, what.Text());
        }
    }

    internal static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private bool IsCurrent(MemoryState state, TaskId? task, LeaseToken token) =>
        token.Epoch == state.Epoch && issued.GetValueOrDefault((token.Epoch, token.Fence)) == token.Secret
        && state.Leases.TryGetValue(token.Fence, out var lease) && lease.Live && (task is null || lease.Task == task);

    // S1, S2, S3 at every commit point.
    private void Leases(MemoryState before, MemoryState after)
    {
        foreach (var lease in after.Live)
        {
            if (!before.Leases.ContainsKey(lease.Fence))
            {
                Require(lease.Fence > highestFence, "S1", $"fence {Text(lease.Fence)} came after {Text(highestFence)}");
                highestFence = lease.Fence;
            }
        }

        for (var i = 0; i < after.Live.Length; i++)
        {
            var one = after.Live[i];
            for (var j = i + 1; j < after.Live.Length; j++)
            {
                var other = after.Live[j];
                Require(one.Task is null || one.Task != other.Task, "S1", $"task {one.Task} has two live leases");
                Require(!Overlap(one.Files, other.Files), "S2", $"fences {Text(one.Fence)} and {Text(other.Fence)} hold the same files");
            }
        }

        var running = after.Live.Where(lease => lease is { Kind: LeaseKind.Task, InReview: false }).ToList();
        var limits = world.Options.Limits;
        Require(running.Count <= limits.Agents, "S3", $"{Text(running.Count)} agents at once");
        foreach (var one in running)
        {
            Require(one.Module is null || running.Count(other => other.Module == one.Module) <= limits.PerModule, "S3", $"too many in module {one.Module}");
            Require(one.Epic is null || running.Count(other => other.Epic == one.Epic) <= limits.PerEpic, "S3", $"too many in epic {one.Epic}");
            Require(one.AgentType is null || !limits.PerType.TryGetValue(one.AgentType, out var most) || running.Count(other => other.AgentType == one.AgentType) <= most, "S3", $"too many of type {one.AgentType}");
        }
    }

    // A1: the events of this commit carry each changed row, as it is now.
    private static void Explained(MemoryState before, MemoryState after)
    {
        var told = new Dictionary<(string, string), object>();
        foreach (var row in after.Events.Skip(before.Events.Count).SelectMany(entry => entry.Rows))
        {
            told[(row.Table, row.Key)] = row.Record;
        }

        foreach (var task in after.Tasks.Where(task => !ReferenceEquals(before.Find(task.Id), task)))
        {
            Require(ReferenceEquals(told.GetValueOrDefault(("task", task.Id.Value)), task), "A1", $"no event tells of task {task.Id} as it is");
        }

        foreach (var lease in after.Leases == before.Leases ? [] : after.Leases.Values.Where(lease => !ReferenceEquals(before.Leases.GetValueOrDefault(lease.Fence), lease)))
        {
            Require(ReferenceEquals(told.GetValueOrDefault(("lease", Text(lease.Fence))), lease), "A1", $"no event tells of lease {Text(lease.Fence)} as it is");
        }

        foreach (var landing in after.Landings == before.Landings ? [] : after.Landings.Values.Where(landing => !ReferenceEquals(before.Landings.GetValueOrDefault(landing.Fence), landing)))
        {
            Require(ReferenceEquals(told.GetValueOrDefault(("landing", Text(landing.Fence))), landing), "A1", $"no event tells of landing {Text(landing.Fence)} as it is");
        }
    }

    private static bool Overlap(string one, string other) => one == other
        || (one.EndsWith("/**", StringComparison.Ordinal) && other.StartsWith(one[..^2], StringComparison.Ordinal))
        || (other.EndsWith("/**", StringComparison.Ordinal) && one.StartsWith(other[..^2], StringComparison.Ordinal));
}
