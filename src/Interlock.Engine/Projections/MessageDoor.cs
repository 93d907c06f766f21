using Interlock.Domain.Leasing;
using Interlock.Domain.Messaging;
using Interlock.Engine.Platform;
using Interlock.Engine.Protocol;
using Interlock.Engine.Stores;

namespace Interlock.Engine.Projections;

/// <summary>Delivers the messages that people and agents drop in as files, and puts back what was done to those that are said.</summary>
internal sealed class MessageDoor(string root, TaskProtocol protocol, Mailbox mailbox, Quarantine quarantine)
{
    private readonly IStore store = protocol.Store;
    private readonly Clock clock = protocol.Clock;

    /// <param name="paths">The message files that are there.</param>
    public void Reconcile(IReadOnlyList<string> paths, Dictionary<string, byte[]?> seen)
    {
        Restore(seen);
        foreach (var path in paths)
        {
            if (ProjectedFiles.ReadIfThere(Path.Combine(root, path)) is { } bytes && MessageOf(path, bytes) is (var message, var at) && IsOld(message))
            {
                MoveTo(MessageFile.Archive, at);
            }
        }
    }

    private bool IsOld(Message message) => clock.Now - message.Timestamp >= Doors.ArchiveAfter;

    // What has been said stays said: a message is never changed or taken back through its file.
    private void Restore(Dictionary<string, byte[]?> seen)
    {
        var projected = store.Read(reader => reader.ProjectionPaths()
            .Where(path => path.StartsWith($"{MessageFile.Folder}/", StringComparison.Ordinal))
            .Select(path => (Path: path, Content: reader.Projection(path)!, Message: reader.FindMessage(Path.GetFileNameWithoutExtension(path)))).ToList());
        foreach (var (path, content, message) in projected.Where(file => !seen.ContainsKey(file.Path)))
        {
            var bytes = ProjectedFiles.ReadIfThere(Path.Combine(root, path));
            if (bytes is not null ? content.AsSpan().SequenceEqual(bytes) : message is null || IsOld(message))
            {
                continue;
            }

            seen[path] = bytes;
            var done = bytes is null ? "deleted and is written anew" : $"edited and is written anew; the edited one is kept at {quarantine.Keep(path, bytes)}";
            Log("message.restored", $"{path} was {done}");
        }
    }

    /// <summary>The message of a file and where that is now; null when it was set aside.</summary>
    private (Message Message, string Path)? MessageOf(string path, byte[] bytes)
    {
        var id = Path.GetFileNameWithoutExtension(path);
        var (said, known) = store.Read(reader => (reader.FindMessage(id), reader.Projection(path)));
        if (said is not null && (known is not null || IsSame(said, bytes)))
        {
            return (said, path);
        }

        var (message, problem) = MessageFile.Parse(bytes, id, clock.Now);
        if (message is null)
        {
            SetAside(path, problem!);
            return null;
        }

        return said is null ? TakeIn(message, path, bytes, "dropped in as a file") : TakeInAnew(message, path, bytes);
    }

    // The file of a message may be as it was dropped in or as it was written, and neither may be remembered after a crash.
    private static bool IsSame(Message said, byte[] bytes) =>
        MessageFile.Render(said).AsSpan().SequenceEqual(bytes)
        || (MessageFile.Parse(bytes, said.Id, said.Timestamp).Message is { } read
            && MessageFile.Render(read with { AnsweredBy = said.AnsweredBy }).AsSpan().SequenceEqual(MessageFile.Render(said)));

    // Names are used again once a file has gone to the archive; the message of before keeps its own.
    private (Message Message, string Path)? TakeInAnew(Message message, string path, byte[] bytes)
    {
        var id = store.Read(reader => MessageFile.FreeId(reader, clock.Now, message.From, taken => RegularFile.KindOf(Path.Combine(root, MessageFile.PathOf(taken))) != FileKind.Nothing));
        var free = MessageFile.PathOf(id);
        File.Move(Path.Combine(root, path), Path.Combine(root, free), overwrite: false);
        return TakeIn(message with { Id = id }, free, bytes, $"dropped in as {path}, whose name an earlier message has; it is {free} now");
    }

    private (Message Message, string Path)? TakeIn(Message message, string path, byte[] bytes, string how)
    {
        var full = store.Write<Refusal?>(transaction =>
        {
            if (mailbox.TakeIn(transaction, message) is { } refusal)
            {
                return refusal;
            }

            transaction.Append(clock.Now, "message.sent", $"{message.From} to {string.Join(", ", message.To)}, {how}", null, message.From);
            if (!IsOld(message))
            {
                transaction.SetProjection(path, bytes);
            }

            return null;
        });
        if (full is null)
        {
            return (message, path);
        }

        SetAside(path, full.Message);
        return null;
    }

    private void SetAside(string path, string why)
    {
        var kept = MoveTo(MessageFile.Quarantine, path);
        Log("message.quarantined", $"{path}: {why}; it was moved to {kept}");
    }

    private string MoveTo(string folder, string path)
    {
        Directory.CreateDirectory(Path.Combine(root, folder));
        var target = Quarantine.FreeName(Path.Combine(root, folder), Path.GetFileName(path));
        File.Move(Path.Combine(root, path), target, overwrite: false);
        return $"{folder}/{Path.GetFileName(target)}";
    }

    private void Log(string kind, string message) => store.Write(transaction =>
    {
        transaction.Append(clock.Now, kind, message);
        return true;
    });
}
