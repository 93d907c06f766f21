using System.IO.Enumeration;
using Interlock.Engine.Agents;

namespace Interlock.Engine.Worktrees;

/// <summary>What a fresh worktree needs beyond its checkout, from trusted configuration.</summary>
/// <param name="Copy">Globs of ignored files to copy from the main checkout, such as <c>.env.*</c> or <c>**/local.json</c>.</param>
/// <param name="Link">Globs of files or folders to link to the main checkout's, such as <c>node_modules</c>.</param>
/// <param name="SetupCommand">Run by the shell in the new worktree.</param>
public sealed record WorktreeSetup(IReadOnlyList<string> Copy, IReadOnlyList<string> Link, string? SetupCommand)
{
    public static WorktreeSetup None { get; } = new([], [], null);

    /// <summary>Brings the files over and names them; what the checkout already has stays as it is.</summary>
    internal IReadOnlyList<string> Bring(Repository repository, Worktree worktree)
    {
        if (repository.MainCheckout is not { } main)
        {
            return [];
        }

        var brought = new List<string>();
        foreach (var (patterns, bring) in new (IReadOnlyList<string>, Action<FileSystemInfo, string>)[] { (Link, LinkTo), (Copy, CopyTo) })
        {
            foreach (var entry in patterns.SelectMany(p => Matches(new DirectoryInfo(main), Segments(p))).ToList())
            {
                var relative = Path.GetRelativePath(main, entry.FullName);
                var target = Path.Combine(worktree.Path, relative);
                if (!Path.Exists(target))
                {
                    Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                    bring(entry, target);
                    brought.Add(relative.Replace('\\', '/'));
                }
            }
        }

        return brought;
    }

    /// <summary>What a new worktree would get from the checkout as it is now, in a fixed order.</summary>
    internal IEnumerable<FileSystemInfo> Sources(Repository repository) => repository.MainCheckout is { } main
        ? Link.Concat(Copy).SelectMany(pattern => Matches(new DirectoryInfo(main), Segments(pattern))).OrderBy(entry => entry.FullName, StringComparer.Ordinal)
        : [];

    /// <exception cref="IOException">The command failed; the message ends with its last output.</exception>
    internal async Task RunCommandAsync(Repository repository, Worktree worktree, CancellationToken cancellation)
    {
        if (SetupCommand is null)
        {
            return;
        }

        var environment = ChildEnvironment.Build([], new Dictionary<string, string>
        {
            ["INTERLOCK_WORKTREE"] = worktree.Path,
            ["INTERLOCK_ROOT"] = repository.MainCheckout ?? repository.CommonDir,
        });
        var log = repository.NewTemporaryPath("setup");
        var command = new AgentCommand(ShellAdapter.Shell(SetupCommand), worktree.Path, environment, "");
        try
        {
            var process = await AgentProcess.StartAsync(
                command, log, TimeSpan.FromMinutes(15), Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            var outcome = await process.Completion;
            cancellation.ThrowIfCancellationRequested();
            if (outcome is not { End: AgentEnd.Exited, ExitCode: 0 })
            {
                throw new IOException($"the setup command of the worktree '{worktree.Name}' failed: {outcome.Tail.Trim()}");
            }
        }
        finally
        {
            File.Delete(log);
        }
    }

    private static string[] Segments(string pattern)
    {
        var segments = pattern.Replace('\\', '/').Split('/', StringSplitOptions.RemoveEmptyEntries);
        return Path.IsPathRooted(pattern) || segments.Contains("..") || segments.Contains(".git")
            ? throw new ArgumentException($"the setup pattern '{pattern}' must stay inside the main checkout", nameof(pattern))
            : segments;
    }

    private static IEnumerable<FileSystemInfo> Matches(DirectoryInfo folder, string[] segments)
    {
        if (segments is ["**", .. var rest])
        {
            var below = folder.EnumerateDirectories().Where(d => d.LinkTarget is null && d.Name is not (".git" or "node_modules"));
            return Matches(folder, rest).Concat(below.SelectMany(d => Matches(d, segments)));
        }

        return segments switch
        {
            [] => [],
            [var last] => folder.EnumerateFileSystemInfos().Where(e => e.Name != ".git" && IsMatch(last, e)),
            [var first, .. var deeper] => folder.EnumerateDirectories()
                .Where(d => d.LinkTarget is null && IsMatch(first, d)).SelectMany(d => Matches(d, deeper)),
        };
    }

    private static bool IsMatch(string pattern, FileSystemInfo entry) =>
        FileSystemName.MatchesSimpleExpression(pattern, entry.Name, ignoreCase: OperatingSystem.IsWindows());

    private static void LinkTo(FileSystemInfo source, string target)
    {
        if (source is DirectoryInfo)
        {
            Directory.CreateSymbolicLink(target, source.FullName);
        }
        else
        {
            File.CreateSymbolicLink(target, source.FullName);
        }
    }

    private static void CopyTo(FileSystemInfo source, string target)
    {
        if (source is FileInfo && source.LinkTarget is null)
        {
            File.Copy(source.FullName, target);
        }
        else if (source is DirectoryInfo folder && folder.LinkTarget is null)
        {
            Directory.CreateDirectory(target);
            foreach (var entry in folder.EnumerateFileSystemInfos())
            {
                CopyTo(entry, Path.Combine(target, entry.Name));
            }
        }
    }
}
