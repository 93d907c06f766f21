using System.Globalization;
using System.Text.RegularExpressions;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;

namespace Interlock.Engine.Worktrees;

/// <summary>Work that was saved before something was removed.</summary>
/// <param name="Name">Its ref without <c>refs/interlock/salvage/</c>: <c>&lt;task&gt;/&lt;fence&gt;</c>, <c>branch/…</c> or <c>worktree/…</c>.</param>
/// <param name="Task">Null when the name does not say whose it was, or another store gave that fence.</param>
/// <param name="At">When its commit was made, UTC.</param>
/// <param name="Base">The commit, or the empty tree, that <paramref name="Files"/> is counted from.</param>
/// <param name="Files">Changed paths, as people read them; a rename is two.</param>
/// <param name="Landed">All of it is on the story's branch or in the main checkout's commit.</param>
/// <param name="Also">Commits it keeps besides: what was only staged, an earlier saving, a branch that was left.</param>
public sealed record SavedWork(
    string Name, WorkTask? Task, long? Fence, AgentId? Agent, DateTimeOffset At, string Commit, string Base,
    IReadOnlyList<string> Files, bool Landed, IReadOnlyList<string> Also)
{
    public string Ref => Salvager.Prefix + Name;
}

/// <summary>Finds what salvages there are and says what is in them. Removes none.</summary>
public sealed partial class Salvages(Workspace workspace, Repository repository)
{
    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<SavedWork>> ListAsync(CancellationToken cancellation)
    {
        var found = new List<SavedWork>();
        foreach (var line in await RefsAsync(cancellation))
        {
            found.Add(await DescribeAsync(line, cancellation));
        }

        return [.. found.OrderByDescending(work => work.At).ThenByDescending(work => work.Fence)];
    }

    /// <summary>Tasks not completed yet of which work is kept. Cheap: looks at names only.</summary>
    public async Task<IReadOnlyList<TaskId>> OpenTasksAsync(CancellationToken cancellation)
    {
        var refs = await RefsAsync(cancellation);
        return [.. refs.Select(line => Owner(line.Name).Task).OfType<WorkTask>().Where(task => !task.IsFinished).Select(task => task.Id).Distinct().Order()];
    }

    /// <summary>By ref, by its name without the prefix, or by task: then the newest, which is the one with the highest fence.</summary>
    public async Task<SavedWork?> FindAsync(string text, CancellationToken cancellation)
    {
        var name = text.StartsWith(Salvager.Prefix, StringComparison.Ordinal) ? text[Salvager.Prefix.Length..] : text;
        var refs = await RefsAsync(cancellation);
        var line = refs.FirstOrDefault(line => line.Name == name)
            ?? refs.Where(line => Named(line.Name)?.Task == name).OrderByDescending(line => Named(line.Name)!.Value.Fence).FirstOrDefault();
        return line is null ? null : await DescribeAsync(line, cancellation);
    }

    /// <summary>The difference to its base as git shows it, in UTF-8. Untrusted text.</summary>
    public async Task<string> PatchAsync(SavedWork work, CancellationToken cancellation)
    {
        var objects = (await repository.ViewAsync(cancellation)).On(null);
        string[] arguments = ["diff-tree", "-p", "--no-ext-diff", "--no-textconv", "--no-color", "--no-renames", "--end-of-options", work.Base, work.Commit];
        return (await objects.RunToEndAsync(arguments, cancellation)).Text;
    }

    private sealed record RefLine(string Name, string Commit, DateTimeOffset At, string Committer, IReadOnlyList<string> Parents);

    private async Task<List<RefLine>> RefsAsync(CancellationToken cancellation)
    {
        string[] arguments =
        [
            "for-each-ref", "--format=%(refname)%00%(objecttype)%00%(objectname)%00%(committerdate:unix)%00%(committername)%00%(parent)", Salvager.Prefix.TrimEnd('/'),
        ];
        return
        [
            .. (await repository.Git.RunToEndAsync(arguments, cancellation)).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split('\0'))
                .Where(fields => fields is [_, "commit", ..])
                .Select(fields => new RefLine(
                    fields[0][Salvager.Prefix.Length..],
                    fields[2],
                    DateTimeOffset.FromUnixTimeSeconds(long.TryParse(fields[3], CultureInfo.InvariantCulture, out var seconds) ? seconds : 0),
                    fields[4],
                    fields[5].Split(' ', StringSplitOptions.RemoveEmptyEntries))),
        ];
    }

    private async Task<SavedWork> DescribeAsync(RefLine line, CancellationToken cancellation)
    {
        var (task, lease) = Owner(line.Name);
        var targets = await TargetsAsync(task, cancellation);
        var from = await BaseAsync(line.Commit, lease, targets, cancellation);
        var files = await repository.ChangedPathsAsync(from, line.Commit, cancellation);
        var ours = line.Committer == CommitWriter.CommitterName;
        return new SavedWork(
            line.Name, task, lease?.Fence ?? Named(line.Name)?.Fence, lease?.Agent, line.At, line.Commit, from, [.. files.Select(GitName.Readable)],
            await HasLandedAsync(line.Commit, files, targets, cancellation), ours ? [.. line.Parents.Skip(1)] : []);
    }

    private (WorkTask? Task, Lease? Lease) Owner(string name) => Named(name) is not { } named ? default : workspace.Store.Read(reader =>
    {
        // A fence of an earlier store may be another task's here.
        var lease = reader.FindLease(named.Fence);
        var id = Identifiers.IsValid(named.Task) ? reader.FindTask(new TaskId(named.Task)) : null;
        return (id, lease?.Task?.Value == named.Task ? lease : null);
    });

    private async Task<List<string>> TargetsAsync(WorkTask? task, CancellationToken cancellation)
    {
        var targets = new List<string>();
        foreach (var name in (string?[])[task is null ? null : $"refs/heads/interlock/{task.Story}", "HEAD"])
        {
            if (name is not null && await repository.ResolveAsync(name, cancellation) is { } tip)
            {
                targets.Add(tip);
            }
        }

        return targets;
    }

    private async Task<string> BaseAsync(string commit, Lease? lease, List<string> targets, CancellationToken cancellation)
    {
        if (lease?.BaseCommit is { } known && await repository.ResolveAsync(known, cancellation) is { } resolved)
        {
            return resolved;
        }

        foreach (var target in targets)
        {
            var common = await repository.Git.TryRunAsync(["merge-base", "--end-of-options", target, commit], cancellation);
            if (common.ExitCode == 0)
            {
                return common.Text.Trim();
            }
        }

        // Nothing in common with anything here: all of it is new.
        return await (await repository.ViewAsync(cancellation)).On(null).RunAsync(["mktree"], cancellation);
    }

    private async Task<bool> HasLandedAsync(string commit, IReadOnlyList<string> files, List<string> targets, CancellationToken cancellation)
    {
        foreach (var target in targets)
        {
            if (!(await repository.ChangedPathsAsync(commit, target, cancellation)).Intersect(files, StringComparer.Ordinal).Any())
            {
                return true;
            }
        }

        return false;
    }

    private static (string Task, long Fence)? Named(string name) =>
        NamePattern().Match(name) is { Success: true } match && long.TryParse(match.Groups["fence"].Value, CultureInfo.InvariantCulture, out var fence)
            ? (match.Groups["task"].Value, fence)
            : null;

    // <task>/<fence>; branch/agent/<task>/<fence>/<commit>; worktree/<task>-<fence>/<unique>
    [GeneratedRegex(@"^(branch/agent/(?<task>[^/]+)/(?<fence>\d+)/[0-9a-f]+|worktree/(?<task>[^/]+)-(?<fence>\d+)/[0-9a-f]+|(?<task>[^/]+)/(?<fence>\d+))$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
