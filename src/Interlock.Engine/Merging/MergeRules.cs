using Interlock.Domain.Leasing;
using Interlock.Engine.Verification;

namespace Interlock.Engine.Merging;

public enum MergeRuleKind
{
    /// <summary>Both sides' added lines are kept, the landed ones first.</summary>
    Union,

    /// <summary>The file is made anew by a command from the rest of the merged tree.</summary>
    Regenerate,

    /// <summary>A file added under a number that the branch used meanwhile gets the next free one.</summary>
    Renumber,
}

/// <param name="Command">What makes the files anew; only of <see cref="MergeRuleKind.Regenerate"/>.</param>
public sealed record MergeRule(MergeRuleKind Kind, FileSet Paths, Check? Command = null);

/// <summary>A new tree with the files made anew, or why there is none.</summary>
/// <param name="Tree">Null when it failed.</param>
/// <param name="Log">The end of what the command printed.</param>
public sealed record Regenerated(string? Tree, string Reason, string Log);

/// <summary>Runs the command of a rule on a checkout of a commit and takes what it makes of the rule's paths.</summary>
public interface IRegenerator
{
    Task<Regenerated> RunAsync(string commit, MergeRule rule, CancellationToken cancellation);
}

/// <summary>How files that many tasks change at once come together without anybody's judgement. The first rule that names a path counts.</summary>
/// <param name="regenerator">Needed as soon as a rule regenerates.</param>
public sealed class MergeRules(IReadOnlyList<MergeRule> rules, IRegenerator? regenerator)
{
    public static MergeRules None { get; } = new([], null);

    public IReadOnlyList<MergeRule> All => rules;

    internal IRegenerator Regenerator => regenerator ?? throw new InvalidOperationException("a rule regenerates and nothing can run its command");

    public MergeRule? For(string path) => rules.FirstOrDefault(rule => rule.Paths.Covers(path));

    public bool Is(string path, MergeRuleKind kind) => For(path)?.Kind == kind;
}
