using Interlock.Domain.Graph;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Sandbox;

namespace Interlock.Engine.Running;

/// <summary>Keeps the times of one run and turns them, with the final state, into its report.</summary>
internal sealed class RunLedger
{
    private readonly Workspace workspace;
    private readonly StoryId story;
    private readonly DateTimeOffset startedAt;
    private readonly long started;
    private readonly HashSet<TaskId> doneBefore;
    private readonly Dictionary<TaskId, DateTimeOffset> firstClaim = [];
    private readonly HashSet<long> usedBefore;
    private IReadOnlyList<Decision.Wait> waits = [];
    private TimeSpan busy;
    private int attempts;

    public RunLedger(Workspace workspace, StoryId story)
    {
        this.workspace = workspace;
        this.story = story;
        startedAt = workspace.Protocol.Clock.Now;
        started = workspace.Protocol.Clock.Time.GetTimestamp();
        usedBefore = [.. workspace.Store.Read(reader => reader.Usages()).Select(usage => usage.Fence)];
        doneBefore = [.. Tasks().Where(task => task.IsFinished).Select(task => task.Id)];
    }

    /// <summary>How long the run was expected to take; null when nobody could say.</summary>
    public TimeSpan? Predicted { get; set; }

    public void Started(TaskId task) => firstClaim.TryAdd(task, workspace.Protocol.Clock.Now);

    /// <summary>Why tasks did not start at the last look: of some of it the store knows nothing.</summary>
    public void Waiting(IReadOnlyList<Decision.Wait> now) => waits = now;

    public void Ended(TaskId task, TimeSpan time)
    {
        busy += time;
        attempts += time > TimeSpan.Zero ? 1 : 0;
    }

    public RunReport Report(string branch, bool cancelled)
    {
        var tasks = Tasks();
        var graph = TaskGraph.Build(tasks.Select(task => new TaskNode(task.Id, task.Dependencies)));
        var byId = tasks.ToDictionary(task => task.Id);
        var path = graph.CriticalPath(id => byId.GetValueOrDefault(id) is { } task ? Took(task).TotalSeconds : 0);
        return new RunReport(
            story,
            branch,
            [.. tasks.Where(task => task.State == TaskState.Merged && !doneBefore.Contains(task.Id)).Select(task => Outcome(task, task.Commit ?? task.CompletedHow ?? ""))],
            [.. tasks.Where(NeedsPerson).Select(task => Outcome(task, task.HeldBecause ?? task.LastError ?? ""))],
            [.. tasks.Where(task => !task.IsFinished && !NeedsPerson(task)).Select(task => Outcome(task, WhyOpen(task)))],
            doneBefore.Count,
            tasks.Count,
            attempts,
            workspace.Protocol.Clock.Time.GetElapsedTime(started),
            busy,
            TimeSpan.FromSeconds(path.Length),
            path.Tasks,
            cancelled)
        {
            Predicted = Predicted,
            FlakyChecks = workspace.Protocol.FlakyChecks(),
            Usages = [.. workspace.Store.Read(reader => reader.Usages()).Where(usage => !usedBefore.Contains(usage.Fence))],
            Sandbox = Sandboxes.For(workspace.Config.Config).Level,
        };
    }

    private string WhyOpen(WorkTask task)
    {
        var branch = workspace.Store.Read(reader => reader.OpenLandings().FirstOrDefault(landing => landing.Task == task.Id) is { } landing ? reader.FindBranch(landing.Target) : null);
        return branch switch
        {
            { Pause: { } pause } => $"its work waits, because nothing lands: {pause.Reason}",
            { RedTip: { } red } when red == branch.Tip => "its work waits, because the checks fail on the branch itself",
            _ => workspace.Protocol.WhyNot(task.Id)?.Message ?? waits.FirstOrDefault(wait => wait.Task == task.Id)?.Because.Message ?? "ready",
        };
    }

    // From the first claim of this run to the landing: what the task really cost, repairs included.
    private TimeSpan Took(WorkTask task) =>
        firstClaim.TryGetValue(task.Id, out var from) && task.CompletedAt is { } to && to >= startedAt ? to - from : TimeSpan.Zero;

    private static bool NeedsPerson(WorkTask task) => task.State == TaskState.Dead || (task.HeldBecause is not null && task.IsOpen);

    private static TaskOutcome Outcome(WorkTask task, string detail) => new(task.Id, task.Title, detail, task.LastLog);

    private List<WorkTask> Tasks() => [.. workspace.Store.Read(reader => reader.Tasks()).Where(task => task.Story == story)];
}
