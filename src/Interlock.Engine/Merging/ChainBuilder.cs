using Interlock.Domain.Merging;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Importers;
using Interlock.Engine.Running;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Merging;

/// <summary>One change of a batch as the commit it would be on the branch.</summary>
internal sealed record ChainLink(Landing Landing, WorkTask Task, string Commit, string Tree)
{
    /// <summary>Names its verification.</summary>
    public string Label => Commits.WorktreeOf(Landing.Task, Landing.Fence);
}

/// <summary>A change that cannot be put on the branch as it stands.</summary>
internal sealed record LeftOut(Landing Landing, Candidate Why);

/// <param name="Links">In order; each has the one before as its only parent, the first has <paramref name="Tip"/>.</param>
internal sealed record Chain(string Tip, IReadOnlyList<ChainLink> Links, IReadOnlyList<LeftOut> LeftOut);

/// <summary>Builds the exact commits of a batch: one for each change, in a row on top of the branch.</summary>
internal interface IChains
{
    Task<Chain> BuildAsync(string tip, IReadOnlyList<Landing> batch, CancellationToken cancellation);
}

/// <summary>Builds them with git.</summary>
internal sealed class ChainBuilder(Workspace workspace, Repository repository, MergeRules rules) : IChains
{
    /// <summary>
    /// A change that conflicts with another of the same batch is in neither list: it waits until that one has landed or
    /// is gone, because to blame it now could be wrong.
    /// </summary>
    public async Task<Chain> BuildAsync(string tip, IReadOnlyList<Landing> batch, CancellationToken cancellation)
    {
        var links = new List<ChainLink>();
        var leftOut = new List<LeftOut>();
        foreach (var landing in batch)
        {
            var task = workspace.Store.Read(reader => reader.FindTask(landing.Task))!;
            var on = links.Count == 0 ? tip : links[^1].Commit;
            var candidate = await BuildAsync(on, landing, task, cancellation);
            if (candidate is Candidate.Clean clean)
            {
                links.Add(new ChainLink(landing, task, clean.Commit, clean.Tree));
            }
            else if (on == tip || await BuildAsync(tip, landing, task, cancellation) is not Candidate.Clean)
            {
                leftOut.Add(new LeftOut(landing, candidate));
            }
        }

        return new Chain(tip, links, leftOut);
    }

    private Task<Candidate> BuildAsync(string on, Landing landing, WorkTask task, CancellationToken cancellation) => CandidateBuilder.BuildAsync(
        repository, on, landing.Base, landing.Commit, Commits.Message(landing.Agent, task, landing.Fence),
        landing.Agent.Value, Commits.EmailOf(landing.Agent), landing.Undoes is { } undone ? PlanTicks.TakeBack(workspace, undone) : PlanTicks.For(workspace, landing.Task), rules, cancellation);
}
