namespace Interlock.Domain.Health;

/// <summary>Everything that can be found.</summary>
public static class FindingKinds
{
    private const string Fix = "interlock doctor --fix";

    public static readonly FindingKind StoreUnusable = Error("store-unusable", "No command works without the state.", "Mend what it says; when the state is gone or damaged: interlock doctor --rebuild");
    public static readonly FindingKind StoreDamaged = Error("store-damaged", "What is read from a damaged file can be wrong.", "Stop all runs, then: interlock doctor --rebuild");
    public static readonly FindingKind StoreJournal = Warning("store-journal", "Without the write-ahead log readers and writers block each other.", "Start any interlock command while no other program has the file open");
    public static readonly FindingKind LogDiffers = Error("log-differs", "The log of events no longer explains the state: something else wrote into the file.", "Look at these rows with interlock log; whoever changed the file by hand puts it back");
    public static readonly FindingKind StateOpenToOthers = Warning("state-open-to-others", "Other users of this machine could read tokens and prompts.", Fix);
    public static readonly FindingKind DiskLow = Warning("disk-low", "Below 200 MB where the state is no new work is given out; below it where the worktrees are, no run starts an agent.", "Free some space on that disk");

    public static readonly FindingKind TwoLeases = Error("two-leases", "Two holders of one task overwrite each other.", "Remove the lock file of one: rm .lock/<task>.lock");
    public static readonly FindingKind FenceOrder = Error("fence-order", "A fence that is given out twice lets an old holder pass for the new one.", Fix);
    public static readonly FindingKind FilesOverlap = Error("files-overlap", "Two agents change one file at the same time.", "Take one of the tasks back: interlock reassign");
    public static readonly FindingKind LimitExceeded = Warning("limit-exceeded", "More agents are at work than the limits allow; they were lowered, or something is wrong.", "It passes when one of them ends");
    public static readonly FindingKind HolderGone = Warning("holder-gone", "Its holder is gone; the task waits for nothing.", "Any interlock command that does something reclaims it: interlock status, or " + Fix);
    public static readonly FindingKind SupervisorSilent = Warning("supervisor-silent", "Its run is alive but has not reported for a while: it may hang.", "Look at it; to end it: kill the process, then interlock status");
    public static readonly FindingKind TaskWithoutLease = Error("task-without-lease", "It counts as in progress but nobody holds it, so nobody will finish it.", "Open it: interlock reassign <task> --to <agent>");
    public static readonly FindingKind LeaseWithoutTask = Error("lease-without-task", "Its files are kept from everybody for a task that nobody works on.", "Remove its lock file: rm .lock/<task>.lock");
    public static readonly FindingKind LandingWithoutTask = Error("landing-without-task", "A task and its place in the merge queue contradict each other.", "interlock cancel <task>, then interlock retry <task>");
    public static readonly FindingKind TokenLeft = Note("token-left", "A remembered token whose lease has ended opens nothing any more.", Fix);

    public static readonly FindingKind GitBroken = Error("git-broken", "Git cannot read all that its refs reach.", "Fetch the missing objects from another clone: git fetch; see git fsck");
    public static readonly FindingKind GitOld = Error("git-old", "Merging without a checkout needs git 2.38.", "Install a newer git");
    public static readonly FindingKind GitLockLeft = Warning("git-lock-left", "A git process died and left its lock; git refuses to write there.", Fix);
    public static readonly FindingKind LandedMissing = Error("landed-missing", "A task counts as completed and its commit is on no branch.", "Put the commit back on a branch, or: interlock doctor --fix, then interlock retry <task>");
    public static readonly FindingKind LandedUnrecorded = Error("landed-unrecorded", "Its work is on the branch but it would be done again.", Fix);
    public static readonly FindingKind LandedTwice = Error("landed-twice", "One piece of work is on the branch twice.", "Look at both with git show; take the second back: git revert");
    public static readonly FindingKind BranchForced = Warning("branch-forced", "Commits that had landed are gone from the branch.", Fix + " pauses the queue and says which tasks lost their work; then interlock queue resume");
    public static readonly FindingKind BranchMissing = Warning("branch-missing", "The branch that work lands on was deleted.", Fix + " puts it back where it was");
    public static readonly FindingKind QueuePaused = Warning("queue-paused", "Nothing lands on that branch.", "When it is settled: interlock queue resume");
    public static readonly FindingKind IntentOpen = Warning("intent-open", "A run died while it moved the branch.", Fix + ", or the next interlock run");
    public static readonly FindingKind MoveOpen = Warning("move-open", "A run died while it moved your branch with its checkout; git refuses to commit there.", Fix + ", or the next interlock run");
    public static readonly FindingKind CandidateLeft = Note("candidate-left", "A ref of a verification that is over keeps its objects alive.", Fix);
    public static readonly FindingKind WorkLost = Error("work-lost", "The work of an attempt is not in the repository any more: it cannot be gone on with.", Fix + " says so in the log and lets the task start anew; an older clone may have the commit");
    public static readonly FindingKind WorkKept = Note("work-kept", "Work of an attempt that did not land is kept.", "interlock salvage list");

    public static readonly FindingKind WorktreeOrphan = Warning("worktree-orphan", "A worktree has no lease behind it: what is in it belongs to nobody.", Fix + " saves its work and removes it");
    public static readonly FindingKind WorktreeHalfMade = Warning("worktree-half-made", "A process died while it made a worktree; git commands such as gc and fsck may fail on what is there of it.", Fix + ", or the next interlock run");
    public static readonly FindingKind WorktreeMissing = Warning("worktree-missing", "The folder an agent works in is gone; what was not committed in it is lost.", "Free the task: rm .lock/<task>.lock");
    public static readonly FindingKind FileEdited = Note("file-edited", "A projected file was edited and the edit not taken in yet.", "The next interlock command takes it in, or " + Fix);
    public static readonly FindingKind FileMissing = Note("file-missing", "A projected file was removed; for a lock that means: free the task.", "The next interlock command takes it in, or " + Fix);
    public static readonly FindingKind FileInTheWay = Warning("file-in-the-way", "What is not a file, or not a folder, where one belongs is never opened, and nothing can be written there.", "The next interlock command sets it aside, or " + Fix + "; a linked folder is yours to replace by a folder");
    public static readonly FindingKind Quarantined = Note("quarantined", "Files that could not be used are kept.", "Look at them; delete them when nobody needs them");
    public static readonly FindingKind TemporaryLeft = Note("temporary-left", "A process died while it wrote a file.", Fix);
    public static readonly FindingKind TrashLeft = Note("trash-left", "Folders of removed worktrees take up space until they are swept.", Fix);
    public static readonly FindingKind SandboxNone = Warning("sandbox-none", "Agents and checks can reach the network and everything you can.", "Install bubblewrap and allow user namespaces, or write \"sandbox\": \"none\"");

    public static IReadOnlyList<FindingKind> All { get; } =
    [
        StoreUnusable, StoreDamaged, StoreJournal, LogDiffers, StateOpenToOthers, DiskLow,
        TwoLeases, FenceOrder, FilesOverlap, LimitExceeded, HolderGone, SupervisorSilent, TaskWithoutLease, LeaseWithoutTask, LandingWithoutTask, TokenLeft,
        GitBroken, GitOld, GitLockLeft, LandedMissing, LandedUnrecorded, LandedTwice, BranchForced, BranchMissing, QueuePaused, IntentOpen, MoveOpen, CandidateLeft, WorkLost, WorkKept,
        WorktreeOrphan, WorktreeHalfMade, WorktreeMissing, FileEdited, FileMissing, FileInTheWay, Quarantined, TemporaryLeft, TrashLeft, SandboxNone,
    ];

    private static FindingKind Error(string code, string why, string remedy) => new(code, FindingSeverity.Error, why, remedy);

    private static FindingKind Warning(string code, string why, string remedy) => new(code, FindingSeverity.Warning, why, remedy);

    private static FindingKind Note(string code, string why, string remedy) => new(code, FindingSeverity.Note, why, remedy);
}
