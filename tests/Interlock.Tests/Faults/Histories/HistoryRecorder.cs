using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Protocol;
using Interlock.Tests.Protocol;

namespace Interlock.Tests.Faults.Histories;

/// <summary>Lets clients with connections of their own loose on one store, and writes down what each was answered and when.</summary>
internal sealed class HistoryRecorder : IDisposable
{
    public const int Clients = 4;
    private const int Tasks = 4;

    private readonly ProtocolBench bench = new(new Limits { Agents = 1000, Attempts = int.MaxValue });
    private readonly List<LeaseToken>[] tokens = [.. Enumerable.Range(0, Tasks).Select(_ => new List<LeaseToken>())];
    private readonly Lock gate = new();
    private readonly Random seeds;
    private long clock;

    public HistoryRecorder(int seed)
    {
        seeds = new Random(seed);
        bench.With([.. Enumerable.Range(0, Tasks).Select(i => ProtocolBench.Task($"t{i}", $"t{i}/f0"))]);
    }

    /// <summary>The calls on each task, in no order that means anything.</summary>
    public IReadOnlyList<IReadOnlyList<Call>> Record(int calls)
    {
        var seen = Enumerable.Range(0, Tasks).Select(_ => new List<Call>()).ToArray();
        using var start = new Barrier(Clients);
        var clients = Enumerable.Range(1, Clients).Select(client => (client, random: new Random(seeds.Next()))).Select(who => System.Threading.Tasks.Task.Factory.StartNew(() =>
        {
            var protocol = bench.OnAnotherConnection();
            var order = Enumerable.Range(0, Tasks).ToArray();
            start.SignalAndWait();
            for (var i = 0; i < calls / Clients; i++)
            {
                if (i % Tasks == 0)
                {
                    who.random.Shuffle(order);
                }

                var task = order[i % Tasks];
                var call = Make(protocol, who.client, task, who.random);
                lock (gate)
                {
                    seen[task].Add(call);
                }
            }

            protocol.Store.Dispose();
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        System.Threading.Tasks.Task.WaitAll(clients, TestContext.Current.CancellationToken);
        return seen;
    }

    public void Dispose() => bench.Dispose();

    private Call Make(TaskProtocol protocol, int agent, int number, Random random)
    {
        var token = SomeToken(number, random);
        var kind = token is null ? CallKind.Claim : Kind(random);
        var file = random.Next(1, 8);
        var start = Interlocked.Increment(ref clock);
        var reply = Ask(protocol, kind, new TaskId($"t{number}"), agent, token, file);
        var end = Interlocked.Increment(ref clock);
        if (kind == CallKind.Claim && LeaseToken.TryParse(reply.Token) is { } granted)
        {
            lock (gate)
            {
                tokens[number].Add(granted);
            }
        }

        return new Call(
            kind, agent, kind == CallKind.Claim ? 0 : token!.Fence, start, end, reply.Done, reply.Refusal?.Code, Number(reply.Refusal?.Holder),
            file, Bits(reply.Lease), reply.Lease?.Fence ?? 0);
    }

    // Mostly the newest right, often one that has ended: what a client that slept would show.
    private LeaseToken? SomeToken(int task, Random random)
    {
        lock (gate)
        {
            var known = tokens[task];
            return known.Count == 0 ? null : random.Next(3) > 0 ? known[^1] : known[random.Next(known.Count)];
        }
    }

    private static CallKind Kind(Random random) => random.Next(20) switch
    {
        < 6 => CallKind.Claim,
        < 8 => CallKind.Renew,
        < 10 => CallKind.Extend,
        < 12 => CallKind.Submit,
        < 14 => CallKind.Release,
        < 15 => CallKind.Fail,
        < 17 => CallKind.Reclaim,
        < 18 => CallKind.Retry,
        _ => CallKind.Return,
    };

    private static Reply Ask(TaskProtocol protocol, CallKind kind, TaskId task, int agent, LeaseToken? token, int file) => kind switch
    {
        CallKind.Claim => protocol.Claim(new ClaimRequest(task, new AgentId($"a-{agent}"))),
        CallKind.Renew => protocol.Renew(task, token!),
        CallKind.Extend => protocol.Extend(task, token!, [$"{task}/f{file}"]),
        CallKind.Submit => protocol.Submit(task, token!, ProtocolBench.Target, "b0", "c0"),
        CallKind.Release => protocol.Release(task, token!),
        CallKind.Fail => protocol.Fail(task, token!, "it failed"),
        CallKind.Reclaim => protocol.Reclaim(token!.Fence, "taken over", usesAttempt: false),
        CallKind.Retry => protocol.Retry(task),
        _ => protocol.ReturnConflict(token!.Fence, new AgentId($"a-{agent}"), "it conflicts", null),
    };

    private static int Number(AgentId? agent) => agent is { } name ? int.Parse(name.Value[2..], System.Globalization.CultureInfo.InvariantCulture) : 0;

    private static int Bits(Lease? lease) => lease?.Files.Aggregate(0, (bits, file) => bits | 1 << (file[^1] - '0')) ?? 0;
}
