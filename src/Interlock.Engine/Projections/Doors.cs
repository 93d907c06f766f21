using System.Security.Cryptography;
using Interlock.Domain.Leasing;
using Interlock.Domain.Messaging;
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

    /// <summary>Called under the projection gate. Returns the edited files as they were taken in; null for one that was found deleted.</summary>
    public IReadOnlyDictionary<string, byte[]?> Reconcile()
    {
        var seen = new Dictionary<string, byte[]?>(StringComparer.Ordinal);
        new StatusDoor(root, protocol, automatedRunIsActive, Quarantine).Reconcile(seen);
        ReconcileBlocked(seen);
        ReconcileLocks(seen);
        ReconcileMessages(seen);
        return seen;
    }

    private void ReconcileBlocked(Dictionary<string, byte[]?> seen)
    {
        if (store.Read(reader => reader.Projection(BlockedTasks.Path)) is not { } known)
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
            var copy = Quarantine(BlockedTasks.Path, bytes);
            Log("status.restored", $"{BlockedTasks.Path} was edited and is written anew; the edited one is kept at {copy}", null, null);
        }
    }

    private void ReconcileLocks(Dictionary<string, byte[]?> seen)
    {
        var leases = store.Read(reader => reader.LiveLeases()
            .Select(lease => (Lease: lease, Known: reader.Projection(LockFile.PathOf(lease)))).ToList());
        foreach (var (lease, known) in leases)
        {
            if (known is null || File.Exists(Path.Combine(root, LockFile.PathOf(lease))))
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
    }

    private void TakeLock(string path, byte[] bytes, Lease? live)
    {
        var hand = LockFile.TryParse(bytes);
        var name = Path.GetFileNameWithoutExtension(path);
        if (live is not null)
        {
            if (!LockFile.Render(live, store.Epoch).AsSpan().SequenceEqual(bytes))
            {
                Log("lock.conflict", $"{path} was edited by hand while {live.Agent} holds the task; the live lease stays", live.Task, live.Fence);
            }

            return;
        }

        // Unreadable is an unknown owner, never a free task.
        var since = hand?.Locked is { } locked && locked < clock.Now ? locked : clock.Now;
        var expires = hand?.Expires ?? since + protocol.Options.LeaseDuration;
        if (expires <= clock.Now)
        {
            Quarantine(path, bytes);
            File.Delete(Path.Combine(root, path));
            Log("lock.stale", $"{path} had expired {Ages.Text(clock.Now - expires)} ago and was set aside", null, null);
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
            Log("lock.unclear", $"{path}: {what}; the file as it was is kept at {Quarantine(path, bytes)}", files ? null : new TaskId(name), null);
        }

        // It is written anew, under the name of the fence that it has now.
        if (files && reply.Done && LockFile.PathOf(reply.Lease!) != path)
        {
            File.Delete(Path.Combine(root, path));
        }
    }

    private void ReconcileMessages(Dictionary<string, byte[]?> seen)
    {
        RestoreMessages(seen);
        foreach (var path in Files(MessageFile.Folder, ".msg"))
        {
            var id = Path.GetFileNameWithoutExtension(path);
            var message = store.Read(reader => reader.FindMessage(id)) ?? TakeMessage(path, id);
            if (message is not null && clock.Now - message.Timestamp >= ArchiveAfter)
            {
                MoveTo(MessageFile.Archive, path);
            }
        }
    }

    // What has been said stays said: a message is never changed or taken back through its file.
    private void RestoreMessages(Dictionary<string, byte[]?> seen)
    {
        var projected = store.Read(reader => reader.ProjectionPaths()
            .Where(path => path.StartsWith($"{MessageFile.Folder}/", StringComparison.Ordinal))
            .Select(path => (Path: path, Content: reader.Projection(path)!, Message: reader.FindMessage(Path.GetFileNameWithoutExtension(path)))).ToList());
        foreach (var (path, content, message) in projected)
        {
            var bytes = ProjectedFiles.ReadIfThere(Path.Combine(root, path));
            if (bytes is not null ? content.AsSpan().SequenceEqual(bytes) : message is null || clock.Now - message.Timestamp >= ArchiveAfter)
            {
                continue;
            }

            seen[path] = bytes;
            if (bytes is not null)
            {
                Quarantine(path, bytes);
            }

            Log("message.restored", $"{path} was {(bytes is null ? "deleted" : "edited")} and is written anew", null, null);
        }
    }

    private Message? TakeMessage(string path, string id)
    {
        if (ProjectedFiles.ReadIfThere(Path.Combine(root, path)) is not { } bytes)
        {
            return null;
        }

        var (message, problem) = MessageFile.Parse(bytes, id, clock.Now);
        if (message is null)
        {
            MoveTo(MessageFile.Quarantine, path);
            Log("message.quarantined", $"{path}: {problem}; it was moved to {MessageFile.Quarantine}", null, null);
            return null;
        }

        var full = store.Write<Refusal?>(transaction =>
        {
            if (mailbox.TakeIn(transaction, message) is { } refusal)
            {
                return refusal;
            }

            transaction.Append(clock.Now, "message.sent", $"{message.From} to {string.Join(", ", message.To)}, dropped in as a file", null, message.From);
            if (clock.Now - message.Timestamp < ArchiveAfter)
            {
                transaction.SetProjection(path, bytes);
            }

            return null;
        });
        if (full is null)
        {
            return message;
        }

        MoveTo(MessageFile.Quarantine, path);
        Log("message.quarantined", $"{path}: {full.Message}; it was moved to {MessageFile.Quarantine}", null, null);
        return null;
    }

    private void MoveTo(string folder, string path)
    {
        Directory.CreateDirectory(Path.Combine(root, folder));
        File.Move(Path.Combine(root, path), Path.Combine(root, folder, Path.GetFileName(path)), overwrite: true);
    }

    private void SetAside(string path, byte[] bytes, string why)
    {
        Quarantine(path, bytes);
        File.Delete(Path.Combine(root, path));
        Log("lock.refused", $"{path}: {why}; a copy is kept in quarantine", null, null);
    }

    /// <summary>Keeps a copy under the hash of its content and returns where.</summary>
    private string Quarantine(string path, byte[] bytes)
    {
        var folder = PrivateFolder.Create(Path.Combine(stateDir, "quarantine"));
        var name = Path.GetFileName(path);
        var copy = Path.Combine(folder, $"{name[..Math.Min(40, name.Length)]}.{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}");
        if (!File.Exists(copy))
        {
            AtomicFile.Write(copy, bytes);
        }

        return copy;
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
                .Where(file => file.EndsWith(extension, StringComparison.Ordinal) && new FileInfo(file).LinkTarget is null)
                .Select(file => $"{folder}/{Path.GetFileName(file)}")
                .Order(StringComparer.Ordinal),
        ];
    }
}
