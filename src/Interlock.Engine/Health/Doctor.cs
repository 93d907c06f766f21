using System.Runtime.InteropServices;
using Interlock.Domain.Health;
using Interlock.Engine.Sandbox;

namespace Interlock.Engine.Health;

/// <summary>What was found, and on what.</summary>
/// <param name="Versions">Name and version of what Interlock stands on.</param>
/// <param name="Sandbox"><c>bwrap</c> or <c>none</c>.</param>
public sealed record HealthReport(IReadOnlyList<Diagnosis> Diagnoses, IReadOnlyList<(string Name, string Version)> Versions, string Sandbox)
{
    /// <summary>Nothing is left that somebody has to do something about.</summary>
    public bool Healthy => Diagnoses.All(diagnosis => diagnosis.Fixed is not null || diagnosis.Finding.Kind.Severity == FindingSeverity.Note);
}

/// <summary>Checks every invariant and everything around it. Changes nothing unless it is asked to repair.</summary>
public static class Doctor
{
    public static async Task<HealthReport> ExamineAsync(Workspace workspace, bool repair, CancellationToken cancellation)
    {
        var exam = workspace.Store.Examine();
        var found = new List<Diagnosis>(new StateCheckup(workspace).Examine(exam));
        List<(string, string)> versions = [("sqlite", exam.Version), ("dotnet", RuntimeInformation.FrameworkDescription), ("os", RuntimeInformation.OSDescription)];
        if (workspace.Repository is { } repository)
        {
            var git = new GitCheckup(workspace, repository);
            versions.Insert(0, ("git", await git.VersionAsync(cancellation)));
            found.AddRange(await git.ExamineAsync(cancellation));
        }

        found.AddRange(await new PlaceCheckup(workspace).ExamineAsync(cancellation));
        var ordered = found.OrderByDescending(diagnosis => diagnosis.Finding.Kind.Severity).ToList();
        return new HealthReport(repair ? await RepairAsync(workspace, ordered, cancellation) : ordered, versions, Sandboxes.For(workspace.Config.Config).Level);
    }

    private static async Task<IReadOnlyList<Diagnosis>> RepairAsync(Workspace workspace, IReadOnlyList<Diagnosis> found, CancellationToken cancellation)
    {
        var done = new List<Diagnosis>();
        foreach (var diagnosis in found)
        {
            var said = diagnosis.Repair is { } repair ? await repair(cancellation) : null;
            if (said is not null)
            {
                workspace.Protocol.Note("doctor.fixed", $"{diagnosis.Finding.Kind.Code}: {diagnosis.Finding.What}; {said}");
            }

            done.Add(diagnosis with { Fixed = said });
        }

        return done;
    }
}
