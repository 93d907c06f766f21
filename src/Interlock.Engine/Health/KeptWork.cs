using System.Globalization;
using System.Text.RegularExpressions;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Health;

/// <summary>A commit with what one attempt did, that did not land or is kept all the same.</summary>
internal sealed record EarlierWork(string Task, long Fence, string Commit);

/// <summary>Reads from refs alone what earlier attempts left: their branches and their salvages.</summary>
internal sealed partial class KeptWork(Repository repository)
{
    /// <summary>The newest attempt first, and of one attempt the salvage first: a branch has only what its agent committed, which may be nothing.</summary>
    public async Task<IReadOnlyList<EarlierWork>> ReadAsync(CancellationToken cancellation)
    {
        return
        [
            .. (await repository.RefsAsync(["refs/heads/agent", Salvager.Prefix], cancellation))
                .Select(reference => (Name: Kept().Match(reference.Name), reference.Oid))
                .Where(reference => reference.Name.Success)
                .Select(reference => (IsSalvage: reference.Name.Groups["place"].Value == "interlock/salvage", Work: new EarlierWork(
                    reference.Name.Groups["task"].Value, long.Parse(reference.Name.Groups["fence"].Value, CultureInfo.InvariantCulture), reference.Oid)))
                .OrderByDescending(entry => entry.Work.Fence)
                .ThenByDescending(entry => entry.IsSalvage)
                .Select(entry => entry.Work),
        ];
    }

    // agent/<task>/<fence>; salvage/<task>/<fence>; salvage/branch/agent/<task>/<fence>/<commit>
    [GeneratedRegex(@"^refs/(?<place>heads/agent|interlock/salvage(/branch/agent)?)/(?<task>[^/]+)/(?<fence>\d{1,18})(/[0-9a-f]+)?$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Kept();
}
