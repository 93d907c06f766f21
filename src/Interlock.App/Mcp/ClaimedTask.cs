using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;

namespace Interlock.App.Mcp;

/// <summary>What only the holder of a task may do: the token of its claim is kept here and never shown to the model.</summary>
internal static class ClaimedTask
{
    public static ToolAnswer With(ToolCall call, TaskId task, Func<LeaseToken, ToolAnswer> act) =>
        call.Desk.TokenOf(task) is { } token ? act(token) : NotClaimed(call, task);

    public static async Task<ToolAnswer> WithAsync(ToolCall call, TaskId task, Func<LeaseToken, Task<ToolAnswer>> act) =>
        call.Desk.TokenOf(task) is { } token ? await act(token) : NotClaimed(call, task);

    private static ToolAnswer NotClaimed(ToolCall call, TaskId task) =>
        ToolAnswer.Refused(new Refusal(RefusalCodes.NotHolder, $"you, {call.Desk.Agent}, have not claimed task {task}", $"Claim it first: interlock claim {task}"));
}
