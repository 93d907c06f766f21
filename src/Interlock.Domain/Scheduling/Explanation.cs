using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;

namespace Interlock.Domain.Scheduling;

/// <summary>Why a task is where it is, in the words of every front end.</summary>
/// <param name="State">As people see it: an open task is blocked while a dependency is open.</param>
/// <param name="Because">The one rule in its way, with the holder and how long it has held; null when nothing is.</param>
/// <param name="Through">The unfinished tasks it waits for in turn, the nearest first; the last of them waits for no other.</param>
/// <param name="AtLast">What is in the way of the last of those; null when there is none, or nothing is in its way.</param>
/// <param name="Since">When the holder got what it holds, or the task began to wait; null when nobody holds anything.</param>
public sealed record Explanation(TaskId Task, TaskState State, Refusal? Because, IReadOnlyList<TaskId> Through, Refusal? AtLast, DateTimeOffset? Since)
{
    /// <summary>Everything in one sentence.</summary>
    public string Text => this switch
    {
        { Because: null } => $"nothing is in the way of task {Task}",
        { Through: [] } => Because.Message,
        { AtLast: null } => $"{Because.Message}{Chain}, and nothing is in the way of {Through[^1]}",
        _ => $"{Because.Message}{Chain}: {AtLast.Message}",
    };

    // The first one is in the message already.
    private string Chain => string.Concat(Through.Skip(1).Select(id => $", which waits for {id}"));

    /// <summary>Explains a task of the snapshot.</summary>
    /// <param name="effort">How long tasks are expected to take.</param>
    public static Explanation Of(Snapshot snapshot, WorkTask task, Func<WorkTask, TimeSpan> effort, bool ignoreCase = false)
    {
        var ground = Scheduler.GroundOf(snapshot, effort, ignoreCase);
        var because = ClaimRules.Check(task, ground, task.AgentType);
        var through = because?.Code == RefusalCodes.DependenciesOpen ? Follow(snapshot, task) : [];
        var last = through.Count > 0 ? snapshot.Find(through[^1]) : null;
        var atLast = last is null ? null : ClaimRules.Check(last, ground, last.AgentType);
        var age = atLast is null ? because?.Age : atLast.Age;
        return new Explanation(task.Id, snapshot.StateOf(task), because, through, atLast, age is { } held ? snapshot.Clock.Wall - held : null);
    }

    private static List<TaskId> Follow(Snapshot snapshot, WorkTask task)
    {
        var through = new List<TaskId>();
        var next = task;
        while (next.IsOpen && snapshot.OpenDependencies(next) is [var first, ..] && first.Id != task.Id && !through.Contains(first.Id))
        {
            through.Add(first.Id);
            next = first;
        }

        return through;
    }
}
