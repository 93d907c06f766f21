using Interlock.Domain.Plans;

namespace Interlock.Engine.Protocol;

public sealed partial class TaskProtocol
{
    /// <summary>Notes in the log that work under way will conflict. Changes no task.</summary>
    /// <param name="other">Null when it conflicts with what has landed.</param>
    public void NoteExpectedConflict(TaskId task, AgentId agent, long fence, TaskId? other, IReadOnlyList<string> paths) => store.Write(transaction =>
    {
        var with = other is { } id ? $"task {id}" : "what has landed";
        transaction.Append(clock.Now, "conflict.expected", $"with {with} in {string.Join(", ", paths)}", task, agent, fence);
        return true;
    });
}
