using System.Globalization;
using Interlock.Domain.Health;
using Interlock.Domain.Leasing;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Platform;
using Interlock.Engine.Running;
using Interlock.Engine.Stores;

namespace Interlock.Engine.Health;

/// <summary>Looks at the store: its file, the invariants of its rows, the log that must explain them, and who holds what.</summary>
internal sealed class StateCheckup(Workspace workspace)
{
    private const int MostNamed = 5;

    public IEnumerable<Diagnosis> Examine(StoreExam exam) =>
        [.. File(exam), .. Log(), .. Rows(exam), .. Holders(), .. Folder(), .. Tokens()];

    private static IEnumerable<Diagnosis> File(StoreExam exam)
    {
        foreach (var fault in exam.Faults)
        {
            yield return new Diagnosis(FindingKinds.StoreDamaged.At(fault));
        }

        if (exam.Journal != "wal")
        {
            yield return new Diagnosis(FindingKinds.StoreJournal.At($"the journal mode of the store is '{exam.Journal}'"));
        }
    }

    private IEnumerable<Diagnosis> Log()
    {
        var differences = workspace.Store.Read(reader => EventReplay.Until(reader, reader.Revision).DifferencesTo(reader.Rows()));
        if (differences.Count > 0)
        {
            var more = differences.Count > MostNamed ? string.Create(CultureInfo.InvariantCulture, $" and {differences.Count - MostNamed} more") : "";
            yield return new Diagnosis(FindingKinds.LogDiffers.At($"replaying the log gives other rows than the store has: {string.Join(", ", differences.Take(MostNamed))}{more}"));
        }
    }

    private IEnumerable<Diagnosis> Rows(StoreExam exam)
    {
        var options = workspace.Protocol.Options;
        var view = workspace.Store.Read(reader => new StateView(reader.Tasks(), reader.Leases(), reader.Landings(), options.Limits, exam.NextFence, options.IgnoreCase));
        return Invariants.Check(view).Select(finding => new Diagnosis(finding, finding.Kind == FindingKinds.FenceOrder ? SkipFences(view) : null));
    }

    private Func<CancellationToken, Task<string?>> SkipFences(StateView view) => _ =>
    {
        var used = view.Leases.Select(lease => lease.Fence).Concat(view.Landings.Select(landing => landing.Fence)).DefaultIfEmpty(0).Max();
        workspace.Protocol.SkipFences(used, "the counter of fences stood below one that was given out");
        return Task.FromResult<string?>(string.Create(CultureInfo.InvariantCulture, $"the next fence is above {used}"));
    };

    private IEnumerable<Diagnosis> Holders()
    {
        var recovery = new Recovery(workspace);
        foreach (var decision in recovery.Due())
        {
            yield return new Diagnosis(
                FindingKinds.HolderGone.At($"{decision.Reason}; {(decision.Task.Value is null ? "files are" : $"task {decision.Task} is")} still kept"),
                async cancellation => (await recovery.ReclaimAsync(cancellation)) is { Count: > 0 } lines ? string.Join("; ", lines) : null);
        }

        foreach (var (lease, silent) in recovery.Silent())
        {
            yield return new Diagnosis(FindingKinds.SupervisorSilent.At($"the run behind {lease.Agent} (task {lease.Task}) has not reported for {Ages.Text(silent)}"));
        }
    }

    private IEnumerable<Diagnosis> Folder()
    {
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode Others = (UnixFileMode)0b111_111;
            var mode = System.IO.File.GetUnixFileMode(workspace.StateDir);
            if ((mode & Others) != 0)
            {
                yield return new Diagnosis(FindingKinds.StateOpenToOthers.At($"{workspace.StateDir} has the mode {Convert.ToString((int)mode, 8)}"), _ =>
                {
                    if (!OperatingSystem.IsWindows())
                    {
                        System.IO.File.SetUnixFileMode(workspace.StateDir, mode & ~Others);
                    }

                    return Task.FromResult<string?>("only you can enter it now");
                });
            }
        }
    }

    private IEnumerable<Diagnosis> Tokens() => workspace.Tokens.All()
        .Where(entry => entry.Token is not { } token || workspace.Protocol.Check(null, token).Lease is null)
        .Select(entry => new Diagnosis(FindingKinds.TokenLeft.At($"the token {Path.GetFileName(entry.Path)} counts no more"), _ =>
        {
            System.IO.File.Delete(entry.Path);
            return Task.FromResult<string?>("deleted");
        }));
}
