using System.Globalization;
using Interlock.Domain.Leasing;
using Interlock.Domain.Messaging;
using Interlock.Domain.Plans;
using Interlock.Engine.Projections;
using Interlock.Engine.Stores;

namespace Interlock.Engine.Protocol;

/// <summary>Tells an agent that its claim was taken away, so that a window that still works on it learns of it from its inbox too.</summary>
internal static class LostLease
{
    public static readonly AgentId Sender = new("interlock");

    /// <summary>Puts the message; the event that ends the lease carries it.</summary>
    public static void Tell(IStoreTransaction transaction, Lease lease, string because, DateTimeOffset now)
    {
        if (lease is not { Kind: LeaseKind.Task, Task: { } task })
        {
            return;
        }

        var kept = lease.Worktree is null ? "" : $" What you had done is kept under refs/interlock/salvage/{task}/{lease.Fence}.";
        transaction.Put(new Message
        {
            Id = MessageFile.FreeId(transaction, now, Sender),
            From = Sender,
            To = [lease.Agent.Value],
            Timestamp = now,
            Type = "notification",
            Urgency = "high",
            Subject = $"task {task} is no longer yours",
            Body = string.Create(CultureInfo.InvariantCulture, $"Your claim of task {task} (fence {lease.Fence}) has ended: {because}. Stop working on it; its token opens nothing any more.{kept} Take another: interlock next --agent {lease.Agent}"),
            RelatedTasks = [task.Value],
            RelatedFiles = lease.Files,
        });
    }
}
