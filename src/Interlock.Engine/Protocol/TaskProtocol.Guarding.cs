using Interlock.Domain.Leasing;

namespace Interlock.Engine.Protocol;

public sealed partial class TaskProtocol
{
    /// <summary>Notes in the log what the guard of an attempt saw. Changes no task.</summary>
    public void NoteGuard(string kind, string what, Lease lease) => store.Write(transaction =>
    {
        transaction.Append(clock.Now, kind, what, lease.Task, lease.Agent, lease.Fence);
        return true;
    });
}
