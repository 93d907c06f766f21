using Interlock.Domain.Plans;

namespace Interlock.Domain.Leasing;

/// <summary>Why an operation was not carried out. One reason, named by a stable code, with what to do instead.</summary>
public sealed record Refusal(string Code, string Message, string Hint)
{
    /// <summary>Who stands in the way, when somebody does.</summary>
    public AgentId? Holder { get; init; }

    /// <summary>The task that somebody works on.</summary>
    public TaskId? HolderTask { get; init; }

    /// <summary>For how long the holder has held.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>True when the caller's right is gone for good: stop working, do not try again.</summary>
    public bool Stop { get; init; }
}

/// <summary>The stable codes of <see cref="Refusal"/>; they appear in JSON and documentation.</summary>
public static class RefusalCodes
{
    public const string UnknownTask = "unknown-task";
    public const string Held = "held";
    public const string DependenciesOpen = "dependencies-open";
    public const string AlreadyClaimed = "already-claimed";
    public const string NotOpen = "not-open";
    public const string HasParts = "has-parts";
    public const string Backoff = "backoff";
    public const string AgentLimit = "limit-agents";
    public const string ModuleLimit = "limit-module";
    public const string EpicLimit = "limit-epic";
    public const string TypeLimit = "limit-type";
    public const string ProviderLimit = "limit-provider";
    public const string FileBusy = "file-busy";
    public const string Reserved = "reserved";
    public const string BadFile = "bad-file";
    public const string NotCurrent = "not-current";
    public const string NotHolder = "not-holder";
    public const string NoCommit = "no-commit";
    public const string OutOfScope = "out-of-scope";
    public const string ChecksFailed = "checks-failed";
    public const string NothingToDo = "nothing-to-do";
    public const string NoSpace = "no-space";
    public const string Budget = "budget";
    public const string ProviderLimited = "provider-limited";
    public const string NoAgent = "no-agent";
    public const string UnknownSalvage = "unknown-salvage";
    public const string BranchExists = "branch-exists";
    public const string Dirty = "dirty";
    public const string Conflict = "conflict";
    public const string RateLimit = "rate-limit";
    public const string InboxFull = "inbox-full";
    public const string BadMessage = "bad-message";
    public const string BadSuggestion = "bad-suggestion";
}
