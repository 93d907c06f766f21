using System.Text.Json;
using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Messaging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Domain.Spending;
using Interlock.Engine.Stores;

namespace Interlock.Tests.Stores;

/// <summary>Records to store: the least a row needs, and rows in which no member has its default.</summary>
internal static class Rows
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, 123, TimeSpan.Zero);

    public static WorkTask Task(TaskId id) => new() { Id = id, Story = new StoryId("2.5"), Title = $"Task {id}" };

    public static Lease Lease(TaskId? task, AgentId agent) => new()
    {
        Fence = 0,
        Kind = task is null ? LeaseKind.Hold : LeaseKind.Task,
        Task = task,
        Agent = agent,
        AcquiredAt = At,
        ExpiresAt = At.AddHours(2),
        Duration = TimeSpan.FromHours(2),
        Deadline = TimeSpan.FromHours(3),
        ClockBoot = "boot",
    };

    public static Lease FullLease(TaskId task, AgentId agent) => Lease(task, agent) with
    {
        AgentType = "dev",
        Provider = "shell",
        Module = "2.5 Backend",
        Epic = "2",
        Files = ["src/a.cs", "src/ü/**"],
        SecretHash = "00ff",
        Supervisor = new Supervisor("host", "boot", 17, 4711),
        Process = new Supervisor("host", "boot", 18, 4712),
        BaseCommit = "c0ffee",
        Worktree = "2.5.1-1",
        Reason = "because",
        InReview = true,
        EndedBecause = "it ended",
    };

    public static AttemptUsage FullUsage(long fence, TaskId task, AgentId agent) => new()
    {
        Fence = fence,
        Task = task,
        Story = new StoryId("2.5"),
        Agent = agent,
        Preset = "fast",
        Adapter = "claude",
        Provider = "anthropic",
        Model = "m",
        StartedAt = At,
        EndedAt = At.AddMinutes(2),
        Time = TimeSpan.FromSeconds(90),
        Usage = new Usage(1, 2, 3, 4, 2, 5) { Unsplit = 6 },
        Cost = 0.123456789m,
        Session = "s",
        Home = "/home",
        Directory = "/tree",
        Total = new SessionTotal(new Usage(10), 1.5m),
        Resumable = true,
    };

    public static Breaker FullBreaker() => new() { Id = "anthropic", Until = At.AddHours(1), Trips = 2, Reason = "full", NoCredit = true, At = At };

    public static WorkTask FullTask(TaskId id) => Task(id) with
    {
        Epic = "2",
        Group = "Backend",
        Order = 3,
        State = TaskState.Submitted,
        Complexity = Complexity.High,
        Priority = 2,
        Dependencies = [new TaskId("2.5.9")],
        Files = ["src/a.cs"],
        AssignedAgent = new AgentId("dev-1"),
        AgentType = "dev",
        PlanAgent = new AgentId("dev-2"),
        FromPlan = true,
        Module = "2.5 Backend",
        Attempts = 2,
        NotBefore = At.AddSeconds(1),
        LastError = "it \"broke\"\n日本",
        HeldBecause = "held",
        Bypasses = 2,
        PassedAt = At.AddSeconds(3),
        WaitingSince = At.AddSeconds(2),
        Notes = "notes",
        Commit = "c0ffee",
        CompletedHow = "landed",
        PriorCommit = "beef",
        PriorBase = "f00d",
        LastLog = "logs/x.log",
        CreatedAt = At.AddSeconds(3),
        UpdatedAt = At.AddSeconds(4),
        StartedAt = At.AddSeconds(5),
        CompletedAt = At.AddSeconds(6),
        Extra = "{\"mine\":1}",
    };

    public static Landing FullLanding(TaskId task) => new()
    {
        Task = task,
        Fence = 41,
        Agent = new AgentId("dev-1"),
        Target = "refs/heads/interlock/2.5",
        Base = "b0",
        Commit = "c0",
        State = LandingState.Merging,
        IntentOld = "o0",
        IntentNew = "n0",
        SubmittedAt = At,
        LandedAt = At.AddMinutes(1),
        Reason = "red",
    };

    public static Message FullMessage(string id, AgentId from) => new()
    {
        Id = id,
        From = from,
        To = ["dev-2", "qa"],
        Timestamp = At,
        Type = "question",
        Subject = "s",
        Body = "b",
        RelatedTasks = ["2.5.1"],
        RelatedFiles = ["a.cs"],
        Urgency = "high",
        RequiresResponse = true,
        ResponseBy = At.AddHours(1),
    };

    public static string Json(WorkTask task) => JsonSerializer.Serialize(task, StoreJson.Default.WorkTask);

    public static string Json(Lease lease) => JsonSerializer.Serialize(lease, StoreJson.Default.Lease);

    public static string Json(Landing landing) => JsonSerializer.Serialize(landing, StoreJson.Default.Landing);

    public static string Json(Message message) => JsonSerializer.Serialize(message, StoreJson.Default.Message);

    /// <summary>The tasks among the rows an event carries.</summary>
    public static IReadOnlyList<WorkTask> TasksIn(string rows)
    {
        using var document = JsonDocument.Parse(rows);
        return [.. document.RootElement.EnumerateArray()
            .Where(row => row.TryGetProperty("task", out _))
            .Select(row => JsonSerializer.Deserialize(row.GetProperty("task"), StoreJson.Default.WorkTask)!)];
    }
}

/// <summary>All that a store holds, as one text to compare.</summary>
internal static class Dump
{
    public static string Of(IStore store) => store.Read(reader => string.Join('\n',
    [
        $"revision {reader.Revision}",
        .. reader.Tasks().Select(Rows.Json),
        .. Enumerable.Range(1, 400).Select(fence => reader.FindLease(fence)).TakeWhile(lease => lease is not null).Select(lease => Rows.Json(lease!)),
        .. reader.OpenLandings().Select(Rows.Json),
        .. reader.Messages().Select(Rows.Json),
        .. reader.ProjectionPaths(),
    ]));
}
