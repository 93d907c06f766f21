using Interlock.Domain.Leasing;
using Interlock.Tests.Faults.Histories;

namespace Interlock.Tests.Faults;

/// <summary>Part T15: concurrent callers see what they would see if one were served after the other.</summary>
public sealed class Linearizable_leases(ITestOutputHelper output)
{
    private const int CallsInAHistory = 200;

    [Fact]
    [Trait(Programme.Trait, "T15")]
    public void What_concurrent_callers_are_answered_has_an_order_in_which_each_answer_is_right()
    {
        var histories = Programme.Size("T15", quick: 10, ci: 150, full: 2_000);
        var seed = Programme.Seed();
        var (calls, contended, wrong, forged, believed) = (0, 0L, 0, 0, 0);
        for (var i = 0; i < histories; i++)
        {
            using var recorder = new HistoryRecorder(seed + i);
            var tasks = recorder.Record(CallsInAHistory);
            calls += tasks.Sum(task => task.Count);
            contended += tasks.Sum(task => task.LongCount(call => task.Any(other => other != call && other.Start < call.End && call.Start < other.End)));
            wrong += tasks.Count(task => !Linearizability.Holds(task)) + (FencesGrow(tasks) ? 0 : 1);

            // The same history with one answer that nobody gave must not pass, or the search proves nothing.
            var lies = tasks.Select(Forged).OfType<IReadOnlyList<Call>>().ToList();
            forged += lies.Count;
            believed += lies.Count(Linearizability.Holds);
        }

        Programme.Report(
            "T15", seed, output,
            Figure.AtLeast("histories", histories, histories),
            Figure.AtLeast("calls", calls, (long)histories * CallsInAHistory),
            Figure.AtLeast("calls that overlap another on the same task", contended, histories),
            Figure.None("histories without an order", wrong),
            Figure.AtLeast("histories with one answer forged", forged, histories),
            Figure.None("forged histories that were believed", believed));
    }

    [Fact]
    public void Two_grants_of_one_task_at_once_have_no_order() =>
        Assert.False(Linearizability.Holds([Claimed(1, 1, 1, 4), Claimed(2, 2, 2, 3)]));

    [Fact]
    public void A_renewal_after_the_successors_claim_has_no_order()
    {
        Call[] honest = [Claimed(1, 1, 1, 2), Reclaimed(1, 3, 4), Claimed(2, 2, 5, 6)];

        Assert.False(Linearizability.Holds([.. honest, new Call(CallKind.Renew, 1, 1, 7, 8, Done: true, Files: 1, Granted: 1)]));
        Assert.True(Linearizability.Holds([.. honest, new Call(CallKind.Renew, 1, 1, 7, 8, Done: false, RefusalCodes.NotCurrent, Holder: 2)]));
        Assert.True(Linearizability.Holds([.. honest, new Call(CallKind.Renew, 1, 1, 2, 8, Done: true, Files: 1, Granted: 1)]));
    }

    [Fact]
    public void A_fence_that_is_given_out_again_has_no_order() =>
        Assert.False(Linearizability.Holds([Claimed(1, 5, 1, 2), Reclaimed(5, 3, 4), Claimed(2, 5, 5, 6)]));

    [Fact]
    public void A_submission_with_a_lost_lease_has_no_order() =>
        Assert.False(Linearizability.Holds([Claimed(1, 1, 1, 2), Reclaimed(1, 3, 4), new Call(CallKind.Submit, 1, 1, 5, 6, Done: true, Files: 1, Granted: 1)]));

    private static Call Claimed(int agent, long fence, long start, long end) => new(CallKind.Claim, agent, 0, start, end, Done: true, Files: 1, Granted: fence);

    private static Call Reclaimed(long fence, long start, long end) => new(CallKind.Reclaim, 9, fence, start, end, Done: true, Granted: fence);

    // Fences are one counter for all tasks: a claim that ended before another began has the lower one.
    private static bool FencesGrow(IReadOnlyList<IReadOnlyList<Call>> tasks)
    {
        var granted = tasks.SelectMany(task => task).Where(call => call is { Kind: CallKind.Claim, Done: true }).ToList();
        return granted.Select(call => call.Granted).Distinct().Count() == granted.Count
            && granted.All(one => granted.All(other => one.End >= other.Start || one.Granted < other.Granted));
    }

    // A claim that was refused because somebody holds the task was granted after all, with a fence nobody else has. Only one
    // that overlaps no other call: beside the call that ended the lease it might well have been granted.
    private static IReadOnlyList<Call>? Forged(IReadOnlyList<Call> calls)
    {
        var index = calls.ToList().FindIndex(call => call is { Kind: CallKind.Claim, Refused: RefusalCodes.AlreadyClaimed }
            && calls.All(other => other == call || other.End < call.Start || call.End < other.Start));
        if (index < 0)
        {
            return null;
        }

        var lie = calls[index] with { Done = true, Refused = null, Holder = 0, Files = 1, Granted = calls.Max(call => call.Granted) + 1000 };
        return [.. calls.Where((_, i) => i != index), lie];
    }
}
