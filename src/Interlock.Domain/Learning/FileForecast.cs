using System.Globalization;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;

namespace Interlock.Domain.Learning;

/// <summary>What a landed task was to change, and what its commit did change.</summary>
/// <param name="Planned">File patterns; empty means unknown.</param>
public sealed record LandedFiles(TaskId Task, string Module, IReadOnlyList<string> Planned, IReadOnlyList<string> Changed);

/// <summary>A file that a task will probably change although its plan does not name it. Told to people; leased by nobody.</summary>
/// <param name="Chance">Between 0 and 1.</param>
public sealed record LikelyFile(string Path, double Chance, string Because);

/// <summary>
/// Says which files tasks will change beyond their plan: from what landed tasks of the same module changed beyond theirs,
/// and from files that were changed together before. Each landing that proves a plan wrong changes what is said of its siblings.
/// </summary>
public sealed class FileForecast
{
    /// <summary>A commit over more files than this is a move or a format run and says nothing about what belongs together.</summary>
    public const int WidestCommit = 30;

    private const int MostTold = 5;
    private const int FewestCommits = 3;
    private const double LeastOfSiblings = 0.25;
    private const double LeastOfCommits = 0.6;

    private readonly ILookup<string, LandedFiles> byModule;
    private readonly Dictionary<string, List<IReadOnlyList<string>>> commitsOf = new(StringComparer.Ordinal);

    /// <param name="commits">Changed paths of each commit of the past.</param>
    public FileForecast(IEnumerable<LandedFiles> landed, IEnumerable<IReadOnlyList<string>> commits)
    {
        byModule = landed.ToLookup(task => task.Module, StringComparer.Ordinal);
        foreach (var commit in commits.Where(paths => paths.Count is > 1 and <= WidestCommit))
        {
            foreach (var path in commit.Distinct(StringComparer.Ordinal))
            {
                (commitsOf.TryGetValue(path, out var known) ? known : commitsOf[path] = []).Add(commit);
            }
        }
    }

    /// <summary>The likeliest first; nothing the task's own patterns cover.</summary>
    /// <param name="aside">Files nobody needs to be told about, such as those that merge by rule.</param>
    public IReadOnlyList<LikelyFile> For(TaskId task, string module, IReadOnlyList<string> files, FileSet aside)
    {
        var own = FileSet.Parse(files);
        return
        [
            .. OfSiblings(task, module, own).Concat(OfHistory(own))
                .Where(file => !own.Covers(file.Path) && !aside.Covers(file.Path))
                .GroupBy(file => file.Path, StringComparer.Ordinal)
                .Select(same => same.MaxBy(file => file.Chance)!)
                .OrderByDescending(file => file.Chance)
                .ThenBy(file => file.Path, StringComparer.Ordinal)
                .Take(MostTold),
        ];
    }

    private IEnumerable<LikelyFile> OfSiblings(TaskId task, string module, FileSet own)
    {
        var siblings = byModule[module].Where(other => other.Task != task).ToList();
        var beyond = siblings.SelectMany(sibling => Beyond(sibling, own.IsUnknown)).CountBy(path => path, StringComparer.Ordinal);
        foreach (var (path, count) in beyond)
        {
            // One more sibling that did not: with few to go by, nothing is certain.
            var chance = count / (siblings.Count + 1.0);
            if (chance >= LeastOfSiblings)
            {
                var what = own.IsUnknown ? "changed it" : "changed it beyond their plan";
                yield return new LikelyFile(path, chance, string.Create(CultureInfo.InvariantCulture, $"{count} of {siblings.Count} landed in this module {what}"));
            }
        }
    }

    // Where a task's files are unknown, all that its siblings changed is news; else what they changed unannounced.
    private static IEnumerable<string> Beyond(LandedFiles sibling, bool all)
    {
        var planned = FileSet.Parse(sibling.Planned);
        return sibling.Changed.Distinct(StringComparer.Ordinal).Where(path => all || !planned.Covers(path));
    }

    private IEnumerable<LikelyFile> OfHistory(FileSet own)
    {
        foreach (var file in own.Patterns.Where(pattern => pattern.IsExact && commitsOf.ContainsKey(pattern.Text)))
        {
            var commits = commitsOf[file.Text];
            foreach (var (path, count) in commits.SelectMany(paths => paths.Distinct(StringComparer.Ordinal)).Where(path => path != file.Text).CountBy(path => path, StringComparer.Ordinal))
            {
                var chance = count / (commits.Count + 1.0);
                if (count >= FewestCommits && chance >= LeastOfCommits)
                {
                    yield return new LikelyFile(path, chance, string.Create(CultureInfo.InvariantCulture, $"changed in {count} of {commits.Count} commits that changed {file.Text}"));
                }
            }
        }
    }
}
