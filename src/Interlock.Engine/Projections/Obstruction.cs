using Interlock.Engine.Platform;

namespace Interlock.Engine.Projections;

/// <summary>Something that is not a file where a projected file or a door belongs, or not a folder where a folder does.</summary>
/// <param name="Path">Relative to the root.</param>
internal sealed record Obstruction(string Path, FileKind Kind)
{
    /// <summary>Outermost first. Links are not folders: what is in them belongs to somebody else.</summary>
    private static readonly string[] Folders =
        [LockFile.Folder, "agent_tasks", "agent_prompts", MessageFile.Folder, MessageFile.Archive, MessageFile.Quarantine];

    public bool IsFolder => Folders.Contains(Path);

    /// <summary>A linked folder is somebody's arrangement, which only they can take back.</summary>
    public bool CanBeSetAside => !(IsFolder && Kind == FileKind.Link);

    /// <param name="projected">Paths that were written.</param>
    public static IReadOnlyList<Obstruction> Find(string root, IEnumerable<string> projected)
    {
        var folders = Folders.Select(path => new Obstruction(path, RegularFile.KindOf(System.IO.Path.Combine(root, path))))
            .Where(found => found.Kind is not (FileKind.Nothing or FileKind.Folder)).ToList();
        return [.. folders, .. Among(Doors(root, folders).Union(projected).Except(Folders), root, folders)];
    }

    public override string ToString() => $"{Path} is {RegularFile.Word(Kind)}, where {(IsFolder ? "a folder" : "a file")} belongs";

    private static IEnumerable<Obstruction> Among(IEnumerable<string> paths, string root, List<Obstruction> folders) => paths
        .Where(path => folders.TrueForAll(folder => !path.StartsWith($"{folder.Path}/", StringComparison.Ordinal)))
        .Select(path => new Obstruction(path, RegularFile.KindOf(System.IO.Path.Combine(root, path))))
        .Where(found => found.Kind is not (FileKind.Nothing or FileKind.Regular))
        .OrderBy(found => found.Path, StringComparer.Ordinal);

    private static IEnumerable<string> Doors(string root, List<Obstruction> folders) =>
    [
        StatusFile.Path, BlockedTasks.Path,
        .. Named(root, LockFile.Folder, ".lock", folders),
        .. Named(root, MessageFile.Folder, ".msg", folders),
    ];

    private static IEnumerable<string> Named(string root, string folder, string ending, List<Obstruction> folders)
    {
        var full = System.IO.Path.Combine(root, folder);
        return folders.Exists(found => found.Path == folder) || !Directory.Exists(full) ? []
            : Directory.EnumerateFileSystemEntries(full).Where(path => path.EndsWith(ending, StringComparison.Ordinal))
                .Select(path => $"{folder}/{System.IO.Path.GetFileName(path)}");
    }
}
