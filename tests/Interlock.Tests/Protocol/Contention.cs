using System.Collections.Concurrent;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Protocol;
using static Interlock.Tests.Protocol.ProtocolBench;

namespace Interlock.Tests.Protocol;

public sealed class Contention
{
    [Fact]
    public async Task Eight_connections_share_two_hundred_tasks_without_taking_one_twice()
    {
        const int Tasks = 200;
        using var bench = new ProtocolBench(new Limits { Agents = 1000 });
        bench.With([.. Enumerable.Range(0, Tasks).Select(i => Task($"t{i}", $"f{i}"))]);
        var granted = new ConcurrentBag<(TaskId Task, long Fence)>();
        using var start = new Barrier(8);

        await System.Threading.Tasks.Task.WhenAll(Enumerable.Range(0, 8).Select(worker => System.Threading.Tasks.Task.Factory.StartNew(() =>
        {
            var protocol = bench.OnAnotherConnection();
            start.SignalAndWait();
            for (var i = 0; i < Tasks; i++)
            {
                // Neighbours start apart but meet, so that both fresh and contended claims occur.
                var id = new TaskId($"t{((worker / 2 * 50) + i) % Tasks}");
                if (protocol.Claim(new ClaimRequest(id, new AgentId($"dev-{worker}"))) is { Lease: { } lease })
                {
                    granted.Add((id, lease.Fence));
                }
            }

            protocol.Store.Dispose();
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.Equal(Tasks, granted.Count);
        Assert.Equal(Tasks, granted.Select(grant => grant.Task).Distinct().Count());
        Assert.Equal(Tasks, granted.Select(grant => grant.Fence).Distinct().Count());
        Assert.Equal(granted.Select(grant => grant.Fence).Order(), bench.Live.Select(lease => lease.Fence));
    }
}
