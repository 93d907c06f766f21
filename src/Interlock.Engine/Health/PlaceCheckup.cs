using System.Globalization;
using Interlock.Domain.Health;
using Interlock.Domain.Leasing;
using Interlock.Engine.Platform;
using Interlock.Engine.Projections;
using Interlock.Engine.Running;
using Interlock.Engine.Sandbox;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Health;

/// <summary>Looks at folders and files: worktrees, projected files, what was set aside or left behind, and the sandbox.</summary>
internal sealed class PlaceCheckup(Workspace workspace)
{
    public async Task<IReadOnlyList<Diagnosis>> ExamineAsync(CancellationToken cancellation) =>
        [.. await WorktreesAsync(cancellation), .. Disks(), .. Files(), .. SetAside(), .. Temporary(), .. Sandbox()];

    private async Task<IEnumerable<Diagnosis>> WorktreesAsync(CancellationToken cancellation)
    {
        if (workspace.Repository is not { } repository)
        {
            return [];
        }

        // Worktrees first: each has its lease before it is made, so none can look left behind that is not.
        var recovery = new Recovery(workspace);
        var pool = recovery.Worktrees(repository);
        var worktrees = await pool.ListAsync(cancellation);
        var live = workspace.Store.Read(reader => reader.LiveLeases()).Where(lease => lease is { InReview: false, Worktree: not null }).ToList();
        var busy = RunLock.IsHeld(workspace.StateDir);
        var found = worktrees
            .Where(worktree => live.All(lease => lease.Worktree != worktree.Name) && !(busy && (PoolRoot.IsVerification(worktree.Name) || recovery.IsEnding(worktree))))
            .Select(worktree => new Diagnosis(FindingKinds.WorktreeOrphan.At($"{worktree.Path} on {worktree.Branch}"), token => ClearAsync(recovery, pool, worktree, token)))
            .ToList();
        found.AddRange(Unfinished(pool));
        found.AddRange(live.Where(lease => lease.Process is not null && !worktrees.Any(worktree => worktree.Name == lease.Worktree && Directory.Exists(worktree.Path)))
            .Select(lease => new Diagnosis(FindingKinds.WorktreeMissing.At($"{lease.Agent} works on task {lease.Task} in {lease.Worktree}, which is not there"))));
        found.AddRange(pool.Trash().Select(path => new Diagnosis(FindingKinds.TrashLeft.At(path), _ => Task.FromResult<string?>(pool.EmptyTrash(path) ? "deleted" : null))));
        return found;
    }

    // One that a run is making looks the same.
    private IEnumerable<Diagnosis> Unfinished(WorktreePool pool) => RunLock.IsHeld(workspace.StateDir) ? [] : pool.Unfinished().Select(name => new Diagnosis(FindingKinds.WorktreeHalfMade.At(name), async token =>
    {
        await pool.ClearUnfinishedAsync(token);
        return pool.Unfinished().Contains(name) ? null : "removed; nobody was given it";
    }));

    private async Task<string?> ClearAsync(Recovery recovery, WorktreePool pool, Worktree worktree, CancellationToken cancellation)
    {
        using var gate = RunLock.TryTake(workspace.StateDir);
        if (gate is null)
        {
            return null;
        }

        var saved = await recovery.ClearAsync(pool, worktree, cancellation);
        return saved is null ? "removed; there was nothing in it to save" : $"removed; its work is kept as {saved}";
    }

    // What is equally full is one disk, told once.
    private IEnumerable<Diagnosis> Disks()
    {
        string[] places = workspace.Repository is { } repository ? [workspace.StateDir, new Recovery(workspace).Worktrees(repository).Root] : [workspace.StateDir];
        return places.Select(place => (Place: place, Free: FreeSpace.On(place))).Where(disk => disk.Free < FreeSpace.Needed).DistinctBy(disk => disk.Free >> 20)
            .Select(disk => new Diagnosis(FindingKinds.DiskLow.At(string.Create(CultureInfo.InvariantCulture, $"{disk.Free >> 20} MB are free where {disk.Place} is"))));
    }

    private IEnumerable<Diagnosis> Files()
    {
        var projected = workspace.Store.Read(reader => reader.ProjectionPaths().Select(path => (Path: path, Content: reader.Projection(path)!)).ToList());
        var obstructions = Obstruction.Find(workspace.Root, projected.Select(file => file.Path));
        foreach (var obstruction in obstructions)
        {
            yield return new Diagnosis(FindingKinds.FileInTheWay.At(obstruction.ToString()), obstruction.CanBeSetAside ? _ => Task.FromResult(TakeIn()) : null);
        }

        // What is below a linked folder is somebody else's.
        foreach (var (path, content) in projected.Where(file => !obstructions.Any(obstruction => file.Path == obstruction.Path || file.Path.StartsWith($"{obstruction.Path}/", StringComparison.Ordinal))))
        {
            var bytes = ProjectedFiles.ReadIfThere(Path.Combine(workspace.Root, path));
            if (bytes is null || !content.AsSpan().SequenceEqual(bytes))
            {
                yield return new Diagnosis((bytes is null ? FindingKinds.FileMissing : FindingKinds.FileEdited).At(path), _ => Task.FromResult(TakeIn()));
            }
        }
    }

    private string? TakeIn() => workspace.TrySync() is null ? "taken in; interlock log says what became of it" : null;

    private IEnumerable<Diagnosis> SetAside()
    {
        foreach (var folder in (string[])[Path.Combine(workspace.StateDir, "quarantine"), Path.Combine(workspace.Root, MessageFile.Quarantine)])
        {
            var count = Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder).Count() : 0;
            if (count > 0)
            {
                yield return new Diagnosis(FindingKinds.Quarantined.At(string.Create(CultureInfo.InvariantCulture, $"{count} in {folder}")));
            }
        }
    }

    private IEnumerable<Diagnosis> Temporary()
    {
        var now = workspace.Protocol.Clock.Now;
        return TemporaryFiles.Left(workspace).Select(path => new Diagnosis(
            FindingKinds.TemporaryLeft.At($"{path}, {Ages.Text(now - File.GetLastWriteTimeUtc(path))} old"), _ =>
            {
                File.Delete(path);
                return Task.FromResult<string?>("deleted");
            }));
    }

    private IEnumerable<Diagnosis> Sandbox()
    {
        var config = workspace.Config.Config;
        if (config.Checks is { None: false } && config.Sandbox != Configuration.SandboxModes.None && Sandboxes.For(config).Warning is { } warning)
        {
            yield return new Diagnosis(FindingKinds.SandboxNone.At(warning));
        }
    }
}
