using System.Collections.Concurrent;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Interlock.Benchmarks;

/// <param name="Message">With its trailers.</param>
internal sealed record CommitObject(string Tree, IReadOnlyList<string> Parents, string Message)
{
    /// <summary>The value of a trailer line; null when there is none, and never that of a second one.</summary>
    public string? Trailer(string key) => Message.Split('\n')
        .Where(line => line.StartsWith($"{key}: ", StringComparison.Ordinal))
        .Select(line => line[(key.Length + 2)..])
        .FirstOrDefault();
}

/// <summary>
/// Reads and writes git objects as files, without git and without any code of the product: fast enough for thousands of
/// small repositories, and an opinion of its own about what a commit holds. SHA-1 repositories whose objects are not packed.
/// </summary>
internal sealed class LooseObjects(string gitDir)
{
    private readonly ConcurrentDictionary<string, FileTree> trees = new();
    private readonly ConcurrentDictionary<string, CommitObject> commits = new();
    private readonly ConcurrentDictionary<string, byte[]> blobs = new();

    public string WriteBlob(byte[] content) => Write("blob", content);

    public string WriteBlob(string text) => Write("blob", Encoding.UTF8.GetBytes(text));

    public string WriteCommit(FileTree tree, IReadOnlyList<string> parents, string message, int second = 0)
    {
        var text = new StringBuilder().Append("tree ").Append(WriteTree(tree)).Append('\n');
        foreach (var parent in parents)
        {
            text.Append("parent ").Append(parent).Append('\n');
        }

        var who = $"Someone <someone@localhost> {1_700_000_000 + second} +0000";
        return Write("commit", Encoding.UTF8.GetBytes(text.Append($"author {who}\ncommitter {who}\n\n{message}\n").ToString()));
    }

    public string WriteTree(FileTree tree) => WriteFolder([.. tree.Files.Select(file => (file.Key, file.Value))]);

    public CommitObject Commit(string oid) => commits.GetOrAdd(oid, id =>
    {
        var parts = Encoding.UTF8.GetString(Read(id, "commit")).Split("\n\n", 2);
        var headers = parts[0].Split('\n');
        return new CommitObject(
            headers[0]["tree ".Length..], [.. headers.Where(line => line.StartsWith("parent ", StringComparison.Ordinal)).Select(line => line["parent ".Length..])], parts[1]);
    });

    public FileTree TreeOf(string commit) => Tree(Commit(commit).Tree);

    public FileTree Tree(string oid) => trees.GetOrAdd(oid, id =>
    {
        var files = FileTree.Empty.Files.ToBuilder();
        ReadFolder(id, "", (path, entry) => files.Add(path, entry));
        return new FileTree(files.ToImmutable());
    });

    public byte[] Blob(string oid) => blobs.GetOrAdd(oid, id => Read(id, "blob"));

    public string Text(string oid) => Encoding.Latin1.GetString(Blob(oid));

    /// <summary>The commit and its first parents, newest first.</summary>
    public IEnumerable<string> FirstParents(string? commit)
    {
        for (var at = commit; at is not null; at = Commit(at).Parents is [var parent, ..] ? parent : null)
        {
            yield return at;
        }
    }

    private string WriteFolder(List<(string Path, FileEntry Entry)> files)
    {
        var entries = files.GroupBy(file => file.Path.Split('/', 2)[0], StringComparer.Ordinal).Select(group =>
        {
            var only = group.First();
            return only.Path.Contains('/', StringComparison.Ordinal)
                ? (Name: group.Key, Sort: group.Key + "/", Mode: "40000", Oid: WriteFolder([.. group.Select(file => (file.Path[(group.Key.Length + 1)..], file.Entry))]))
                : (Name: group.Key, Sort: group.Key, only.Entry.Mode, only.Entry.Oid);
        });
        using var tree = new MemoryStream();
        foreach (var (name, _, mode, oid) in entries.OrderBy(entry => entry.Sort, StringComparer.Ordinal))
        {
            tree.Write(Encoding.UTF8.GetBytes($"{mode} {name}\0"));
            tree.Write(Convert.FromHexString(oid));
        }

        return Write("tree", tree.ToArray());
    }

    private void ReadFolder(string oid, string prefix, Action<string, FileEntry> found)
    {
        var bytes = Read(oid, "tree");
        for (var at = 0; at < bytes.Length;)
        {
            var end = Array.IndexOf(bytes, (byte)0, at);
            var (mode, name) = Encoding.UTF8.GetString(bytes, at, end - at).Split(' ', 2) is [var first, var second] ? (first, second) : throw new InvalidDataException(oid);
            var id = Convert.ToHexStringLower(bytes, end + 1, 20);
            at = end + 21;
            if (mode == "40000")
            {
                ReadFolder(id, $"{prefix}{name}/", found);
            }
            else
            {
                found(prefix + name, new FileEntry(mode, id));
            }
        }
    }

    private string Write(string kind, byte[] content)
    {
        byte[] whole = [.. Encoding.ASCII.GetBytes($"{kind} {content.Length}\0"), .. content];
        var oid = IdOf(whole);
        var path = PathOf(oid);
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var temporary = $"{path}.{Guid.NewGuid():N}";
            using (var file = new ZLibStream(File.Create(temporary), CompressionLevel.Fastest))
            {
                file.Write(whole);
            }

            File.Move(temporary, path, overwrite: true);
        }

        return oid;
    }

    private byte[] Read(string oid, string kind)
    {
        using var file = new ZLibStream(File.OpenRead(PathOf(oid)), CompressionMode.Decompress);
        using var memory = new MemoryStream();
        file.CopyTo(memory);
        var whole = memory.ToArray();
        var header = Array.IndexOf(whole, (byte)0);
        return Encoding.ASCII.GetString(whole, 0, header).StartsWith($"{kind} ", StringComparison.Ordinal)
            ? whole[(header + 1)..]
            : throw new InvalidDataException($"{oid} is no {kind}");
    }

    private string PathOf(string oid) => Path.Combine(gitDir, "objects", oid[..2], oid[2..]);

#pragma warning disable CA5350 // git names its objects by SHA-1.
    private static string IdOf(byte[] whole) => Convert.ToHexStringLower(SHA1.HashData(whole));
#pragma warning restore CA5350
}
