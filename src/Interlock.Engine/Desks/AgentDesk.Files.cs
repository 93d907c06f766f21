using Interlock.Domain.Leasing;
using Interlock.Engine.Importers;
using Interlock.Engine.Running;

namespace Interlock.Engine.Desks;

/// <summary>Whether an agent may change a file now.</summary>
/// <param name="State">One of <c>yours</c>, <c>free</c>, <c>busy</c>, <c>protected</c>.</param>
/// <param name="Why">Who or what stands in the way; null when nothing does.</param>
public sealed record FileVerdict(string Path, string State, Lease? Lease, Refusal? Why);

public sealed partial class AgentDesk
{
    /// <summary>Looks without leasing anything. A path inside the checkout may be absolute.</summary>
    public FileVerdict CheckFile(string named)
    {
        var path = Relative(named);
        if (!FilePattern.TryParse(path, out _, out var problem))
        {
            return new FileVerdict(path, "busy", null, new Refusal(RefusalCodes.BadFile, $"'{path}' is not a usable file pattern: {problem}", "Name files relative to the repository root, with '/'"));
        }

        if (ProtectedPaths.FirstKeptIn([path], PlanTicks.Files(workspace)) is not null || ProtectedPaths.NeedingApproval([path]).Count > 0)
        {
            return new FileVerdict(path, "protected", null, new Refusal(RefusalCodes.OutOfScope, $"{path} must not be changed by task work", "Leave it as it is; a person decides about it"));
        }

        var snapshot = workspace.Snapshot();
        var mine = snapshot.Leases.Where(lease => lease.Agent == agent && lease.Files.Count > 0).FirstOrDefault(lease => FileSet.Parse(lease.Files).Covers(path));
        if (mine is not null)
        {
            return new FileVerdict(path, "yours", mine, null);
        }

        var options = workspace.Protocol.Options;
        var busy = ClaimRules.CheckFiles(FileSet.Parse([path]), [.. snapshot.Leases.Where(lease => lease.Agent != agent)], null, snapshot.Clock, options.IgnoreCase, options.Limits.Hot);
        return new FileVerdict(path, busy is null ? "free" : "busy", null, busy);
    }

    private string Relative(string named)
    {
        var slashed = OperatingSystem.IsWindows() ? named.Replace('\\', '/') : named;
        return Path.IsPathRooted(named) && Path.GetRelativePath(workspace.Root, named) is var inside && !inside.StartsWith("..", StringComparison.Ordinal)
            ? inside.Replace(Path.DirectorySeparatorChar, '/')
            : slashed.StartsWith("./", StringComparison.Ordinal) ? slashed[2..] : slashed;
    }
}
