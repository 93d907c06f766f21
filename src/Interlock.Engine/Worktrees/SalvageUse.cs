using Interlock.Domain.Leasing;
using Interlock.Engine.Configuration;
using Interlock.Engine.Merging;

namespace Interlock.Engine.Worktrees;

/// <summary>What became of saved work that was asked back.</summary>
/// <param name="Files">Paths that changed in the checkout, staged and not committed; empty with a branch or a refusal.</param>
public sealed record SalvageAnswer(IReadOnlyList<string> Files, Refusal? Refusal = null);

/// <summary>Brings saved work back, as a branch or into the files of a checkout. The salvage itself stays.</summary>
public sealed class SalvageUse(Repository repository)
{
    private static readonly string[] Reserved = ["interlock/", "agent/", WorktreePool.VerificationBranches];

    /// <summary>A new branch at exactly the saved state. An existing one is never moved.</summary>
    /// <exception cref="BadInputException">No branch can have that name.</exception>
    public async Task<SalvageAnswer> AsBranchAsync(SavedWork work, string branch, CancellationToken cancellation)
    {
        var reference = "refs/heads/" + branch;
        var valid = await repository.Git.TryRunAsync(["check-ref-format", reference], cancellation);
        if (branch.StartsWith('-') || valid.ExitCode != 0 || Reserved.Any(prefix => branch.StartsWith(prefix, StringComparison.Ordinal)))
        {
            throw new BadInputException($"'{branch}' cannot name this branch", "Use a plain name, such as rescue-2.5.1; interlock/ and agent/ are kept for runs");
        }

        try
        {
            var made = await repository.CompareAndSwapAsync(reference, work.Commit, new string('0', work.Commit.Length), $"interlock: salvage {work.Name}", cancellation);
            return made ? new SalvageAnswer([]) : new SalvageAnswer([], new Refusal(RefusalCodes.BranchExists, $"there is a branch {branch} already", "It is left as it is; give another name"));
        }
        catch (GitException error)
        {
            throw new BadInputException($"the branch {branch} cannot be created: {error.Error.Trim()}", "Give another name with --branch");
        }
    }

    /// <summary>Merges the saved changes into the files of the checkout around a folder: all of them, or none.</summary>
    /// <exception cref="BadInputException">There is no checkout, or it has no commit.</exception>
    public async Task<SalvageAnswer> IntoFilesAsync(SavedWork work, string folder, CancellationToken cancellation)
    {
        var checkout = Checkout.Around(repository, folder) ?? throw new BadInputException($"{folder} is in no checkout of this repository", "Go into one, or use --branch");
        var head = await checkout.HeadAsync(cancellation) ?? throw new BadInputException($"{checkout.Path} has no commit yet", "Make the first one, or use --branch");
        var offer = $"Nothing was changed. Take it as a branch instead: interlock salvage apply {work.Name} --branch NAME";
        if (checkout.Unfinished is { } unfinished)
        {
            return Refused(RefusalCodes.Dirty, $"{unfinished} is under way in {checkout.Path}", "End it first. " + offer);
        }

        var merge = await TreeMerge.MergeAsync(repository, work.Base, head, work.Commit, cancellation);
        if (!merge.Clean)
        {
            return Refused(RefusalCodes.Conflict, $"it conflicts with {checkout.Path} in {Names(merge.Paths)}", offer);
        }

        var changes = await TreeChange.ReadAsync(repository, head, merge.Tree, cancellation);
        if (changes.Count == 0)
        {
            return new SalvageAnswer([]);
        }

        var files = new CheckoutFiles(repository, checkout);
        return await ObstacleAsync(files, checkout, head, merge.Tree, changes, offer, cancellation)
            ?? await WriteAsync(files, checkout, head, merge.Tree, changes, offer, cancellation);
    }

    private static async Task<SalvageAnswer?> ObstacleAsync(
        CheckoutFiles files, Checkout checkout, string head, string tree, IReadOnlyList<TreeChange> changes, string offer, CancellationToken cancellation)
    {
        var touched = changes.Select(change => change.Path).ToHashSet(StringComparer.Ordinal);
        if ((await files.DirtyAsync(head, cancellation)).Where(touched.Contains).ToList() is { Count: > 0 } dirty)
        {
            return Refused(RefusalCodes.Dirty, $"{checkout.Path} has uncommitted changes in {Names(dirty)}", "Commit or stash them. " + offer);
        }

        if (files.InTheWay(changes) is { Count: > 0 } foreign)
        {
            return Refused(RefusalCodes.Dirty, $"{checkout.Path} has untracked files in the way: {Names(foreign)}", "Move them away. " + offer);
        }

        return await files.CannotAsync(head, tree, changes, cancellation) is { } why
            ? Refused(RefusalCodes.Dirty, $"the files of {checkout.Path} cannot be written here: {why}", offer)
            : null;
    }

    private static async Task<SalvageAnswer> WriteAsync(
        CheckoutFiles files, Checkout checkout, string head, string tree, IReadOnlyList<TreeChange> changes, string offer, CancellationToken cancellation)
    {
        try
        {
            await files.MoveAsync(head, tree, WorktreeMaker.IndexOf(checkout.GitDir), cancellation);
            return new SalvageAnswer([.. changes.Select(change => GitName.Readable(change.Path))]);
        }
        catch (GitException error)
        {
            // Something changed between looking and writing; git looks once more before it touches anything.
            return Refused(RefusalCodes.Dirty, $"git would not change the files: {error.Error.Trim()}", offer);
        }
    }

    private static SalvageAnswer Refused(string code, string message, string hint) => new([], new Refusal(code, message, hint));

    private static string Names(IReadOnlyList<string> paths) => string.Join(", ", paths.Take(5).Select(GitName.Readable)) + (paths.Count > 5 ? $" and {paths.Count - 5} more" : "");
}
