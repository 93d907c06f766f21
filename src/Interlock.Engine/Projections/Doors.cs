using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Engine.Platform;
using Interlock.Engine.Protocol;
using Interlock.Engine.Stores;

namespace Interlock.Engine.Projections;

/// <summary>
/// Takes in what people and agents did to the projected files since they were last written, and leaves an event
/// for each change. Nothing read here is trusted further than a person's own words, and nothing is lost: what
/// cannot be used is moved into quarantine.
/// </summary>
internal sealed class Doors(string root, string stateDir, TaskProtocol protocol, Mailbox mailbox, Func<bool> automatedRunIsActive)
{
    public static readonly TimeSpan ArchiveAfter = TimeSpan.FromDays(7);

    private readonly IStore store = protocol.Store;
    private readonly Clock clock = protocol.Clock;
    private readonly Quarantine quarantine = new(stateDir);

    /// <summary>Called under the projection gate. Returns the edited files as they were taken in; null for one that was found deleted.</summary>
    public IReadOnlyDictionary<string, byte[]?> Reconcile()
    {
        var seen = new Dictionary<string, byte[]?>(StringComparer.Ordinal);
        var obstructions = ClearTheWay(seen);
        new StatusDoor(root, protocol, automatedRunIsActive, quarantine).Reconcile(seen);
        ReconcileBlocked(seen);
        ReconcileLocks(seen, obstructions);
        new MessageDoor(root, protocol, mailbox, quarantine).Reconcile(Files(MessageFile.Folder, ".msg"), seen);
        return seen;
    }

    /// <summary>Keeps the prompts that somebody edited, before they are written anew.</summary>
    public void KeepPrompts()
    {
        foreach (var (path, known) in store.Read(reader => reader.ProjectionPaths().Where(path => path.StartsWith(ProjectedFiles.Prompts, StringComparison.Ordinal))
            .Select(path => (path, reader.Projection(path)!)).ToList()))
        {
            if (ProjectedFiles.ReadIfThere(Path.Combine(root, path)) is { } bytes && !known.AsSpan().SequenceEqual(bytes))
            {
                Log("prompt.replaced", $"{path} was edited and is written anew; the edited one is kept at {quarantine.Keep(path, bytes)}", null, null);
            }
        }
    }

    // Before anything is opened, and never itself a reason to free a task: who made a folder of a lock has not removed it.
    private List<string> ClearTheWay(Dictionary<string, byte[]?> seen)
    {
        var projected = store.Read(reader => reader.ProjectionPaths());
        var cleared = new List<string>();
        foreach (var obstruction in Obstruction.Find(root, projected))
        {
            if (!obstruction.CanBeSetAside)
            {
                throw new ProjectionException(
                    $"{Path.Combine(root, obstruction.Path)} is a symbolic link, and Interlock does not follow one out of the repository", "Put a folder of that name in its place, or remove the link");
            }

            var kept = quarantine.Take(Path.Combine(root, obstruction.Path));
            cleared.Add(obstruction.Path);
            foreach (var path in projected.Where(path => path.StartsWith($"{obstruction.Path}/", StringComparison.Ordinal)).Append(obstruction.Path))
            {
                seen[path] = null;
            }

            Log("file.quarantined", $"{obstruction}; it was not opened, and is kept at {kept}", null, null);
        }

        return cleared;
    }

    private void ReconcileBlocked(Dictionary<string, byte[]?> seen)
    {
        if (seen.ContainsKey(BlockedTasks.Path) || store.Read(reader => reader.Projection(BlockedTasks.Path)) is not { } known)
        {
            return;
        }

        var bytes = ProjectedFiles.ReadIfThere(Path.Combine(root, BlockedTasks.Path));
        if (bytes is null)
        {
            seen[BlockedTasks.Path] = null;
            Log("status.restored", $"{BlockedTasks.Path} was deleted and is written anew", null, null);
        }
        else if (!known.AsSpan().SequenceEqual(bytes))
        {
            seen[BlockedTasks.Path] = bytes;
            var copy = quarantine.Keep(BlockedTasks.Path, bytes);
            Log("status.restored", $"{BlockedTasks.Path} was edited and is written anew; the edited one is kept at {copy}", null, null);
        }
    }

    private void ReconcileLocks(Dictionary<string, byte[]?> seen, List<string> obstructions)
    {
        var leases = store.Read(reader => reader.LiveLeases()
            .Select(lease => (Lease: lease, Known: reader.Projection(LockFile.PathOf(lease)))).ToList());
        foreach (var (lease, known) in leases)
        {
            if (known is null || seen.ContainsKey(LockFile.PathOf(lease)) || File.Exists(Path.Combine(root, LockFile.PathOf(lease))))
            {
                continue;
            }

            // One of a lease before this one was taken away when that ended.
            seen[LockFile.PathOf(lease)] = null;
            if (LockFile.TryParse(known)?.Token == LockFile.PublicToken(lease, store.Epoch))
            {
                // What an agent of a run removes itself, it may remove every time: only counted attempts come to an end.
                protocol.Reclaim(lease.Fence, "its lock file was removed by hand", usesAttempt: lease.Process is not null, "lease.revoked");
            }
        }

        var live = leases.ToDictionary(entry => LockFile.PathOf(entry.Lease), entry => entry.Lease, StringComparer.Ordinal);
        foreach (var path in Files(LockFile.Folder, ".lock"))
        {
            var bytes = ProjectedFiles.ReadIfThere(Path.Combine(root, path));
            if (bytes is null || store.Read(reader => reader.Projection(path)) is { } known && known.AsSpan().SequenceEqual(bytes))
            {
                continue;
            }

            seen[path] = bytes;
            TakeLock(path, bytes, live.GetValueOrDefault(path));
        }

        foreach (var path in obstructions.Where(path => path.StartsWith($"{LockFile.Folder}/", StringComparison.Ordinal) && !live.ContainsKey(path)))
        {
            HoldForUnknown(path);
        }
    }

    // As with a lock that is not JSON: somebody holds the task, whoever it is.
    private void HoldForUnknown(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        if (Identifiers.IsValid(name)
            && protocol.Hold(new AgentId("manual"), new TaskId(name), [], null, "a lock that is not a file was found", clock.Now + protocol.Options.LeaseDuration).Refusal is { } refusal)
        {
            Log("lock.refused", $"{path}: {refusal.Message}", null, null);
        }
    }

    private void TakeLock(string path, byte[] bytes, Lease? live)
    {
        var hand = LockFile.TryParse(bytes);
        var name = Path.GetFileNameWithoutExtension(path);
        if (live is not null)
        {
            if (!LockFile.Render(live, store.Epoch).AsSpan().SequenceEqual(bytes))
            {
                Log("lock.conflict", $"{path} was edited by hand while {live.Agent} holds the task; the live lease stays, and the edited file is kept at {quarantine.Keep(path, bytes)}", live.Task, live.Fence);
            }

            return;
        }

        // Unreadable is an unknown owner, never a free task.
        var since = hand?.Locked is { } locked && locked < clock.Now ? locked : clock.Now;
        var expires = hand?.Expires ?? since + protocol.Options.LeaseDuration;
        if (expires <= clock.Now)
        {
            var copy = quarantine.Keep(path, bytes);
            File.Delete(Path.Combine(root, path));
            Log("lock.stale", $"{path} had expired {Ages.Text(clock.Now - expires)} ago and was set aside at {copy}", null, null);
            return;
        }

        var files = LockFile.IsOfFiles(name) && hand is { Files.Count: > 0 };
        if (!files && !Identifiers.IsValid(name))
        {
            SetAside(path, bytes, "its name is not a task id");
            return;
        }

        var reason = hand is null ? "an unreadable lock file was found" : hand.Reason ?? "lock file written by hand";
        var reply = protocol.Hold(hand?.Agent ?? new AgentId("manual"), files ? null : new TaskId(name), hand?.Files ?? [], null, reason, expires);
        if (!reply.Done)
        {
            SetAside(path, bytes, reply.Refusal!.Message);
        }
        else if (hand?.Unusable.Count != 0)
        {
            // It is renewed as the hold was understood, so what was not understood must not be gone with it.
            var what = hand is null ? "it is not JSON" : $"not taken over: {string.Join(", ", hand.Unusable)}";
            Log("lock.unclear", $"{path}: {what}; the file as it was is kept at {quarantine.Keep(path, bytes)}", files ? null : new TaskId(name), null);
        }

        // It is written anew, under the name of the fence that it has now.
        if (files && reply.Done && LockFile.PathOf(reply.Lease!) != path)
        {
            File.Delete(Path.Combine(root, path));
        }
    }

    private void SetAside(string path, byte[] bytes, string why)
    {
        var copy = quarantine.Keep(path, bytes);
        File.Delete(Path.Combine(root, path));
        Log("lock.refused", $"{path}: {why}; the file is kept at {copy}", null, null);
    }

    private void Log(string kind, string message, TaskId? task, long? fence) => store.Write(transaction =>
    {
        transaction.Append(clock.Now, kind, message, task, null, fence);
        return true;
    });

    private List<string> Files(string folder, string extension)
    {
        var full = Path.Combine(root, folder);
        return !Directory.Exists(full) ? [] :
        [
            .. Directory.EnumerateFiles(full)
                .Where(file => file.EndsWith(extension, StringComparison.Ordinal) && RegularFile.KindOf(file) == FileKind.Regular)
                .Select(file => $"{folder}/{Path.GetFileName(file)}")
                .Order(StringComparer.Ordinal),
        ];
    }
}
