namespace Interlock.Engine.Stores;

/// <summary>What an acknowledged change survives.</summary>
public enum Durability
{
    /// <summary>Everything, also power loss: each commit waits until the disk has it.</summary>
    Full,

    /// <summary>The end of any process. Power loss may take the newest changes with it, never half of one.</summary>
    Normal,
}
