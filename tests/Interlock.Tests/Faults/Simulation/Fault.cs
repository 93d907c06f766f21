namespace Interlock.Tests.Faults.Simulation;

/// <summary>Everything the simulated world does to the product besides plain work.</summary>
internal enum Fault
{
    CrashBeforeWrite,
    CrashAfterWrite,
    CrashBeforeReadingARef,
    CrashBeforeAskingAncestry,
    CrashBeforeSwap,
    CrashAfterSwap,
    CrashBeforeChecks,
    CrashBeforeKeepingLanded,
    OthersActInBetween,
    HelperLands,
    HelperReclaims,
    RefIsLocked,
    AgentDies,
    AgentFails,
    AgentLeavesItsScope,
    AgentChangesProtectedFiles,
    BadWork,
    FlakyCheck,
    SupervisorFallsSilent,
    SupervisorCannotBeProbed,
    WindowSleepsPastItsLease,
    ZombieSubmits,
    ZombieRenews,
    ZombieExtends,
    ZombieFails,
    ZombieReleases,
    ZombieCompletes,
    ZombieBlocks,
    WrongSecret,
    TokenOfAnotherEpoch,
    RequestLost,
    RequestRepeated,
    AnswerLost,
    RequestsOutOfOrder,
    LockRemoved,
    HoldByHand,
    HoldOverLiveLease,
    CompletedByHand,
    OpenedByHand,
    RetriedByHand,
    CancelledByHand,
    Reassigned,
    ApprovedByHand,
    UndoneByHand,
    QueuePaused,
    ForeignCommit,
    ForeignRedCommit,
    BranchMovedBack,
    BranchRebased,
    BranchDeleted,
    ClockSetForward,
    ClockSetBack,
    HostRestarts,
    DiskFull,
    DiskError,
    NoSpaceForNewWork,
    StateWipedAndRebuilt,
}

/// <summary>How often each fault struck.</summary>
internal sealed class FaultCounts
{
    private readonly long[] counts = new long[Enum.GetValues<Fault>().Length];

    public void Add(Fault fault) => Interlocked.Increment(ref counts[(int)fault]);

    public long this[Fault fault] => counts[(int)fault];

    public IReadOnlyList<(Fault Fault, long Count)> All => [.. Enum.GetValues<Fault>().Select(fault => (fault, counts[(int)fault]))];
}

/// <summary>A process ends here.</summary>
internal sealed class ProcessDied : Exception;

/// <summary>What must always hold did not.</summary>
internal sealed class Violation(string rule, string what) : Exception($"{rule}: {what}")
{
    public string Rule { get; } = rule;
}
