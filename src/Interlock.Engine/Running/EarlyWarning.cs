using System.Globalization;
using Interlock.Domain.Messaging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Merging;
using Interlock.Engine.Protocol;

namespace Interlock.Engine.Running;

/// <summary>
/// Looks now and then, beside the run, whether work under way will conflict, and tells both agents once while they can
/// still do something about it.
/// </summary>
internal sealed class EarlyWarning(RunContext context) : IAsyncDisposable
{
    private const int MostListed = 20;

    // After a landing a look may come early, but looking never takes more than a sixth of the time.
    private const int RestFactor = 5;


    private readonly ConflictScan scan = new(context.Workspace, context.Repository);
    private readonly TimeSpan every = context.Workspace.Config.Config.EarlyWarning;
    private readonly TimeProvider time = context.Workspace.Protocol.Clock.Time;
    private readonly HashSet<(long Fence, long Other, string Path)> told = [];
    private readonly CancellationTokenSource end = new();
    private Task looking = Task.CompletedTask;
    private long lastLook = context.Workspace.Protocol.Clock.Time.GetTimestamp();
    private TimeSpan took;
    private int lastLanded;

    /// <summary>Called at each tick; returns at once.</summary>
    public void Tick()
    {
        if (every == Timeout.InfiniteTimeSpan || !looking.IsCompleted)
        {
            return;
        }

        var since = time.GetElapsedTime(lastLook);
        var landed = context.Workspace.Store.Read(reader => reader.Tasks()).Count(task => task.State == TaskState.Merged);
        if (since >= every || (landed != lastLanded && since >= took * RestFactor))
        {
            lastLanded = landed;
            looking = Task.Run(LookAsync);
        }
    }

    /// <summary>Ends a look that is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await looking;
        end.Dispose();
    }

    // Looking ahead is a service: what goes wrong in it is told and does not end the run.
    private async Task LookAsync()
    {
        var started = time.GetTimestamp();
        try
        {
            foreach (var conflict in (await scan.RunAsync(end.Token)).Conflicts)
            {
                Tell(conflict);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The run is over.
        }
        catch (Exception error)
        {
            context.Tell(new RunNews(context.Workspace.Protocol.Clock.Now, "unseen", null, null, $"work under way could not be looked at for conflicts: {error.Message}"));
        }
        finally
        {
            took = time.GetElapsedTime(started);
            lastLook = time.GetTimestamp();
        }
    }

    private void Tell(ExpectedConflict conflict)
    {
        var (work, other) = (conflict.Work, conflict.Other);
        var fresh = conflict.Paths.Where(path => told.Add((work.Fence, other?.Fence ?? 0, path))).ToList();
        if (fresh.Count == 0 || (work.InReview && other is null or { InReview: true }))
        {
            return;
        }

        context.Workspace.Protocol.NoteExpectedConflict(work.Task, work.Agent, work.Fence, other?.Task, conflict.Paths);
        Send(work, other, conflict.Paths);
        if (other is not null)
        {
            Send(other, work, conflict.Paths);
        }

        var with = other is null ? "what has landed" : $"task {other.Task} of {other.Agent}";
        context.Tell(new RunNews(context.Workspace.Protocol.Clock.Now, "conflict", work.Task, work.Agent, $"expected with {with} in {Listed(conflict.Paths, ", ")}"));
    }

    private void Send(ActiveWork to, ActiveWork? other, IReadOnlyList<string> paths)
    {
        if (to.InReview)
        {
            // Its agent has ended; what to do is told with the work if it comes back.
            return;
        }

        context.Workspace.Mailbox.Announce(new Message
        {
            Id = "",
            From = LostLease.Sender,
            To = [to.Agent.Value],
            Timestamp = default,
            Type = "coordination",
            Subject = other is null ? $"Task {to.Task} will conflict with what has landed" : $"Task {to.Task} will conflict with task {other.Task}",
            Body = (other is null ? AboutBranch(to, paths) : AboutOther(to, other, paths)).ReplaceLineEndings("\n"),
            RelatedTasks = other is null ? [to.Task.Value] : [to.Task.Value, other.Task.Value],
            RelatedFiles = [.. paths.Take(MostListed)],
        });
    }

    private static string AboutOther(ActiveWork to, ActiveWork other, IReadOnlyList<string> paths) => $"""
        As they stand now, your work on task {to.Task} and the work of {other.Agent} on task {other.Task} ({Cut(other.Title)}) cannot be merged.
        Both change the same places in:

        - {Listed(paths, "\n- ")}

        Whoever lands second gets the task back. {(other.InReview ? "The other work is finished and will probably land first." : $"{other.Agent} has been told the same.")}
        Keep your change in these files to what your task needs: no reformatting, no moving of code, new code at a place of its own.
        To agree who changes what: interlock send --from {to.Agent} --to {other.Agent} --task {to.Task} --message "…"

        """;

    private static string AboutBranch(ActiveWork to, IReadOnlyList<string> paths) => $"""
        As it stands now, your work on task {to.Task} cannot be merged with what has landed on {to.Branch["refs/heads/".Length..]} since you started, in:

        - {Listed(paths, "\n- ")}

        See what landed there: git diff {to.Base[..10]} {to.Tip[..10]}
        Bring your change in these files into a form that fits on top of it: the same surrounding lines as on the branch, with your
        change added to them. Otherwise the task comes back to you when you have finished.

        """;

    private static string Listed(IReadOnlyList<string> paths, string separator) => string.Join(separator, paths.Take(MostListed).Select(Cut))
        + (paths.Count > MostListed ? string.Create(CultureInfo.InvariantCulture, $"{separator}{paths.Count - MostListed} more") : "");

    private static string Cut(string text) => text.Length <= 200 ? text : text[..200] + "…";
}
