using Interlock.Domain.Leasing;

namespace Interlock.Engine.Protocol;

public sealed partial class TaskProtocol
{
    /// <summary>Notes in the log what was seen of an attempt: by its guard, or by who watches over it. Changes no task.</summary>
    public void NoteAttempt(string kind, string what, Lease lease) => store.Write(transaction =>
    {
        transaction.Append(clock.Now, kind, what, lease.Task, lease.Agent, lease.Fence);
        return true;
    });
}
