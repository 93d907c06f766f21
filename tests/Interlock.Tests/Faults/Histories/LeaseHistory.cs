namespace Interlock.Tests.Faults.Histories;

internal enum CallKind
{
    Claim,
    Renew,
    Extend,
    Submit,
    Release,
    Fail,
    Reclaim,
    Retry,
    Return,
}

/// <summary>One call of a client and what it was answered, between two moments of a clock that all clients share.</summary>
/// <param name="Agent">Who calls.</param>
/// <param name="Fence">Whose right is shown or meant; 0 for a claim.</param>
/// <param name="Holder">Agent that the refusal names, 0 when it names nobody.</param>
/// <param name="File">Number of the file to add; only for an extension.</param>
/// <param name="Files">Bits of the files that the answer says are leased.</param>
/// <param name="Granted">The fence of the lease in the answer; 0 when there is none.</param>
internal sealed record Call(
    CallKind Kind, int Agent, long Fence, long Start, long End, bool Done, string? Refused = null, int Holder = 0, int File = 0, int Files = 0, long Granted = 0);

/// <summary>What one task and its lease are, as a caller can tell.</summary>
/// <param name="Fence">Of the live lease; 0 when there is none.</param>
/// <param name="Last">The highest fence so far.</param>
/// <param name="Submission">Fence of the submission that waits in the queue; 0 when there is none.</param>
internal readonly record struct TaskView(
    Phase Phase, long Fence = 0, long Last = 0, int Holder = 0, bool InReview = false, int Files = 0, int Attempts = 0, int Conflicts = 0, long Submission = 0);

internal enum Phase
{
    Open,
    Pausing,
    Running,
    Submitted,
    Dead,
}
