using System.Text.Json;
using System.Text.Json.Serialization;
using Interlock.Domain.Leasing;
using Interlock.Domain.Liveness;
using Interlock.Engine.Stores;

namespace Interlock.Engine.Running;

/// <summary>What a run last found of one agent at work.</summary>
/// <param name="Health">As <see cref="AgentHealth"/>, in small letters.</param>
/// <param name="Since">When it became so.</param>
/// <param name="Step">What was done about it last: <c>nudged</c>, <c>saved</c>, <c>resumed</c>, <c>restarted</c>; null when nothing.</param>
public sealed record AgentSight(string Agent, string Task, long Fence, string Health, string Reason, IReadOnlyList<string> Evidence, DateTimeOffset Since, string? Step);

/// <summary>Everything a run last found.</summary>
/// <param name="Brake">Why no further agent starts; null when one may.</param>
public sealed record RunSight(DateTimeOffset At, IReadOnlyList<AgentSight> Agents, Refusal? Brake)
{
    private const string FileName = "agents.json";

    /// <summary>Of the run that is active; null when there is none, or it has not looked yet.</summary>
    public static RunSight? Read(string stateDir)
    {
        if (!RunLock.IsHeld(stateDir))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(stateDir, FileName)), RunSightJson.Default.RunSight);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    public AgentSight? Of(Lease? lease) => lease is null ? null : Agents.FirstOrDefault(sight => sight.Fence == lease.Fence);

    // What a look found is old a moment later and nobody's state: it costs no write to the store and need not outlive a power loss.
    internal void Write(string stateDir)
    {
        var path = Path.Combine(stateDir, FileName);
        try
        {
            File.WriteAllBytes(path + ".new", JsonSerializer.SerializeToUtf8Bytes(this, RunSightJson.Default.RunSight));
            File.Move(path + ".new", path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A full disk keeps people from seeing it, and the run from nothing.
        }
    }

    internal static void Forget(string stateDir)
    {
        try
        {
            File.Delete(Path.Combine(stateDir, FileName));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is not believed without a run either.
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(TaskIdConverter), typeof(AgentIdConverter)])]
[JsonSerializable(typeof(RunSight))]
internal sealed partial class RunSightJson : JsonSerializerContext;
