using Interlock.Domain.Leasing;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Protocol;

namespace Interlock.Engine.Running;

/// <summary>A lease that was just reclaimed, and what a person is told about it.</summary>
internal sealed record Reclaimed(Lease Lease, string Line);

/// <summary>The first step of a take-over, on which all safety rests: ends every lease whose holder is gone.</summary>
internal sealed class Reclaimer(TaskProtocol protocol, Func<Lease, HolderState> probe)
{
    public IReadOnlyList<Decision> Decide() => Reconciler.Decide(protocol.Snapshot(), probe, protocol.SilenceOf);

    public IReadOnlyList<Reclaimed> EndDue()
    {
        var ended = new List<Reclaimed>();
        foreach (var decision in Decide())
        {
            if (decision is Decision.Doubt doubt)
            {
                protocol.NoteSilence(doubt.Fence, doubt.Silent, doubt.Reason);
            }
            else if (decision is Decision.Reclaim reclaim && protocol.Reclaim(reclaim).Lease is { } lease)
            {
                ended.Add(new Reclaimed(lease, $"{reclaim.Reason}; {(lease.Task is { } task ? $"task {task} is open again" : "its files are free again")}"));
            }
        }

        return ended;
    }
}
