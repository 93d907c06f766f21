using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Interlock.Engine.Configuration;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Verification;

/// <summary>
/// Names for "this check on this tree in these surroundings". Two equal names promise the same answer, so everything goes
/// in that an answer is known to depend on; docs/guide/configuration.md says what does not.
/// </summary>
internal sealed class CheckKeys(Workspace workspace, Repository repository, WorktreePool pool, string sandbox)
{
    private readonly Toolchain toolchain = new(workspace.Config.Config.Toolchain, workspace.Root, workspace.StateDir);

    /// <summary>One key for each check, in their order. A check's key holds the ones before it, for it works on what they left behind.</summary>
    public async Task<IReadOnlyList<string>> OfAsync(
        string commit, IReadOnlyList<Check> checks, IReadOnlyDictionary<string, string> environment, CancellationToken cancellation)
    {
        var tree = await repository.TreeOfAsync(commit, cancellation);
        var key = Hash(["2", tree, .. Surroundings(environment), await toolchain.PrintedAsync(environment, cancellation)]);
        var keys = new List<string>();
        foreach (var check in checks)
        {
            key = Hash([key, check.Name, check.Network ? "network" : "", Toolchain.Fingerprint(check.Program, environment.GetValueOrDefault("PATH")), .. check.Command]);
            keys.Add(key);
        }

        return keys;
    }

    private IEnumerable<string> Surroundings(IReadOnlyDictionary<string, string> environment)
    {
        var config = workspace.Config.Config;
        return
        [
            RuntimeInformation.OSDescription, RuntimeInformation.OSArchitecture.ToString(), sandbox, .. config.SandboxWrite,
            "environment", .. environment.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key}={entry.Value}"),
            "worktrees", config.Worktrees.Setup ?? "", "link", .. config.Worktrees.Link, "copy", .. config.Worktrees.Copy, "clone", .. config.Worktrees.Cloned,
            "brought", .. pool.Sources().Select(Outside),
        ];
    }

    // Their content may be large, such as node_modules; what installs packages leaves a file with a new time at the top of it.
    private static string Outside(FileSystemInfo entry)
    {
        var newest = entry is DirectoryInfo folder && folder.LinkTarget is null
            ? folder.EnumerateFileSystemInfos().Append(entry).Max(inside => inside.LastWriteTimeUtc.Ticks)
            : entry.LastWriteTimeUtc.Ticks;
        return string.Create(CultureInfo.InvariantCulture, $"{entry.FullName} {(entry is FileInfo file ? file.Length : 0)} {newest}");
    }

    // Lengths keep apart what would read the same when written one after the other.
    private static string Hash(IEnumerable<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{part.Length}:{part}")));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
