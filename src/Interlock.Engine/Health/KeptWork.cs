using System.Globalization;
using System.Text.RegularExpressions;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Health;

/// <summary>A commit with what one attempt did, that did not land or is kept all the same.</summary>
internal sealed record EarlierWork(string Task, long Fence, string Commit);

/// <summary>Reads from refs alone what earlier attempts left: their branches and their salvages.</summary>
internal sealed partial class KeptWork(Repository repository)
{
    public async Task<IReadOnlyList<EarlierWork>> ReadAsync(CancellationToken cancellation)
    {
        var text = await repository.Git.RunAsync(["for-each-ref", "--format=%(objectname) %(refname)", "refs/heads/agent", Salvager.Prefix.TrimEnd('/')], cancellation);
        return
        [
            .. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => Line().Match(line))
                .Where(match => match.Success)
                .Select(match => new EarlierWork(match.Groups["task"].Value, long.Parse(match.Groups["fence"].Value, CultureInfo.InvariantCulture), match.Groups["commit"].Value)),
        ];
    }

    // agent/<task>/<fence>; salvage/<task>/<fence>; salvage/branch/agent/<task>/<fence>/<commit>
    [GeneratedRegex(@"^(?<commit>[0-9a-f]+) refs/(heads/agent|interlock/salvage(/branch/agent)?)/(?<task>[^/]+)/(?<fence>\d{1,18})(/[0-9a-f]+)?$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Line();
}
