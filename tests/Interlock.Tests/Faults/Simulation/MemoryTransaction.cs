using System.Collections.Immutable;
using System.Globalization;
using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Messaging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Domain.Spending;
using Interlock.Domain.Verification;
using Interlock.Engine.Stores;

namespace Interlock.Tests.Faults.Simulation;

/// <summary>Reading and writing one <see cref="MemoryState"/>, with the same rules as the schema of the embedded store.</summary>
internal sealed class MemoryTransaction(MemoryState state) : IStoreTransaction
{
    private readonly List<MemoryRow> rows = [];

    public MemoryState State { get; private set; } = state;

    public long Revision => State.Events.Count;

    public string? Meta(string key) => State.Meta.GetValueOrDefault(key);

    public IReadOnlyList<PlanStory> Stories() =>
        [.. State.Stories.Values.OrderBy(row => row.Order).ThenBy(row => row.Key, StringComparer.Ordinal).Select(row => (PlanStory)row.Record)];

    public WorkTask? FindTask(TaskId id) => State.Find(id);

    public IReadOnlyList<WorkTask> Tasks() => State.Tasks;

    public Heartbeat? FindHeartbeat(Supervisor holder) => State.Beats.GetValueOrDefault(holder);

    public IReadOnlyList<WorkTask> WaitingTasks() =>
        [.. State.Tasks.Where(task => task is { WaitingSince: not null, IsOpen: true }).OrderBy(task => task.Id.Value, StringComparer.Ordinal)];

    public Lease? FindLease(long fence) => State.Leases.GetValueOrDefault(fence);

    public IReadOnlyList<Lease> LiveLeases() => State.Live;

    public Landing? FindLanding(long fence) => State.Landings.GetValueOrDefault(fence);

    public IReadOnlyList<Landing> OpenLandings() => [.. State.Landings.Values.Where(landing => landing.State is LandingState.Submitted or LandingState.Merging)];

    public BranchState? FindBranch(string fullRef) => State.Branches.GetValueOrDefault(fullRef);

    public IReadOnlyList<BranchState> Branches() => [.. State.Branches.Values];

    public IReadOnlyList<Event> Events(long after, int limit, EventFilter? filter = null) =>
        [.. State.Events.Skip((int)Math.Min(after, State.Events.Count)).Where(entry => Passes(entry.Line, filter)).Take(limit).Select(entry => entry.Written)];

    public IReadOnlyList<Event> LatestEvents(int limit, EventFilter? filter = null) =>
        [.. State.Events.Where(entry => Passes(entry.Line, filter)).TakeLast(limit).Select(entry => entry.Written)];

    public long RevisionAt(DateTimeOffset time) => State.Events.Where(entry => entry.Line.At <= time).Select(entry => entry.Line.Seq).DefaultIfEmpty(0).Max();

    public IReadOnlyList<StoredRow> Rows() =>
    [
        .. State.Stories.Values.Select(row => new StoredRow("story", row.Key, row.Doc, row.Order)),
        .. State.Tasks.Select(task => Stored("task", task.Id.Value, task)),
        .. State.Leases.Values.Select(lease => Stored("lease", Key(lease.Fence), lease)),
        .. State.Landings.Values.Select(landing => Stored("landing", Key(landing.Fence), landing)),
        .. State.Branches.Values.Select(branch => Stored("branch", branch.Ref, branch)),
        .. State.Messages.Values.Select(message => Stored("message", message.Id, message)),
        .. State.Deliveries.Values.Select(delivery => Stored("delivery", delivery.Key, delivery)),
        .. State.Suggestions.Values.Select(suggestion => Stored("suggestion", suggestion.Id.Value, suggestion)),
        .. State.Usages.Values.Select(usage => Stored("usage", Key(usage.Fence), usage)),
        .. State.Breakers.Values.Select(breaker => Stored("breaker", breaker.Id, breaker)),
    ];

    public IReadOnlyList<Lease> Leases() => [.. State.Leases.Values];

    public IReadOnlyList<Landing> Landings() => [.. State.Landings.Values];

    public Message? FindMessage(string id) => State.Messages.GetValueOrDefault(id);

    public IReadOnlyList<Message> Messages() => [.. State.Messages.Values];

    public IReadOnlyList<Message> MessagesSince(DateTimeOffset time) => [.. State.Messages.Values.Where(message => (message.LastAt ?? message.Timestamp) >= time)];

    public IReadOnlyList<Message> AwaitedMessages() => [.. State.Messages.Values.Where(message => message.IsAwaited())];

    public bool IsDelivered(string message) => State.Deliveries.Values.Any(delivery => delivery.Message == message);

    public IReadOnlyList<Delivery> Deliveries(AgentId agent) => [.. State.Deliveries.Values.Where(delivery => delivery.Agent == agent)];

    public Suggestion? FindSuggestion(TaskId id) => State.Suggestions.GetValueOrDefault(id.Value);

    public IReadOnlyList<Suggestion> Suggestions() => [.. State.Suggestions.Values];

    public IReadOnlyList<SignOfLife> SignsOfLife() => [.. State.Signs.Values];

    public IReadOnlyList<AttemptUsage> Usages() => [.. State.Usages.Values];

    public IReadOnlyList<AttemptUsage> Usages(TaskId task) => [.. State.Usages.Values.Where(usage => usage.Task == task)];

    public IReadOnlyList<Breaker> Breakers() => [.. State.Breakers.Values];

    public bool IsDelivered(string message, AgentId agent) => State.Deliveries.ContainsKey($"{message}/{agent}");

    public string? FindResult(string request) => State.Results.GetValueOrDefault(request);

    public byte[]? Projection(string path) => State.Projections.GetValueOrDefault(path);

    public IReadOnlyList<string> ProjectionPaths() => [.. State.Projections.Keys];

    public CheckRun? FindGreen(string key) => State.Checks.LastOrDefault(run => run.Key == key && run.Result != CheckResult.Failed);

    public IReadOnlyList<CheckRun> LatestRuns(string check, int limit) => [.. State.Checks.Where(run => run.Check == check).Reverse().Take(limit)];

    public IReadOnlyList<string> CheckNames() => [.. State.Checks.Select(run => run.Check).Distinct().Order(StringComparer.Ordinal)];

    public void SetMeta(string key, string value) => State = State with { Meta = State.Meta.SetItem(key, value) };

    public void Put(PlanStory story, int order) =>
        State = State with { Stories = State.Stories.SetItem(story.Id.Value, Changed("story", story.Id.Value, story, order)) };

    public void Put(WorkTask task)
    {
        Changed("task", task.Id.Value, task);
        var tasks = State.Tasks.ToBuilder();
        var at = 0;
        while (at < tasks.Count && tasks[at].Id != task.Id)
        {
            at++;
        }

        if (at < tasks.Count && tasks[at].Order == task.Order)
        {
            tasks[at] = task;
        }
        else
        {
            tasks.RemoveAll(other => other.Id == task.Id);
            tasks.Add(task);
            tasks.Sort((left, right) => left.Order != right.Order ? left.Order.CompareTo(right.Order) : string.CompareOrdinal(left.Id.Value, right.Id.Value));
        }

        State = State with { Tasks = tasks.ToImmutable() };
    }

    public Lease Add(Lease lease)
    {
        var fenced = lease with { Fence = State.LastFence + 1, Live = true };
        State = State with { LastFence = fenced.Fence, Leases = State.Leases.Add(fenced.Fence, fenced) };
        Put(fenced);
        return fenced;
    }

    public void SkipFences(long upTo) => State = State with { LastFence = Math.Max(State.LastFence, upTo) };

    public void Put(Lease lease)
    {
        Changed("lease", Key(lease.Fence), lease);
        var live = State.Live.RemoveAll(other => other.Fence == lease.Fence);
        if (lease.Live)
        {
            if (lease.Task is not null && live.Any(other => other.Task == lease.Task))
            {
                throw new InvalidOperationException($"task {lease.Task} has a live lease already");
            }

            var at = live.Length;
            while (at > 0 && live[at - 1].Fence > lease.Fence)
            {
                at--;
            }

            live = live.Insert(at, lease);
        }

        State = State with { Leases = State.Leases.SetItem(lease.Fence, lease), Live = live };
    }

    public void Put(Supervisor holder, Heartbeat beat) => State = State with { Beats = State.Beats.SetItem(holder, beat) };

    public void Put(Landing landing)
    {
        Changed("landing", Key(landing.Fence), landing);
        State = State with { Landings = State.Landings.SetItem(landing.Fence, landing) };
    }

    public void Put(BranchState branch)
    {
        Changed("branch", branch.Ref, branch);
        State = State with { Branches = State.Branches.SetItem(branch.Ref, branch) };
    }

    public void Put(Message message)
    {
        Changed("message", message.Id, message);
        State = State with { Messages = State.Messages.ContainsKey(message.Id) ? throw new InvalidOperationException($"message {message.Id} is there already") : State.Messages.Add(message.Id, message) };
    }

    public void Change(Message message)
    {
        if (State.Messages.ContainsKey(message.Id))
        {
            Changed("message", message.Id, message);
            State = State with { Messages = State.Messages.SetItem(message.Id, message) };
        }
    }

    public void Put(Suggestion suggestion)
    {
        Changed("suggestion", suggestion.Id.Value, suggestion);
        State = State with { Suggestions = State.Suggestions.SetItem(suggestion.Id.Value, suggestion) };
    }

    public void Put(AttemptUsage usage)
    {
        Changed("usage", Key(usage.Fence), usage);
        State = State with { Usages = State.Usages.SetItem(usage.Fence, usage) };
    }

    public void Put(Breaker breaker)
    {
        Changed("breaker", breaker.Id, breaker);
        State = State with { Breakers = State.Breakers.SetItem(breaker.Id, breaker) };
    }

    public void Put(SignOfLife sign) => State = State with { Signs = State.Signs.SetItem(sign.Agent.Value, sign) };

    public void Deliver(string message, AgentId agent, DateTimeOffset at, DeliveryState state = DeliveryState.Acknowledged)
    {
        var known = State.Deliveries.GetValueOrDefault($"{message}/{agent}");
        if (known is null || (known.Reached == DeliveryState.Delivered && state != DeliveryState.Delivered))
        {
            var delivery = new Delivery(message, agent, at, state == DeliveryState.Acknowledged ? null : state);
            Changed("delivery", delivery.Key, delivery);
            State = State with { Deliveries = State.Deliveries.SetItem(delivery.Key, delivery) };
        }
    }

    public void SaveResult(string request, string result, DateTimeOffset at) =>
        State = State with { Results = State.Results.ContainsKey(request) ? throw new InvalidOperationException("this request was answered before") : State.Results.Add(request, result) };

    public void Append(DateTimeOffset at, string kind, string message, TaskId? task = null, AgentId? agent = null, long? fence = null)
    {
        State = State with { Events = State.Events.Add(new MemoryEvent(new Event(State.Events.Count + 1, at, kind, message, task, agent, fence, "[]"), [.. rows])) };
        rows.Clear();
    }

    public void SetProjection(string path, byte[]? content) =>
        State = State with { Projections = content is null ? State.Projections.Remove(path) : State.Projections.SetItem(path, content) };

    public void Add(CheckRun run, int keep)
    {
        var runs = State.Checks.Add(run);
        State = State with { Checks = runs.Count > keep ? runs.RemoveRange(0, runs.Count - keep) : runs };
    }

    public void AssertLogged()
    {
        if (rows.Count > 0)
        {
            throw new InvalidOperationException($"rows were changed without an event: {rows[0].Table} {rows[0].Key}");
        }
    }

    /// <summary>For the seeded bug that forgets an event.</summary>
    public void ForgetRows() => rows.Clear();

    private MemoryRow Changed(string table, string key, object record, int? order = null)
    {
        var row = new MemoryRow(table, key, record, order);
        rows.Add(row);
        return row;
    }

    private static StoredRow Stored(string table, string key, object record) => new(table, key, new MemoryRow(table, key, record).Doc);

    private static string Key(long fence) => fence.ToString(CultureInfo.InvariantCulture);

    private static bool Passes(Event line, EventFilter? filter) => filter is null
        || ((filter.Task is null || line.Task == filter.Task) && (filter.Agent is null || line.Agent == filter.Agent) && (filter.Since is null || line.At >= filter.Since)
            && (filter.Kind is null || line.Kind == filter.Kind || line.Kind.StartsWith($"{filter.Kind}.", StringComparison.Ordinal)));
}
