using System.Threading.Channels;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Guarding;

/// <summary>
/// Sees which files of a worktree differ from where the agent started, soon after they change. The file system only says
/// that something happened; what, is found by looking, so a lost or overflowing notice costs nothing but a little time.
/// </summary>
internal sealed class TreeWatcher : IAsyncDisposable
{
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(10);

    // Looking takes at most a tenth of the time.
    private const int RestFactor = 10;

    private readonly Workspace workspace;
    private readonly Repository repository;
    private readonly Worktree worktree;
    private readonly Action<IReadOnlyList<string>> changed;
    private readonly Canary? canary;
    private readonly CancellationTokenSource end = new();
    private readonly Channel<bool> notices = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly FileSystemWatcher? files;
    private readonly Task watching;

    // Bounded by what an agent can write in an attempt, at two looks a second at most.
    private readonly HashSet<string> trees = new(StringComparer.Ordinal);
    private int news;

    private TreeWatcher(Workspace workspace, Repository repository, Worktree worktree, Action<IReadOnlyList<string>> changed, Canary? canary)
    {
        (this.workspace, this.repository, this.worktree, this.changed, this.canary) = (workspace, repository, worktree, changed, canary);
        files = Listen();

        // What the agent did before the file system was listened to makes no notice.
        notices.Writer.TryWrite(true);
        watching = Task.Run(WatchAsync);
    }

    /// <param name="changed">Gets all paths that differ, at each look.</param>
    public static TreeWatcher Start(Workspace workspace, Repository repository, Worktree worktree, Action<IReadOnlyList<string>> changed, Canary? canary) =>
        new(workspace, repository, worktree, changed, canary);

    /// <summary>How often the worktree became what it had not been before. Changes there and back are none.</summary>
    public int News => Volatile.Read(ref news);

    /// <summary>Ends after one last look. May be called again.</summary>
    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        files?.Dispose();
        await watching;
    }

    private async Task WatchAsync()
    {
        var time = workspace.Protocol.Clock.Time;
        while (!end.IsCancellationRequested)
        {
            await NoticeAsync(time);
            var started = time.GetTimestamp();
            await LookAsync();
            await RestAsync(time.GetElapsedTime(started) * RestFactor, time);
        }

        // The landing looks anyway; only whether hooks ever asked is told here and nowhere else.
        if (canary is not null)
        {
            await LookAsync();
        }
    }

    // Without notices, which a system may run out of, it looks now and then.
    private async Task NoticeAsync(TimeProvider time)
    {
        try
        {
            using var poll = new CancellationTokenSource(files is null ? Poll : TimeSpan.FromMinutes(1), time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(poll.Token, end.Token);
            await notices.Reader.ReadAsync(either.Token);
            await Task.Delay(Settle, time, end.Token);
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task RestAsync(TimeSpan rest, TimeProvider time)
    {
        try
        {
            await Task.Delay(rest, time, end.Token);
        }
        catch (OperationCanceledException)
        {
        }
    }

    // Seeing early is a service: what cannot be seen now is seen when the work is handed in.
    private async Task LookAsync()
    {
        try
        {
            using var bound = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            var marker = WorktreeMarker.Read(worktree.GitDir);
            var snapshot = await TreeSnapshot.TakeAsync(
                repository, worktree.Path, Path.Combine(worktree.GitDir, "index"), worktree.BaseCommit, marker?.SetupPaths ?? [], withNested: false, bound.Token);
            if (trees.Add(snapshot.Tree) && trees.Count > 1)
            {
                Interlocked.Increment(ref news);
            }

            IReadOnlyList<string> paths = [.. (await repository.ChangedPathsAsync(worktree.BaseCommit, snapshot.Tree, bound.Token)).Where(GitName.IsText)];
            canary?.Edited(paths);
            changed(paths);
        }
        catch (Exception)
        {
            // Its folder may be gone, or its agent in the middle of something; the next look finds it otherwise.
        }
    }

    private FileSystemWatcher? Listen()
    {
        try
        {
            var watcher = new FileSystemWatcher(worktree.Path)
            {
                IncludeSubdirectories = true,
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            watcher.Changed += (_, _) => notices.Writer.TryWrite(true);
            watcher.Created += (_, _) => notices.Writer.TryWrite(true);
            watcher.Deleted += (_, _) => notices.Writer.TryWrite(true);
            watcher.Renamed += (_, _) => notices.Writer.TryWrite(true);
            watcher.Error += (_, _) => notices.Writer.TryWrite(true);
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            return null;
        }
    }
}
