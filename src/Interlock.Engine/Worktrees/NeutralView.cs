using System.Text;
using Interlock.Engine.Platform;

namespace Interlock.Engine.Worktrees;

/// <summary>
/// A git directory of our own in front of the repository's object store. Work on content (adding, checking out, merging,
/// comparing) runs here, so no filter, merge driver, hook or attribute set in the repository's configuration can run code.
/// Only settings that change bytes or names without running anything are carried over. Because filters do not run,
/// files under Git LFS stay as the repository stores them.
/// </summary>
internal sealed class NeutralView
{
    private const string Carried =
        @"^(core\.(autocrlf|eol|filemode|symlinks|ignorecase|precomposeunicode|excludesfile)|extensions\.objectformat)$";

    private readonly Repository repository;
    private readonly string directory;
    private readonly IReadOnlyList<string> settings;

    private readonly string raw;

    private NeutralView(Repository repository, string directory, string raw, IReadOnlyList<string> settings) =>
        (this.repository, this.directory, this.raw, this.settings) = (repository, directory, raw, settings);

    /// <summary>Whether a checkout may write other bytes than the repository stores, for any file at all.</summary>
    internal bool ConvertsLineEnds => OperatingSystem.IsWindows() || settings.Any(s => s.ToLowerInvariant() is var text
        && (text == "core.eol=crlf" || (text.StartsWith("core.autocrlf=", StringComparison.Ordinal) && text is not ("core.autocrlf=false" or "core.autocrlf=input"))));

    internal static async Task<NeutralView> OpenAsync(Repository repository, CancellationToken cancellation)
    {
        var settings = await ReadSettingsAsync(repository, cancellation);
        var directory = Prepare(repository, "view", settings);

        // Attributes in a git directory win over those of the tree: this one compares bytes as they are.
        var raw = Prepare(repository, "raw", settings);
        AtomicFile.Write(Path.Combine(raw, "info", "attributes"), "* -text -ident !eol !working-tree-encoding\n"u8);
        return new NeutralView(repository, directory, raw, [.. settings.Where(s => !IsFormat(s)), $"core.attributesFile={Git.NullDevice}"]);
    }

    private static string Prepare(Repository repository, string name, IReadOnlyList<string> settings)
    {
        var directory = Path.Combine(repository.StateDir, name);
        PrivateFolder.Create(Path.Combine(directory, "refs"));
        PrivateFolder.Create(Path.Combine(directory, "objects"));
        PrivateFolder.Create(Path.Combine(directory, "info"));
        var format = settings.FirstOrDefault(IsFormat);
        var config = format is null
            ? "[core]\n\trepositoryformatversion = 0\n\tbare = false\n"
            : $"[core]\n\trepositoryformatversion = 1\n\tbare = false\n[extensions]\n\tobjectformat = {format.Split('=')[1]}\n";
        AtomicFile.Write(Path.Combine(directory, "HEAD"), "ref: refs/heads/none\n"u8);
        AtomicFile.Write(Path.Combine(directory, "config"), Encoding.UTF8.GetBytes(config));
        return directory;
    }

    private static bool IsFormat(string setting) => setting.StartsWith("extensions.objectformat=", StringComparison.OrdinalIgnoreCase);

    /// <summary>Without a work tree: objects only.</summary>
    internal Git On(string? workTree)
    {
        var exclude = Path.Combine(repository.CommonDir, "info", "exclude");
        if (workTree is not null && File.Exists(exclude))
        {
            AtomicFile.Write(Path.Combine(directory, "info", "exclude"), File.ReadAllBytes(exclude));
        }

        return new Git(directory, workTree, settings, Objects);
    }

    /// <summary>As <see cref="On"/>, but a file equals a blob only byte by byte, whatever its attributes.</summary>
    internal Git RawOn(string workTree) => new(raw, workTree, settings, Objects);

    private Dictionary<string, string> Objects => new() { ["GIT_OBJECT_DIRECTORY"] = Path.Combine(repository.CommonDir, "objects") };

    // The person's own settings count too: files they ignore everywhere must not be sealed into a commit.
    private static async Task<IReadOnlyList<string>> ReadSettingsAsync(Repository repository, CancellationToken cancellation)
    {
        var result = await repository.Git.TryRunAsync(
            ["config", "-z", "--get-regexp", Carried], cancellation,
            env: new Dictionary<string, string> { ["GIT_CONFIG_GLOBAL"] = "", ["GIT_CONFIG_NOSYSTEM"] = "" });
        return [.. result.Records.Select(r => r.Split('\n', 2)).Select(pair => $"{pair[0]}={(pair.Length > 1 ? pair[1] : "true")}")];
    }
}

/// <summary>An index that only one operation sees. The index of a checkout is never written by looking at it.</summary>
internal sealed class TemporaryIndex(Repository repository) : IDisposable
{
    private readonly string path = repository.NewTemporaryPath("index");

    internal IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string> { ["GIT_INDEX_FILE"] = path };

    internal void CopyFrom(string index)
    {
        if (File.Exists(index))
        {
            File.Copy(index, path, overwrite: true);
        }
    }

    /// <summary>Becomes the index of a checkout, in one step.</summary>
    internal void MoveTo(string index) => File.Move(path, index, overwrite: true);

    public void Dispose()
    {
        File.Delete(path);
        File.Delete(path + ".lock");
    }
}
