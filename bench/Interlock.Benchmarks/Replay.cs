using System.Globalization;
using System.Text;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Merging;
using Interlock.Engine.Verification;

namespace Interlock.Benchmarks;

/// <summary>What replaying one history came to.</summary>
/// <param name="Hunks">Tasks that were only part of a file's change.</param>
/// <param name="Together">Files that several tasks of one step changed.</param>
/// <param name="Redone">Tasks that conflicted and were done again on what had landed.</param>
/// <param name="Wrong">Steps after which the branch was not exactly the next version, with the paths that differ.</param>
internal sealed record ReplayResult(int Steps, int Tasks, int Files, int Hunks, int Together, int Redone, int Batches, IReadOnlyList<string> Wrong);

/// <summary>
/// Takes successive versions of real software apart into tasks, one for each file and one for each hunk of a large file, hands
/// all of them in from the same base in random order, and looks whether the queue puts the next version together again.
/// </summary>
internal sealed class Replay : IDisposable
{
    private const int LargeFile = 60;
    private const int MostLines = 6000;
    private const int MostRounds = 400;

    // Hunks this close are one change: whoever wrote one saw the other.
    private const int Apart = 3;

    private readonly IReadOnlyList<string> folders;
    private readonly Random chance;
    private readonly QueueGround ground;
    private readonly Dictionary<TaskId, Piece> pieces = [];
    private readonly List<string> wrong = [];
    private int tasks;
    private int files;
    private int hunks;
    private int together;
    private int redone;
    private int batches;

    /// <param name="folders">One for each version, oldest first.</param>
    public Replay(IReadOnlyList<string> folders, int seed)
    {
        this.folders = folders;
        chance = new Random(seed);
        ground = new QueueGround(objects => ReadFolder(objects, folders[0]), _ => new NoChecks(), QueueSettings.Default);
    }

    public async Task<ReplayResult> RunAsync(CancellationToken cancellation)
    {
        await ground.Queue.LookAsync(QueueGround.Target, cancellation);
        for (var step = 1; step < folders.Count; step++)
        {
            await StepAsync(step, cancellation);
        }

        ground.Run("fsck", "--strict", "--no-dangling");
        return new ReplayResult(folders.Count - 1, tasks, files, hunks, together, redone, batches, wrong);
    }

    public void Dispose() => ground.Dispose();

    private async Task StepAsync(int step, CancellationToken cancellation)
    {
        var from = ground.Tip!;
        var (before, after) = (ground.Objects.TreeOf(from), ReadFolder(ground.Objects, folders[step]));
        pieces.Clear();
        foreach (var path in after.PathsThatDifferFrom(before))
        {
            files++;
            Split(step, path, before[path], after[path]);
        }

        var ids = pieces.Keys.ToArray();
        chance.Shuffle(ids);
        foreach (var id in ids)
        {
            ground.Add(QueueGround.NewTask(id.Value, $"m{chance.Next(5)}"));
            Hand(id, from, before.With(pieces[id].Path, pieces[id].Of(ground.Objects, [])));
        }

        for (var round = 0; round < MostRounds && (ground.Queue.HasWork || Redo()); round++)
        {
            batches++;
            await ground.Queue.LandNextAsync(cancellation);
        }

        if (ground.Objects.TreeOf(ground.Tip!).PathsThatDifferFrom(after).ToList() is { Count: > 0 } differ)
        {
            wrong.Add($"{Path.GetFileName(folders[step])}: {string.Join(", ", differ)}");
        }
    }

    // A file as a whole, or each hunk of a large one.
    private void Split(int step, string path, FileEntry? old, FileEntry? now)
    {
        if (old is { } was && now is { } becomes && was.Mode == becomes.Mode
            && ThreeWayLines.Split(ground.Objects.Text(was.Oid)) is { Count: >= LargeFile and <= MostLines } lines
            && ThreeWayLines.Split(ground.Objects.Text(becomes.Oid)) is { Count: <= MostLines } newLines
            && Join(ThreeWayLines.Hunks(lines, newLines), lines) is { Count: > 1 } parts)
        {
            together++;
            hunks += parts.Count;
            foreach (var hunk in parts)
            {
                Add(step, new Piece(path, was, lines, hunk));
            }

            return;
        }

        Add(step, new Piece(path, now, [], null));
    }

    private void Add(int step, Piece piece) => pieces.Add(new TaskId(string.Create(CultureInfo.InvariantCulture, $"v{step}.{++tasks}")), piece);

    private static List<Hunk> Join(List<Hunk> parts, List<string> lines)
    {
        var joined = new List<Hunk>();
        foreach (var hunk in parts)
        {
            if (joined is [.., var last] && hunk.From - last.To < Apart)
            {
                joined[^1] = new Hunk(last.From, hunk.To, [.. last.Lines, .. lines[last.To..hunk.From], .. hunk.Lines]);
            }
            else
            {
                joined.Add(hunk);
            }
        }

        return joined;
    }

    // Work that conflicted is done again by its author, who sees now what landed beside it.
    private bool Redo()
    {
        var all = ground.Workspace.Store.Read(reader => reader.Tasks());
        var back = all.Where(task => task.State == TaskState.Ready && pieces.ContainsKey(task.Id)).ToList();
        var landed = all.Where(task => task.State == TaskState.Merged).Select(task => task.Id).ToHashSet();
        foreach (var task in back)
        {
            redone++;
            var piece = pieces[task.Id];
            var beside = pieces.Where(other => other.Value.Path == piece.Path && landed.Contains(other.Key)).Select(other => other.Value.Hunk!);
            Hand(task.Id, ground.Tip!, ground.Objects.TreeOf(ground.Tip!).With(piece.Path, piece.Of(ground.Objects, beside)));
        }

        return back.Count > 0;
    }

    private void Hand(TaskId id, string from, FileTree work) => ground.Submit(id, from, ground.Objects.WriteCommit(work, [from], $"work on {id}"));

    private static FileTree ReadFolder(LooseObjects objects, string folder)
    {
        var tree = FileTree.Empty;
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            var path = Path.GetRelativePath(folder, file.FullName).Replace('\\', '/');
            var mode = !OperatingSystem.IsWindows() && (file.UnixFileMode & UnixFileMode.UserExecute) != 0 ? FileEntry.Program : FileEntry.Plain;
            tree = tree.With(path, new FileEntry(mode, objects.WriteBlob(File.ReadAllBytes(file.FullName))));
        }

        return tree;
    }

    /// <param name="Entry">The whole file as it becomes, or as it was when the task is one hunk of it.</param>
    /// <param name="Lines">Of the file as it was.</param>
    private sealed record Piece(string Path, FileEntry? Entry, List<string> Lines, Hunk? Hunk)
    {
        /// <summary>The file with this change and those that landed beside it.</summary>
        public FileEntry? Of(LooseObjects objects, IEnumerable<Hunk> beside)
        {
            if (Hunk is null)
            {
                return Entry;
            }

            var text = new StringBuilder();
            var at = 0;
            foreach (var hunk in beside.Append(Hunk).OrderBy(hunk => hunk.From))
            {
                text.AppendJoin("", Lines[at..hunk.From]).AppendJoin("", hunk.Lines);
                at = hunk.To;
            }

            return Entry!.Value with { Oid = objects.WriteBlob(Encoding.Latin1.GetBytes(text.AppendJoin("", Lines[at..]).ToString())) };
        }
    }

    // Half of a real change need not work by itself; what is held up here is that nothing is lost.
    private sealed class NoChecks : IVerifier
    {
        public Task<Verdict> VerifyAsync(string label, string commit, CheckStage stage, CancellationToken cancellation, bool secondLook = true) =>
            Task.FromResult(new Verdict(true, null, null, FromCache: false, 0, []));
    }
}
