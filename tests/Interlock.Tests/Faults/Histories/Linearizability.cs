namespace Interlock.Tests.Faults.Histories;

/// <summary>
/// Looks for an order of the calls on one task in which each answer is right and no call comes before one that had ended when
/// it began: the search of Wing and Gong, which never tries the same calls in the same state twice.
/// </summary>
internal static class Linearizability
{
    public const int MostCalls = 128;

    public static bool Holds(IReadOnlyList<Call> calls)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(calls.Count, MostCalls);
        var all = calls.Count == MostCalls ? UInt128.MaxValue : (UInt128.One << calls.Count) - 1;
        return Search(calls, all, new TaskView(Phase.Open), []);
    }

    private static bool Search(IReadOnlyList<Call> calls, UInt128 left, TaskView state, HashSet<(UInt128, TaskView)> tried)
    {
        if (left == 0)
        {
            return true;
        }

        if (!tried.Add((left, state)))
        {
            return false;
        }

        var soonest = calls.Where((_, i) => Is(left, i)).Min(call => call.End);
        for (var i = 0; i < calls.Count; i++)
        {
            if (Is(left, i) && calls[i].Start < soonest && SequentialLease.Apply(state, calls[i]) is { } next
                && Search(calls, left & ~(UInt128.One << i), next, tried))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Is(UInt128 mask, int bit) => (mask >> bit & 1) == 1;
}
