using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Messaging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Domain.Spending;
using Interlock.Domain.Verification;

namespace Interlock.Engine.Stores;

/// <summary>
/// The one truth of a repository. Operations of the protocol are written once, over
/// <see cref="IStoreTransaction"/>; a store only supplies reading, writing and isolation, and every store
/// passes the same contract suite.
/// </summary>
public interface IStore : IDisposable
{
    /// <summary>Names this incarnation of the store: tokens of another are refused.</summary>
    string Epoch { get; }

    /// <summary>Runs on one consistent snapshot.</summary>
    T Read<T>(Func<IStoreReader, T> work);

    /// <summary>Runs alone: no other writer of any process is active. Throws away everything when <paramref name="work"/> throws.</summary>
    T Write<T>(Func<IStoreTransaction, T> work);

    /// <summary>Looks through the whole file for damage. Slow on a large one.</summary>
    StoreExam Examine();

    /// <summary>Writes a whole copy of the state as it is now into a new file.</summary>
    void CopyTo(string path);

}

public interface IStoreReader
{
    /// <summary>Sequence number of the newest event; 0 in a new store.</summary>
    long Revision { get; }

    string? Meta(string key);
    IReadOnlyList<PlanStory> Stories();
    WorkTask? FindTask(TaskId id);

    /// <summary>In the plan's order.</summary>
    IReadOnlyList<WorkTask> Tasks();

    Heartbeat? FindHeartbeat(Supervisor holder);

    /// <summary>Open tasks that were refused files and wait for them.</summary>
    IReadOnlyList<WorkTask> WaitingTasks();

    Lease? FindLease(long fence);
    IReadOnlyList<Lease> LiveLeases();
    Landing? FindLanding(long fence);

    /// <summary>Submitted or merging, oldest first.</summary>
    IReadOnlyList<Landing> OpenLandings();

    /// <summary>Null before the queue has looked at that branch.</summary>
    BranchState? FindBranch(string fullRef);

    IReadOnlyList<BranchState> Branches();

    /// <summary>Oldest first, with a sequence number above <paramref name="after"/>.</summary>
    IReadOnlyList<Event> Events(long after, int limit, EventFilter? filter = null);

    /// <summary>The newest that pass, oldest first.</summary>
    IReadOnlyList<Event> LatestEvents(int limit, EventFilter? filter = null);

    /// <summary>The newest event at that time or before; 0 when there is none.</summary>
    long RevisionAt(DateTimeOffset time);

    /// <summary>Every row that replaying the log rebuilds, in no order.</summary>
    IReadOnlyList<StoredRow> Rows();

    /// <summary>Every lease there ever was, by fence.</summary>
    IReadOnlyList<Lease> Leases();

    /// <summary>Every landing there ever was, by fence.</summary>
    IReadOnlyList<Landing> Landings();

    Message? FindMessage(string id);
    IReadOnlyList<Message> Messages();

    /// <summary>Those whose newest part is of that time or later, oldest first.</summary>
    IReadOnlyList<Message> MessagesSince(DateTimeOffset time);

    /// <summary>Questions whose answer has not come, oldest first.</summary>
    IReadOnlyList<Message> AwaitedMessages();

    bool IsDelivered(string message, AgentId agent);

    /// <summary>True when the message was given to anybody.</summary>
    bool IsDelivered(string message);

    IReadOnlyList<Delivery> Deliveries(AgentId agent);

    Suggestion? FindSuggestion(TaskId id);

    /// <summary>Every one there ever was, by id.</summary>
    IReadOnlyList<Suggestion> Suggestions();

    /// <summary>By agent.</summary>
    IReadOnlyList<SignOfLife> SignsOfLife();

    string? FindResult(string request);
    byte[]? Projection(string path);
    IReadOnlyList<string> ProjectionPaths();

    /// <summary>The newest answer under a key that was not red; null when there is none.</summary>
    CheckRun? FindGreen(string key);

    /// <summary>Of one check, newest first.</summary>
    IReadOnlyList<CheckRun> LatestRuns(string check, int limit);

    /// <summary>Every check with an answer, by name.</summary>
    IReadOnlyList<string> CheckNames();

    /// <summary>Of every attempt there ever was, by fence.</summary>
    IReadOnlyList<AttemptUsage> Usages();

    /// <summary>Of the attempts at one task, oldest first.</summary>
    IReadOnlyList<AttemptUsage> Usages(TaskId task);

    /// <summary>Of every provider that ever refused, by name.</summary>
    IReadOnlyList<Breaker> Breakers();
}

public interface IStoreTransaction : IStoreReader
{
    void SetMeta(string key, string value);
    void Put(PlanStory story, int order);
    void Put(WorkTask task);

    /// <summary>Stores a new lease under the next fence, which it returns in the record.</summary>
    Lease Add(Lease lease);

    /// <summary>No claim gets a fence up to this one any more.</summary>
    void SkipFences(long upTo);


    void Put(Lease lease);

    /// <summary>No row that events rebuild.</summary>
    void Put(Supervisor holder, Heartbeat beat);

    void Put(AttemptUsage usage);
    void Put(Breaker breaker);
    void Put(Landing landing);
    void Put(BranchState branch);

    /// <summary>Adds a message; one of its id must not be there.</summary>
    void Put(Message message);

    /// <summary>Replaces a message that is there.</summary>
    void Change(Message message);

    /// <summary>Notes how far a message came with an agent. What was acknowledged or dropped stays so.</summary>
    void Deliver(string message, AgentId agent, DateTimeOffset at, DeliveryState state = DeliveryState.Acknowledged);

    void Put(Suggestion suggestion);

    /// <summary>No row that events rebuild.</summary>
    void Put(SignOfLife sign);

    void SaveResult(string request, string result, DateTimeOffset at);

    /// <summary>Appends to the log, together with every row put since the event before: replaying those rows rebuilds the state.</summary>
    void Append(DateTimeOffset at, string kind, string message, TaskId? task = null, AgentId? agent = null, long? fence = null);

    void SetProjection(string path, byte[]? content);

    /// <summary>Adds an answer and forgets the oldest beyond <paramref name="keep"/>. The log of events does not rebuild these rows.</summary>
    void Add(CheckRun run, int keep);
}

/// <summary>One line of the append-only log.</summary>
/// <param name="Kind">Dotted name, such as <c>task.claimed</c>.</param>
/// <param name="Rows">JSON array of the rows this event changed.</param>
public sealed record Event(
    long Seq, DateTimeOffset At, string Kind, string Message, TaskId? Task, AgentId? Agent, long? Fence, string Rows);
