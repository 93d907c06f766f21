using System.Text;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Platform;
using Interlock.Engine.Protocol;
using Interlock.Engine.Stores;

namespace Interlock.Engine.Projections;

/// <summary>
/// Writes the files people and agents read, from the store alone: each atomically, only when its content changed,
/// and remembering what was written so that <see cref="Doors"/> can tell an edit from an echo.
/// </summary>
internal sealed class ProjectedFiles(string root, IStore store, Clock clock, Func<IStoreReader, IReadOnlyList<WorkTask>, IReadOnlyDictionary<string, string>> prompts)
{
    internal const string StatusKey = "status.extra";
    internal const string Prompts = "agent_prompts/";

    public string Root => root;

    public static void SetStatusExtra(IStoreTransaction transaction, string? extra) => transaction.SetMeta(StatusKey, extra ?? "");

    /// <summary>Called under the projection gate.</summary>
    /// <param name="seen">
    /// Edited files as <see cref="Doors"/> took them in, null for a deleted one; an edit or deletion after that is left for the next turn.
    /// </param>
    public void Write(IReadOnlyDictionary<string, byte[]?> seen)
    {
        var (wanted, known) = store.Read(reader =>
        {
            var tasks = reader.Tasks();
            var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
            if (tasks.Count > 0)
            {
                var extra = reader.Meta(StatusKey);
                var updated = tasks.Max(task => task.UpdatedAt);
                files[StatusFile.Path] = StatusFile.Render(tasks, reader.Revision, updated, string.IsNullOrEmpty(extra) ? null : extra);
                files[BlockedTasks.Path] = BlockedTasks.Render(tasks);
            }

            foreach (var lease in reader.LiveLeases())
            {
                files[LockFile.PathOf(lease)] = LockFile.Render(lease, store.Epoch);
            }

            foreach (var (name, text) in prompts(reader, tasks))
            {
                files[$"{Prompts}{name}.md"] = Encoding.UTF8.GetBytes(text);
            }

            foreach (var message in reader.Messages().Where(message => clock.Now - message.Timestamp < Doors.ArchiveAfter))
            {
                files[MessageFile.PathOf(message.Id)] = MessageFile.Render(message);
            }

            return (files, reader.ProjectionPaths().ToDictionary(path => path, path => reader.Projection(path)!, StringComparer.Ordinal));
        });

        // ls on these must work from the first command on, also while nothing is locked and nobody has written.
        foreach (var folder in (string[])[LockFile.Folder, MessageFile.Folder])
        {
            Directory.CreateDirectory(Path.Combine(root, folder));
        }

        var written = new List<(string Path, byte[]? Content)>();
        foreach (var (path, content) in wanted)
        {
            if (WriteOne(path, content, known.GetValueOrDefault(path), seen))
            {
                written.Add((path, content));
            }
        }

        foreach (var path in known.Keys.Where(path => !wanted.ContainsKey(path)))
        {
            RemoveOne(path, known[path]);
            written.Add((path, null));
        }

        if (written.Count > 0)
        {
            store.Write(transaction =>
            {
                written.ForEach(file => transaction.SetProjection(file.Path, file.Content));
                return true;
            });
        }
    }

    /// <summary>Takes the prompts as they are for written ones, so that the next write renews or removes each.</summary>
    public void RenewPrompts() => store.Write(transaction =>
    {
        foreach (var path in transaction.ProjectionPaths().Where(path => path.StartsWith(Prompts, StringComparison.Ordinal)))
        {
            transaction.SetProjection(path, ReadIfThere(Path.Combine(root, path)));
        }

        return true;
    });

    // True when the remembered content has to change.
    private bool WriteOne(string path, byte[] content, byte[]? known, IReadOnlyDictionary<string, byte[]?> seen)
    {
        var full = Path.Combine(root, path);
        var onDisk = ReadIfThere(full);
        if (Same(onDisk, content))
        {
            return !Same(known, content);
        }

        // Somebody edited or deleted it since we last looked. An edited prompt stays theirs until the next assign, a deleted one comes
        // back, and what is a door is taken in next turn.
        var isSeen = seen.TryGetValue(path, out var found) && IsAs(onDisk, found);
        if (known is not null && !Same(onDisk, known) && !isSeen && (onDisk is not null || !path.StartsWith(Prompts, StringComparison.Ordinal)))
        {
            return false;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        return AtomicFile.TryWrite(full, content, () => IsAs(ReadIfThere(full), onDisk));
    }

    private void RemoveOne(string path, byte[] known)
    {
        var full = Path.Combine(root, path);
        if (Same(ReadIfThere(full), known))
        {
            Effects.Pass($"file: delete {path}");
            File.Delete(full);
            Effects.Pass($"file: deleted {path}");
        }
    }

    private static bool Same(byte[]? left, byte[]? right) =>
        left is not null && right is not null && left.AsSpan().SequenceEqual(right);

    // Also when neither is there.
    private static bool IsAs(byte[]? left, byte[]? right) => left is null ? right is null : Same(left, right);

    /// <summary>Null when there is nothing; a link is not followed.</summary>
    /// <exception cref="NotARegularFileException">There is something else, which is not opened.</exception>
    internal static byte[]? ReadIfThere(string path) => RegularFile.Read(path);
}
