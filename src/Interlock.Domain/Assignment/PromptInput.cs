using Interlock.Domain.Plans;

namespace Interlock.Domain.Assignment;

/// <summary>What a person's editor window is told. All text from the plan is untrusted.</summary>
/// <param name="Specialties">As in <see cref="AgentType.Specialties"/>; weights are not shown.</param>
/// <param name="Tasks">This agent's tasks in any order.</param>
/// <param name="Checks">Command lines that decide whether work is good.</param>
public sealed record PromptInput(
    RosterAgent Agent,
    IReadOnlyList<string> Specialties,
    StoryId Story,
    string StoryTitle,
    IReadOnlyList<PromptTask> Tasks,
    IReadOnlyList<string> Checks);

/// <summary>A task as a prompt lists it.</summary>
/// <param name="Status">As in <c>todo_progress.json</c>, such as <c>pending</c>.</param>
/// <param name="Files">File patterns; empty means unknown.</param>
public sealed record PromptTask(
    TaskId Id,
    string Title,
    Complexity Complexity,
    string Status,
    IReadOnlyList<PromptDependency> Dependencies,
    IReadOnlyList<string> Files);

/// <summary>A task that must land first.</summary>
/// <param name="Owner">The agent it is assigned to; null when it has none.</param>
public sealed record PromptDependency(TaskId Id, string Status, AgentId? Owner);

/// <summary>What one headless attempt at one task is told. All text from plan, commits and logs is untrusted.</summary>
/// <param name="Files">The patterns leased; empty means unknown.</param>
/// <param name="Attempt">Counts from 1.</param>
/// <param name="PreviousFailure">Why the attempt before failed; null when it is not known or there was none.</param>
/// <param name="PreviousLog">The last lines of the checks' log; null when there is none.</param>
/// <param name="HasPriorWork">The worktree already holds what the attempt before wrote.</param>
public sealed record RunPromptInput(
    AgentId Agent,
    StoryId Story,
    string StoryTitle,
    TaskId Task,
    string Title,
    string? Group,
    IReadOnlyList<string> Files,
    IReadOnlyList<LandedDependency> Landed,
    int Attempt,
    string? PreviousFailure,
    string? PreviousLog,
    bool HasPriorWork,
    IReadOnlyList<string> Checks)
{
    /// <summary>Why the process before this one was ended in the same directory; null for the first of an attempt.</summary>
    public string? Interrupted { get; init; }
}

/// <summary>What a dependency left on the branch.</summary>
/// <param name="Subject">First line of the commit that landed it; null when it completed without one.</param>
public sealed record LandedDependency(TaskId Id, string Title, string? Subject);
