using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Protocol;
using Interlock.Engine.Stores;
using Interlock.Engine.Stores.Sqlite;
using Interlock.Tests.Stores;
using Microsoft.Extensions.Time.Testing;

namespace Interlock.Tests.Protocol;

/// <summary>A wall clock that people can set, over a monotonic one that nobody can.</summary>
internal sealed class TwoClocks : FakeTimeProvider
{
    public TwoClocks()
        : base(ProtocolBench.Noon)
    {
    }

    public TimeSpan WallShift { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + WallShift;

    public override long GetTimestamp() => (base.GetUtcNow() - ProtocolBench.Noon + TimeSpan.FromDays(1)).Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;
}

/// <summary>A store of its own with a few tasks, and the vocabulary to work on them.</summary>
internal sealed class ProtocolBench : IDisposable
{
    public const string Target = "refs/heads/interlock/2.5";
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly string folder = Directory.CreateTempSubdirectory("interlock-protocol-").FullName;
    private readonly ProtocolOptions options;

    public ProtocolBench(Limits? limits = null, bool ignoreCase = false)
    {
        options = new ProtocolOptions(limits ?? Limits.Default, TimeSpan.FromHours(2), ignoreCase, TypeOf, () => HasSpace);
        Store = SqliteStore.Open(Path.Combine(folder, "state.db"), () => "epoch1");
        Protocol = On("boot-1");
    }

    public TwoClocks Time { get; } = new();

    public IStore Store { get; }

    public TaskProtocol Protocol { get; }

    public bool HasSpace { get; set; } = true;

    public Limits Limits => options.Limits;

    public LeaseClock Now => Protocol.Clock.Read();

    public WorkTask this[string id] => Store.Read(reader => reader.FindTask(new TaskId(id)))!;

    public IReadOnlyList<Lease> Live => Store.Read(reader => reader.LiveLeases());

    public string LastEvent => Store.Read(reader => reader.LatestEvents(1))[0].Kind;

    /// <summary>The same store, worked on from another start of the host.</summary>
    public TaskProtocol On(string boot) => new(Store, new Clock(Time, boot), options);

    /// <summary>The same file through a connection of its own.</summary>
    public TaskProtocol OnAnotherConnection() =>
        new(SqliteStore.Open(Path.Combine(folder, "state.db"), () => "unused"), new Clock(Time, "boot-1"), options);

    public ProtocolBench With(params WorkTask[] tasks)
    {
        Store.Write(transaction =>
        {
            foreach (var task in tasks)
            {
                transaction.Put(task);
            }

            transaction.Append(Noon, "test", "tasks put");
            return true;
        });
        return this;
    }

    public ProtocolBench Change(string id, Func<WorkTask, WorkTask> change) => With(change(this[id]));

    public Reply Claim(string task, string agent = "dev-1", string? request = null, params string[] files) =>
        Protocol.Claim(new ClaimRequest(new TaskId(task), new AgentId(agent), files.Length == 0 ? null : files, Request: request));

    public LeaseToken Token(string task, string agent = "dev-1") => TokenOf(Claim(task, agent));

    public static LeaseToken TokenOf(Reply reply) => LeaseToken.TryParse(reply.Token) ?? throw new InvalidOperationException(reply.Refusal?.Message);

    public Reply Submit(string task, LeaseToken token, string commit = "c0") => Protocol.Submit(new TaskId(task), token, Target, "b0", commit);

    public Landing Landing(LeaseToken token) => Store.Read(reader => reader.FindLanding(token.Fence))!;

    public string Dump() => Stores.Dump.Of(Store);

    /// <summary>Applies what the reconciler decides when it knows nothing of any process.</summary>
    public int ReclaimDue(HolderState holder = HolderState.None)
    {
        var due = Reconciler.Decide(Snapshot(), _ => holder, Protocol.SilenceOf).OfType<Decision.Reclaim>().ToList();
        due.ForEach(decision => Protocol.Reclaim(decision));
        return due.Count;
    }

    public Snapshot Snapshot() => Protocol.Snapshot();

    public static WorkTask Task(string id, params string[] files) =>
        Rows.Task(new TaskId(id)) with { Files = files, Module = $"module {id}" };

    public static WorkTask After(string id, params string[] dependencies) =>
        Task(id) with { Dependencies = [.. dependencies.Select(dependency => new TaskId(dependency))] };

    public void Dispose()
    {
        Store.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static string? TypeOf(AgentId agent) => agent.Value.LastIndexOf('-') is > 0 and var dash ? agent.Value[..dash] : null;
}
