using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Stores;

namespace Interlock.Engine.Protocol;

/// <summary>What the protocol needs to know of its surroundings.</summary>
/// <param name="TypeOf">The roster's type of an agent; null for a stranger.</param>
/// <param name="HasSpace">False when the disk is so full that no new work should start.</param>
public sealed record ProtocolOptions(
    Limits Limits, TimeSpan LeaseDuration, bool IgnoreCase, Func<AgentId, string?> TypeOf, Func<bool> HasSpace)
{
    /// <summary>In [0, 1): spreads the waiting of tasks that failed together.</summary>
    public Func<double> Chance { get; init; } = Random.Shared.NextDouble;

    /// <summary>Names of files with those that their links lead to.</summary>
    public Func<IReadOnlyList<string>, IReadOnlyList<string>> WithReal { get; init; } = names => names;

    /// <summary>How long tasks are expected to take, from what a store knows.</summary>
    public Func<IStoreReader, Func<WorkTask, TimeSpan>> Effort { get; init; } = _ => Domain.Scheduling.Effort.Prior;
}

/// <summary>
/// The operations on tasks and leases. Each is one transaction that decides on what it read inside it, so there
/// is no "list, then update"; each answers a repeated request id with its first answer.
/// </summary>
public sealed partial class TaskProtocol(IStore store, Clock clock, ProtocolOptions options)
{
    public IStore Store => store;

    public Clock Clock => clock;

    public ProtocolOptions Options => options;

    /// <summary>From the next operation on these count.</summary>
    public void Use(ProtocolOptions now) => options = now;

    private Reply Operate(RequestKey? request, Func<IStoreTransaction, LeaseClock, Reply> work) => store.Write(transaction =>
    {
        if (request is not null && transaction.FindResult(request.Id) is { } earlier)
        {
            return JsonSerializer.Deserialize(request.Open(earlier), ReplyJson.Default.Reply)!;
        }

        var reply = work(transaction, clock.Read());

        // Without space nothing was decided: the same request is heard once there is some.
        if (request is not null && reply.Refusal?.Code != RefusalCodes.NoSpace)
        {
            transaction.SaveResult(request.Id, request.Seal(JsonSerializer.Serialize(reply, ReplyJson.Default.Reply)), clock.Now);
        }

        return reply;
    });

    /// <summary>
    /// The live lease behind a token, or the refusal that tells a stale holder who came after and to stop (S4).
    /// An expired lease nobody has taken over still counts: refusing its holder would help no one.
    /// </summary>
    private (Lease? Lease, Refusal? Refusal) Current(IStoreReader reader, TaskId? task, LeaseToken token)
    {
        if (token.Epoch != store.Epoch)
        {
            return (null, Stale("this token belongs to another incarnation of the store", null, null));
        }

        var lease = reader.FindLease(token.Fence);
        if (lease is null || !CryptographicOperations.FixedTimeEquals(
                Encoding.ASCII.GetBytes(Hash(token.Secret)), Encoding.ASCII.GetBytes(lease.SecretHash)))
        {
            return (null, Stale("this token is not one that was handed out", null, null));
        }

        if (task is not null && lease.Task != task)
        {
            return (null, new Refusal(RefusalCodes.NotHolder, $"this token is for task {lease.Task}, not {task}", $"Claim it first: interlock claim {task}"));
        }

        if (lease.Live)
        {
            return (lease, null);
        }

        var successor = reader.LiveLeases().FirstOrDefault(other => other.Task is not null && other.Task == lease.Task);
        return (null, Stale($"the lease on task {lease.Task} has ended: {lease.EndedBecause}", lease, successor));
    }

    /// <summary>The lease, unless its work is submitted: from then on only the merge queue decides about it (S5).</summary>
    private (Lease? Lease, Refusal? Refusal) Unsubmitted(IStoreReader reader, TaskId task, LeaseToken token) => Current(reader, task, token) switch
    {
        ({ InReview: true }, _) => (null, new Refusal(RefusalCodes.NotOpen, $"task {task} is submitted and in review", "Wait for the verdict: interlock status")),
        var current => current,
    };

    /// <summary>The lease, if it is an attempt at the task that is still under way; a hold is none.</summary>
    private (Lease? Lease, Refusal? Refusal) Attempt(IStoreReader reader, TaskId task, LeaseToken token) => Unsubmitted(reader, task, token) switch
    {
        ({ Kind: LeaseKind.Hold } hold, _) => (null, new Refusal(RefusalCodes.NotHolder, $"task {task} is on hold by {hold.Agent}, not claimed", $"Claim it first: interlock claim {task}")),
        var current => current,
    };

    // An answer may hold a token: it is given again only to whoever asked the same of the same, with the same arguments.
    private static RequestKey? Keyed(string? request, string operation, string who, params IReadOnlyList<string> arguments) =>
        request is null ? null : RequestKey.Of(operation, arguments.Count == 0 ? who : $"{who}\n{string.Join('\n', arguments)}", request);

    private static Refusal Stale(string why, Lease? lease, Lease? successor)
    {
        var saved = lease is { Task: { } task, Worktree: not null } ? $"; unlanded work is kept under refs/interlock/salvage/{task}/{lease.Fence}" : "";
        var taken = successor is null ? "" : $", and {successor.Agent} holds it now with fence {successor.Fence}";
        return new Refusal(RefusalCodes.NotCurrent, why + taken, $"Stop working on it{saved}. Take another: interlock next{(lease is null ? "" : $" --agent {lease.Agent}")}") with
        {
            Stop = true,
            Holder = successor?.Agent,
            HolderTask = successor?.Task,
        };
    }

    private static string NewSecret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    private static Refusal Unknown(TaskId task) =>
        new(RefusalCodes.UnknownTask, $"there is no task {task}", "List them: interlock status --all");

    /// <summary>Ends a lease; whoever still holds its token is refused from here on.</summary>
    private static Lease End(IStoreTransaction transaction, Lease lease, string because)
    {
        var ended = lease with { Live = false, EndedBecause = because };
        transaction.Put(ended);
        return ended;
    }
}
