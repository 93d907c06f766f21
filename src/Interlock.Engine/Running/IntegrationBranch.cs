using Interlock.Domain.Plans;
using Interlock.Engine.Configuration;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Running;

/// <summary>The branch a story's work lands on: <c>interlock/&lt;story&gt;</c>, moved by compare-and-swap alone.</summary>
public sealed class IntegrationBranch(Repository repository, StoryId story)
{
    public static readonly string NoCommit = new('0', 40);

    public string Name => $"interlock/{story}";

    public string Ref => $"refs/heads/{Name}";

    public async Task<string> TipAsync(CancellationToken cancellation) =>
        await repository.ResolveAsync(Ref, cancellation) ?? throw new InvalidOperationException($"the branch {Name} has disappeared");

    /// <summary>Where an attempt starts: at the branch, or where that was last seen if somebody has deleted it since. Null when that commit is gone too.</summary>
    public async Task<string?> FindStartAsync(string? lastSeen, CancellationToken cancellation) =>
        await repository.ResolveAsync(Ref, cancellation) ?? (lastSeen is null ? null : await repository.ResolveAsync(lastSeen, cancellation));

    /// <summary>Creates the branch unless it is there, after making sure that nothing stands in the way. Answers whether it did.</summary>
    /// <param name="from">Where; the checkout's commit when it is null.</param>
    /// <exception cref="BadInputException">No commit, a dirty checkout, or the branch is checked out somewhere.</exception>
    public async Task<bool> PrepareAsync(string? from, IReadOnlyList<string> planFiles, bool allowDirty, CancellationToken cancellation)
    {
        var head = await repository.ResolveAsync("HEAD", cancellation)
            ?? throw new BadInputException($"{repository.MainCheckout} has no commit yet", "Make the first one, with the plan in it: git add -A && git commit", 3);
        var dirty = await repository.DirtyPathsAsync(cancellation);
        if (dirty.Count > 0 && !allowDirty)
        {
            var shown = string.Join(", ", dirty.Take(5)) + (dirty.Count > 5 ? $" and {dirty.Count - 5} more" : "");
            throw new BadInputException($"the checkout has uncommitted changes: {shown}", "Agents start from the last commit and would not see them: commit or stash them, or say --allow-dirty");
        }

        foreach (var file in planFiles)
        {
            if (await repository.ReadFileAsync(head, file, cancellation) is null)
            {
                throw new BadInputException($"{file} is not part of the last commit", $"The plan is ticked on the branch, so it must be there: git add {file} && git commit");
            }
        }

        var created = await EnsureAsync(from ?? head, cancellation);
        if (await repository.CheckedOutAsync(Ref, cancellation) is [var place, ..])
        {
            throw new BadInputException($"{Name} is checked out in {place}", "Landing would change it under your hands: switch that checkout to another branch");
        }

        return created;
    }

    // Others may create it and delete it at the same time; what can never be created fails every time.
    private async Task<bool> EnsureAsync(string start, CancellationToken cancellation)
    {
        const int Tries = 3;
        for (var turn = 0; turn < Tries; turn++)
        {
            if (await repository.ResolveAsync(Ref, cancellation) is not null)
            {
                return false;
            }

            if (await repository.CompareAndSwapAsync(Ref, start, NoCommit, $"interlock: start story {story}", cancellation))
            {
                return true;
            }
        }

        throw new BadInputException($"the branch {Name} cannot be created", $"A branch named 'interlock' may be in the way: git branch -m interlock something-else");
    }
}
