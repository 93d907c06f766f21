using CsCheck;
using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Protocol;
using static Interlock.Tests.Protocol.ProtocolBench;

namespace Interlock.Tests.Protocol;

/// <summary>Random work of several agents and people on a small plan; the invariants hold after each step.</summary>
public sealed class Any_sequence_of_operations
{
    private const int Length = 40;
    private static readonly string[] Ids = ["1", "2", "3", "4", "5"];
    private static readonly string[] Agents = ["dev-1", "dev-2", "qa-1", "qa-2"];
    private static readonly string[][] FileSets = [["a"], ["a", "b"], ["src/**"], ["src/x.cs"], ["c"], ["*"]];
    private static readonly Limits Limits = new() { Agents = 3, PerModule = 2, PerEpic = 3, Attempts = 2, PerType = new Dictionary<string, int> { ["qa"] = 1 } };

    private static readonly Gen<Step> Steps = Gen.Select(Gen.Int[0, 17], Gen.Int[0, Ids.Length - 1], Gen.Int[0, Agents.Length - 1], Gen.Int[0, 99])
        .Select(step => new Step(step.Item1, Ids[step.Item2], Agents[step.Item3], step.Item4));

    [Fact]
    public void Keeps_the_invariants() =>
        Steps.Array[Length].Sample(Play, iter: 320, threads: 2, print: steps => string.Join(' ', steps.Select(step => step.ToString())));

    private static void Play(Step[] steps)
    {
        using var bench = new ProtocolBench(Limits);
        bench.With([.. Ids.Select((id, i) => Task(id, FileSets[i]) with { Module = i < 3 ? "m" : "n", Epic = "e", Order = i })])
            .Change("5", task => task with { Dependencies = [new TaskId("1")] });
        var run = new Run(bench);
        foreach (var step in steps)
        {
            run.Do(step);
            run.Check();
        }
    }

    private sealed record Step(int Kind, string Task, string Agent, int Dice)
    {
        public override string ToString() => $"{Kind}/{Task}/{Agent}/{Dice}";
    }

    private sealed class Run(ProtocolBench bench)
    {
        private readonly List<LeaseToken> tokens = [];
        private readonly HashSet<TaskId> landed = [];
        private long lastFence;

        public void Do(Step step)
        {
            var id = new TaskId(step.Task);
            var protocol = bench.Protocol;
            switch (step.Kind)
            {
                case 0 or 1 or 2 or 3 or 4:
                    Remember(bench.Claim(step.Task, step.Agent, files: step.Dice < 20 ? FileSets[step.Dice % FileSets.Length] : []));
                    break;
                case 5 or 6 or 7 or 8 when tokens.Count > 0:
                    Use(id, tokens[step.Dice % tokens.Count], step);
                    break;
                case 9 or 10 or 11:
                    Land(step);
                    break;
                case 12:
                    Remember(protocol.Hold(new AgentId("me"), step.Dice < 50 ? id : null, step.Dice % 2 == 0 ? FileSets[step.Dice % FileSets.Length] : [], TimeSpan.FromHours(1), null));
                    break;
                case 13:
                    bench.Time.Advance(TimeSpan.FromMinutes(step.Dice));
                    bench.ReclaimDue(step.Dice % 3 == 0 ? HolderState.Dead : HolderState.None);
                    break;
                case 14:
                    _ = step.Dice % 2 == 0 ? protocol.Retry(id) : protocol.Reassign(id, new AgentId(step.Agent));
                    break;
                case 15:
                    _ = step.Dice < 30 ? protocol.Cancel(id, "c") : step.Dice < 50 ? protocol.CompleteByHand(id, false) : protocol.Retry(id);
                    break;
                case 16:
                    _ = step.Dice < 50 ? protocol.OpenByHand(id) : protocol.Block(id, null, "b", new AgentId("me"));
                    break;
                case 17 when tokens.Count > 0:
                    protocol.Reclaim(tokens[step.Dice % tokens.Count].Fence, "its lock file was removed", step.Dice % 2 == 0);
                    break;
            }
        }

        private void Use(TaskId other, LeaseToken token, Step step)
        {
            var lease = bench.Store.Read(reader => reader.FindLease(token.Fence))!;
            var id = step.Dice % 7 == 0 ? other : lease.Task ?? other;
            var current = lease.Live && lease.Task == id;
            var before = bench.Dump();
            var reply = (step.Kind + step.Dice) switch
            {
                var n when n % 7 == 0 => bench.Protocol.Renew(id, token),
                var n when n % 7 == 1 => bench.Protocol.Extend(id, token, FileSets[n % FileSets.Length]),
                var n when n % 7 == 2 => bench.Protocol.Release(id, token),
                var n when n % 7 == 3 => bench.Protocol.Fail(id, token, "red"),
                var n when n % 7 == 4 => bench.Protocol.Block(id, token, "why", null),
                var n when n % 7 == 5 && n % 2 == 0 => bench.Protocol.Complete(id, token, "no-code", null, "why"),
                _ => bench.Protocol.Submit(id, token, Target, "b0", "c0"),
            };
            if (!current)
            {
                Assert.False(reply.Done, "a token that is not current was taken");
            }

            if (!reply.Done)
            {
                Assert.Equal(before, bench.Dump());
            }
        }

        private void Land(Step step)
        {
            if (bench.Store.Read(reader => reader.OpenLandings()) is not { Count: > 0 } open)
            {
                return;
            }

            var landing = open[step.Dice % open.Count];
            switch (step.Dice % 4)
            {
                case 0:
                    bench.Protocol.Return(landing.Fence, "red", null);
                    break;
                case 1:
                    bench.Protocol.WithdrawIntent([landing.Fence], "moved");
                    break;
                default:
                    bench.Protocol.TryBeginLanding([new LandingStep(landing.Fence, "n0")], "o0");
                    break;
            }

            if (step.Dice % 3 == 0)
            {
                bench.Protocol.RecordLanded([landing.Fence], "n0");
                if (bench.Store.Read(reader => reader.FindLanding(landing.Fence))!.State == LandingState.Landed)
                {
                    Assert.True(landed.Add(landing.Task), $"task {landing.Task} landed twice");
                }
            }
        }

        public void Check()
        {
            var snapshot = bench.Snapshot();
            var leases = snapshot.Leases;
            var working = leases.Where(lease => lease is { Kind: LeaseKind.Task, InReview: false }).ToList();
            Assert.Equal(leases.Count(lease => lease.Task is not null), leases.Where(lease => lease.Task is not null).Select(lease => lease.Task).Distinct().Count());
            for (var i = 0; i < leases.Count; i++)
            {
                for (var j = 0; j < i; j++)
                {
                    Assert.False(FileSet.Parse(leases[i].Files).Overlaps(FileSet.Parse(leases[j].Files)), "two live leases cover one file");
                }
            }

            Assert.True(working.Count <= Limits.Agents && working.Count(lease => lease.Epic == "e") <= Limits.PerEpic && working.Count(lease => lease.AgentType == "qa") <= 1, "a limit is broken");
            Assert.All(working.GroupBy(lease => lease.Module), module => Assert.True(module.Count() <= Limits.PerModule, "the module limit is broken"));
            foreach (var task in snapshot.Tasks)
            {
                Assert.Equal(task.State == TaskState.Running, working.Exists(lease => lease.Task == task.Id));
                Assert.True(!landed.Contains(task.Id) || task is { State: TaskState.Merged, CompletedHow: "landed" }, $"landed task {task.Id} is {task.State}");
            }

            var open = bench.Store.Read(reader => reader.OpenLandings());
            Assert.Equal(open.Select(landing => landing.Task).Order(), snapshot.Tasks.Where(task => task.State is TaskState.Submitted or TaskState.Merging).Select(task => task.Id).Order());
        }

        private void Remember(Reply reply)
        {
            if (reply.Lease is { } lease)
            {
                Assert.True(lease.Fence > lastFence, "a fence did not grow");
                lastFence = lease.Fence;
                tokens.Add(TokenOf(reply));
            }
        }
    }
}
