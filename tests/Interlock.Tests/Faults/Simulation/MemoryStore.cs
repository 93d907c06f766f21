using Interlock.Engine.Stores;

namespace Interlock.Tests.Faults.Simulation;

/// <summary>The place several instances share, as processes share a file.</summary>
internal sealed class MemoryFile(string epoch)
{
    public MemoryState State { get; set; } = new(epoch);

    /// <summary>Only one writes at a time, whatever instance it came through.</summary>
    public object Gate { get; } = new();
}

/// <summary>
/// A store in memory that keeps the contract of every store and is fast enough for a million schedules. Each write has three
/// places where the world may end: before it, at its commit, and after it but before its answer.
/// </summary>
internal sealed class MemoryStore(MemoryFile file) : IStore
{
    public string Epoch => EpochShown ?? file.State.Epoch;

    public MemoryState State => file.State;

    /// <summary>For the seeded bug that does not tell two incarnations apart.</summary>
    public string? EpochShown { get; set; }

    /// <summary>Called outside of the transaction: others may act here.</summary>
    public Action? BeforeWrite { get; set; }

    /// <summary>May throw as a full or failing disk does: nothing is changed then.</summary>
    public Action? AtCommit { get; set; }

    /// <summary>Sees each commit that changed something.</summary>
    public Action<MemoryState, MemoryState>? Committed { get; set; }

    /// <summary>May throw as a process that dies before it hears of its own success.</summary>
    public Action? AfterWrite { get; set; }

    /// <summary>Puts a seeded bug between the operations and the rows.</summary>
    public Func<MemoryTransaction, IStoreTransaction>? Alter { get; set; }

    public T Read<T>(Func<IStoreReader, T> work)
    {
        var transaction = new MemoryTransaction(file.State);
        return work(Alter?.Invoke(transaction) ?? transaction);
    }

    public T Write<T>(Func<IStoreTransaction, T> work)
    {
        BeforeWrite?.Invoke();
        T result;
        lock (file.Gate)
        {
            var before = file.State;
            var transaction = new MemoryTransaction(before);
            result = work(Alter?.Invoke(transaction) ?? transaction);
            transaction.AssertLogged();
            if (!ReferenceEquals(transaction.State, before))
            {
                AtCommit?.Invoke();
                file.State = transaction.State;
                Committed?.Invoke(before, transaction.State);
            }
        }

        AfterWrite?.Invoke();
        return result;
    }

    public StoreExam Examine() => new("memory", 0, "wal", [], file.State.LastFence + 1);

    public void CopyTo(string path) => throw new NotSupportedException("a store in memory has no file to copy");

    public void Dispose()
    {
    }
}
