using System.Globalization;
using Interlock.Domain.Leasing;
using Interlock.Engine.Platform;

namespace Interlock.Engine.Worktrees;

/// <summary>How a pool treats the disk and the slots of its worktrees. The defaults pool nothing and set no budget.</summary>
public sealed record WorktreeOptions
{
    public static WorktreeOptions None { get; } = new();

    /// <summary>Most folders pooled at once.</summary>
    public int Pooled { get; init; }

    /// <summary>Ignored files that a reused folder may bring along, such as build output; nothing when empty.</summary>
    public FileSet Keep { get; init; } = FileSet.Empty;

    /// <summary>Bytes that everything below the root may take; null for no budget.</summary>
    public long? Disk { get; init; }

    public SlotSettings Slots { get; init; } = SlotSettings.None;

    /// <summary>What bounds how many set-up commands run at once.</summary>
    public BuildSlots Builds { get; init; } = BuildSlots.Unlimited;
}

/// <summary>What each live worktree has of its own by its slot: ports and variables.</summary>
/// <param name="FirstPort">Of slot 0; null when no ports are given out.</param>
/// <param name="PortsPerSlot">How many each slot has.</param>
/// <param name="Templates">Names to values in which <c>{slot}</c> and <c>{port}</c> are filled in.</param>
public sealed record SlotSettings(int? FirstPort, int PortsPerSlot, IReadOnlyDictionary<string, string> Templates)
{
    public static SlotSettings None { get; } = new(null, 0, new Dictionary<string, string>());

    /// <exception cref="IOException">There is no port left for the slot.</exception>
    public IReadOnlyDictionary<string, string> EnvironmentOf(int slot)
    {
        var number = slot.ToString(CultureInfo.InvariantCulture);
        var first = FirstPort + (slot * PortsPerSlot);
        if (first + PortsPerSlot - 1 > 65535)
        {
            throw new IOException($"slot {number} has no ports left; lower worktrees.ports.from or per_slot");
        }

        var port = first?.ToString(CultureInfo.InvariantCulture) ?? "";
        var environment = Templates.ToDictionary(
            template => template.Key,
            template => template.Value.Replace("{slot}", number, StringComparison.Ordinal).Replace("{port}", port, StringComparison.Ordinal));
        environment["INTERLOCK_SLOT"] = number;
        if (first is not null)
        {
            environment["INTERLOCK_PORT"] = port;
        }

        return environment;
    }
}
