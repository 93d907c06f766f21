using System.Globalization;
using System.Text;
using Interlock.Benchmarks;

namespace Interlock.Tests.Merging.Campaign;

/// <summary>Makes up small repositories and changes of them. All chance comes from the seed.</summary>
internal sealed class ChangeMaker(Random chance, LooseObjects objects, Counts counts)
{
    public const string Plan = "plan/IMPLEMENTATION_PLAN.md";
    private static readonly string[] Names = ["a.txt", "b.txt", "src/c.cs", "src/deep/d.cs", "src/e f.txt", "ü.txt"];
    private int serial;

    public FileTree NewRepository(IReadOnlyList<string> tasks)
    {
        var tree = FileTree.Empty;
        foreach (var name in Names.Take(chance.Next(3, Names.Length + 1)))
        {
            var lines = Enumerable.Range(1, chance.Next(6, 40)).Select(n => chance.Next(8) == 0 ? "}" : $"{name} line {n}");
            var end = chance.Next(5) == 0 ? "\r\n" : "\n";
            tree = tree.With(name, new FileEntry(chance.Next(6) == 0 ? FileEntry.Program : FileEntry.Plain, objects.WriteBlob(string.Join(end, lines) + (chance.Next(4) == 0 ? "" : end))));
        }

        tree = tree.With("image.bin", new FileEntry(FileEntry.Plain, objects.WriteBlob(NewBinary())));
        return chance.Next(3) == 0
            ? tree.With(Plan, new FileEntry(FileEntry.Plain, objects.WriteBlob($"# Plan\n\n### Story 2.5: Story\n{string.Concat(tasks.Select(task => $"- [ ] Task {task}: do {task}\n"))}")))
            : tree;
    }

    /// <summary>Changes one or two things. The plan is not among them: nobody but the queue changes it.</summary>
    public FileTree Change(FileTree tree, string by)
    {
        var before = tree;
        for (var left = chance.Next(3) == 0 ? 2 : 1; left > 0 || tree == before; left--)
        {
            tree = ChangeOnce(tree, by);
        }

        return tree;
    }

    /// <summary>A change whose tree the checks refuse.</summary>
    public FileTree Spoil(FileTree tree, string by)
    {
        counts.Add("bad change");
        return AppendTo(Change(tree, by), $"BAD {by}");
    }

    /// <summary>One half of a pair that is fine alone and red together.</summary>
    public FileTree Half(FileTree tree, string by)
    {
        counts.Add("half of a semantic conflict");
        var path = $"half-{by}.txt";
        return Change(tree, by).With(path, new FileEntry(FileEntry.Plain, objects.WriteBlob(chance.Next(2) == 0 ? "LEFT\n" : "RIGHT\n")));
    }

    /// <summary>Takes out everything the checks refuse.</summary>
    public FileTree Heal(FileTree tree)
    {
        foreach (var (path, file) in tree.Files.Where(file => file.Value.Mode != FileEntry.Link))
        {
            var lines = ThreeWayLines.Split(objects.Text(file.Oid));
            if (lines.RemoveAll(line => line.StartsWith("BAD", StringComparison.Ordinal) || line == "LEFT\n") > 0)
            {
                tree = tree.With(path, file with { Oid = Blob(lines) });
            }
        }

        return tree;
    }

    private FileTree ChangeOnce(FileTree tree, string by)
    {
        var paths = tree.Files.Keys.Where(path => path != Plan).ToList();
        var path = paths.Count == 0 ? "" : paths[chance.Next(paths.Count)];
        var kind = paths.Count == 0 ? 28 : chance.Next(40);
        return kind switch
        {
            <= 21 => EditLines(tree, path, by),
            22 or 23 => Count("mode change", tree.With(path, tree[path]!.Value with { Mode = tree[path]!.Value.Mode == FileEntry.Plain ? FileEntry.Program : FileEntry.Plain })),
            24 => Count("deletion", tree.With(path, null)),
            25 or 26 => Rename(tree, path, by),
            27 => Count("binary change", tree.With("image.bin", new FileEntry(FileEntry.Plain, objects.WriteBlob(NewBinary())))),
            >= 28 and <= 33 => Count("new file", WithRoom(tree, NewName(by), new FileEntry(FileEntry.Plain, objects.WriteBlob(chance.Next(4) == 0 ? "" : $"{Mark(by)}\n")))),
            34 => Count("same new file", WithRoom(tree, $"shared-{chance.Next(3)}.txt", new FileEntry(FileEntry.Plain, objects.WriteBlob(chance.Next(2) == 0 ? "the same\n" : $"{Mark(by)}\n")))),
            35 => Count("file for a folder", WithRoom(tree, chance.Next(2) == 0 ? "src" : "a.txt/inside", new FileEntry(FileEntry.Plain, objects.WriteBlob($"{Mark(by)}\n")))),
            36 => Count("link", tree.With(path, new FileEntry(FileEntry.Link, objects.WriteBlob("a.txt")))),
            37 => Count("same line by two", EditSame(tree, path)),
            _ => EditLines(tree, path, by),
        };
    }

    private FileTree EditLines(FileTree tree, string path, string by)
    {
        if (tree[path]!.Value.Mode == FileEntry.Link || path == "image.bin")
        {
            return tree;
        }

        var lines = ThreeWayLines.Split(objects.Text(tree[path]!.Value.Oid));
        var at = chance.Next(lines.Count + 1);
        var most = lines.Count - at;
        var end = lines.FirstOrDefault()?.EndsWith("\r\n", StringComparison.Ordinal) == true ? "\r\n" : "\n";
        switch (chance.Next(5))
        {
            case 0 when most > 0:
                lines.RemoveRange(at, Math.Min(most, chance.Next(1, 4)));
                counts.Add("removed lines");
                break;
            case 1 or 2 when most > 0:
                lines.RemoveRange(at, Math.Min(most, chance.Next(1, 3)));
                lines.Insert(at, Mark(by) + end);
                counts.Add("replaced lines");
                break;
            case 3 when most > 1:
                var moved = lines[at];
                lines.RemoveAt(at);
                lines.Insert(chance.Next(lines.Count), moved.EndsWith('\n') ? moved : moved + end);
                counts.Add("moved line");
                break;
            default:
                lines.InsertRange(at, Enumerable.Range(0, chance.Next(1, 3)).Select(_ => (chance.Next(6) == 0 ? "}" : Mark(by)) + end));
                counts.Add("added lines");
                break;
        }

        return tree.With(path, tree[path]!.Value with { Oid = Blob(lines) });
    }

    private FileTree EditSame(FileTree tree, string path)
    {
        if (tree[path]!.Value.Mode == FileEntry.Link || path == "image.bin")
        {
            return tree;
        }

        var lines = ThreeWayLines.Split(objects.Text(tree[path]!.Value.Oid));
        lines.Insert(0, "everybody writes this\n");
        return tree.With(path, tree[path]!.Value with { Oid = Blob(lines) });
    }

    private FileTree Rename(FileTree tree, string path, string by)
    {
        counts.Add("rename");
        var renamed = WithRoom(tree.With(path, null), NewName(by), tree[path]!.Value);
        return chance.Next(2) == 0 ? renamed : EditLines(renamed, renamed.PathsThatDifferFrom(tree).Last(renamed.Files.ContainsKey), by);
    }

    private FileTree AppendTo(FileTree tree, string line)
    {
        var path = tree.Files.Keys.FirstOrDefault(path => path != Plan && path != "image.bin" && tree[path]!.Value.Mode != FileEntry.Link) ?? "bad.txt";
        if (tree[path] is not { } file)
        {
            return tree.With(path, new FileEntry(FileEntry.Plain, objects.WriteBlob(line + "\n")));
        }

        var text = objects.Text(file.Oid);
        return tree.With(path, file with { Oid = objects.WriteBlob(Encoding.Latin1.GetBytes(text + (text.Length == 0 || text.EndsWith('\n') ? "" : "\n") + line + "\n")) });
    }

    // A path cannot be a file and a folder: whatever is in the way goes.
    private static FileTree WithRoom(FileTree tree, string path, FileEntry entry)
    {
        foreach (var other in tree.Files.Keys.Where(other => other.StartsWith(path + "/", StringComparison.Ordinal) || path.StartsWith(other + "/", StringComparison.Ordinal)))
        {
            tree = tree.With(other, null);
        }

        return tree.With(path, entry);
    }

    private FileTree Count(string kind, FileTree tree)
    {
        counts.Add(kind);
        return tree;
    }

    private string NewName(string by) => string.Create(CultureInfo.InvariantCulture, $"{(chance.Next(2) == 0 ? "src/" : "")}new-{by}-{++serial}.txt");

    private string Mark(string by) => string.Create(CultureInfo.InvariantCulture, $"written by {by} as {++serial}");

    private string Blob(List<string> lines) => objects.WriteBlob(Encoding.Latin1.GetBytes(string.Concat(lines)));

    private byte[] NewBinary()
    {
        var bytes = new byte[24];
        chance.NextBytes(bytes);
        bytes[3] = 0;
        return bytes;
    }
}
