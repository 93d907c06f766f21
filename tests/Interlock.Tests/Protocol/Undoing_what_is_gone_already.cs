using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Protocol;

namespace Interlock.Tests.Protocol;

public sealed class Undoing_what_is_gone_already : IDisposable
{
    private static readonly TaskId Id = new("1");
    private readonly ProtocolBench bench = new ProtocolBench().With(ProtocolBench.Task("1"));

    public void Dispose() => bench.Dispose();

    // The force move took the work away, the task was opened again, and only then the undo of the old work lands.
    [Fact]
    public void An_undo_takes_nothing_from_who_does_the_task_anew()
    {
        var first = bench.Token("1");
        bench.Submit("1", first);
        Land(first.Fence, "b0", "n1");
        var undo = bench.Protocol.Undo(Id, ProtocolBench.Target, "r1", new AgentId("me"), "a second thought").Lease!.Fence;
        bench.Protocol.BranchForced(ProtocolBench.Target, "b0", "moved back", [new Uprooted(Id, null)]);
        bench.Protocol.Retry(Id);
        var second = bench.Token("1", "dev-2");
        bench.Protocol.ResumeQueue(ProtocolBench.Target);

        Land(undo, "b0", "n2");

        Assert.Equal(TaskState.Running, bench["1"].State);
        Assert.True(bench.Protocol.Renew(Id, second).Done);
        Assert.Equal(TaskState.Merged, bench["undo-1"].State);
    }

    private void Land(long fence, string old, string commit)
    {
        Assert.True(bench.Protocol.TryBeginLanding([new LandingStep(fence, commit)], old));
        bench.Protocol.RecordLanded([fence], commit);
    }
}
