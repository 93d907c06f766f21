using Interlock.Domain.Liveness;
using Interlock.Engine.Agents;
using Interlock.Engine.Guarding;
using Interlock.Engine.Platform;

namespace Interlock.Engine.Running;

/// <summary>One process of an attempt's agent, as it is watched. An attempt has more than one when its agent is interrupted and goes on.</summary>
/// <param name="Interruptions">Of this attempt so far.</param>
internal sealed record AgentLife(AgentProcess Process, Activity Activity, AttemptGuard Guard, AgentPreset Preset, int Interruptions)
{
    public LivenessProfile Profile { get; } = Preset.Liveness.After(Interruptions);

    public bool IsOver => Process.Completion.IsCompleted;

    /// <param name="tip">Of its branch; null when that is not known.</param>
    public Look Look(TimeSpan now, TreeUse use, string? tip) => Activity.Fill(new Look
    {
        At = now,
        Output = Process.Printed,
        Asked = Process.Asked,
        Process = use.Sight,
        Cpu = use.Cpu,
        Traffic = use.Traffic,
        Files = Guard.Trees,
        Commit = tip,
    });
}
