using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Messaging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Domain.Spending;
using Interlock.Domain.Verification;
using Interlock.Engine.Stores;

namespace Interlock.Tests.Faults.Simulation;

/// <summary>Passes everything on; a seeded bug changes exactly one answer or one write.</summary>
internal class Altered(MemoryTransaction inner) : IStoreTransaction
{
    protected MemoryTransaction Inner => inner;

    public long Revision => inner.Revision;

    public string? Meta(string key) => inner.Meta(key);
    public IReadOnlyList<PlanStory> Stories() => inner.Stories();
    public virtual WorkTask? FindTask(TaskId id) => inner.FindTask(id);
    public IReadOnlyList<WorkTask> Tasks() => inner.Tasks();
    public virtual Heartbeat? FindHeartbeat(Supervisor holder) => inner.FindHeartbeat(holder);
    public virtual IReadOnlyList<WorkTask> WaitingTasks() => inner.WaitingTasks();
    public virtual Lease? FindLease(long fence) => inner.FindLease(fence);
    public virtual IReadOnlyList<Lease> LiveLeases() => inner.LiveLeases();
    public virtual Landing? FindLanding(long fence) => inner.FindLanding(fence);
    public IReadOnlyList<Landing> OpenLandings() => inner.OpenLandings();
    public virtual BranchState? FindBranch(string fullRef) => inner.FindBranch(fullRef);
    public virtual IReadOnlyList<BranchState> Branches() => inner.Branches();
    public IReadOnlyList<Event> Events(long after, int limit, EventFilter? filter = null) => inner.Events(after, limit, filter);
    public IReadOnlyList<Event> LatestEvents(int limit, EventFilter? filter = null) => inner.LatestEvents(limit, filter);
    public long RevisionAt(DateTimeOffset time) => inner.RevisionAt(time);
    public IReadOnlyList<StoredRow> Rows() => inner.Rows();
    public IReadOnlyList<Lease> Leases() => inner.Leases();
    public IReadOnlyList<Landing> Landings() => inner.Landings();
    public Message? FindMessage(string id) => inner.FindMessage(id);
    public IReadOnlyList<Message> Messages() => inner.Messages();
    public IReadOnlyList<Message> MessagesSince(DateTimeOffset time) => inner.MessagesSince(time);
    public IReadOnlyList<Message> AwaitedMessages() => inner.AwaitedMessages();
    public bool IsDelivered(string message, AgentId agent) => inner.IsDelivered(message, agent);
    public bool IsDelivered(string message) => inner.IsDelivered(message);
    public IReadOnlyList<Delivery> Deliveries(AgentId agent) => inner.Deliveries(agent);
    public Suggestion? FindSuggestion(TaskId id) => inner.FindSuggestion(id);
    public IReadOnlyList<Suggestion> Suggestions() => inner.Suggestions();
    public IReadOnlyList<SignOfLife> SignsOfLife() => inner.SignsOfLife();
    public IReadOnlyList<AttemptUsage> Usages() => inner.Usages();
    public IReadOnlyList<AttemptUsage> Usages(TaskId task) => inner.Usages(task);
    public IReadOnlyList<Breaker> Breakers() => inner.Breakers();
    public virtual string? FindResult(string request) => inner.FindResult(request);
    public byte[]? Projection(string path) => inner.Projection(path);
    public IReadOnlyList<string> ProjectionPaths() => inner.ProjectionPaths();
    public CheckRun? FindGreen(string key) => inner.FindGreen(key);
    public IReadOnlyList<CheckRun> LatestRuns(string check, int limit) => inner.LatestRuns(check, limit);
    public IReadOnlyList<string> CheckNames() => inner.CheckNames();
    public void SetMeta(string key, string value) => inner.SetMeta(key, value);
    public void Put(PlanStory story, int order) => inner.Put(story, order);
    public virtual void Put(WorkTask task) => inner.Put(task);
    public virtual Lease Add(Lease lease) => inner.Add(lease);
    public virtual void SkipFences(long upTo) => inner.SkipFences(upTo);
    public virtual void Put(Lease lease) => inner.Put(lease);
    public void Put(Supervisor holder, Heartbeat beat) => inner.Put(holder, beat);
    public virtual void Put(Landing landing) => inner.Put(landing);
    public virtual void Put(BranchState branch) => inner.Put(branch);
    public void Put(Message message) => inner.Put(message);
    public void Change(Message message) => inner.Change(message);
    public void Put(Suggestion suggestion) => inner.Put(suggestion);
    public void Put(SignOfLife sign) => inner.Put(sign);
    public void Put(AttemptUsage usage) => inner.Put(usage);
    public void Put(Breaker breaker) => inner.Put(breaker);

    public void Deliver(string message, AgentId agent, DateTimeOffset at, DeliveryState state = DeliveryState.Acknowledged) =>
        inner.Deliver(message, agent, at, state);

    public virtual void SaveResult(string request, string result, DateTimeOffset at) => inner.SaveResult(request, result, at);
    public virtual void Append(DateTimeOffset at, string kind, string message, TaskId? task = null, AgentId? agent = null, long? fence = null) => inner.Append(at, kind, message, task, agent, fence);
    public void SetProjection(string path, byte[]? content) => inner.SetProjection(path, content);
    public void Add(CheckRun run, int keep) => inner.Add(run, keep);
}
