using Interlock.Engine.Stores;
using Interlock.Tests.Stores;

namespace Interlock.Tests.Faults.Simulation;

/// <summary>The simulated store keeps what the real one promises, or the simulation would prove nothing.</summary>
public sealed class MemoryStoreTests : StoreContract
{
    private MemoryFile? file;

    private protected override IStore Open(string newEpoch = "epoch") => new MemoryStore(file ??= new MemoryFile(newEpoch));
}
