using System.Text;
using Interlock.Engine.Platform;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Agents.Adapters;

/// <summary>
/// A folder of one attempt's CLI for its configuration and its sessions, outside of every worktree and readable by its owner only,
/// because it holds tokens. Attempts that go on with a session share it.
/// </summary>
public sealed class AgentHome(string path, Worktree? worktree)
{
    private readonly Dictionary<string, string> variables = new(StringComparer.Ordinal);
    private readonly List<string> lent = [];

    public string Path { get; } = path;

    /// <summary>What the CLI's environment needs to find this home.</summary>
    public IReadOnlyDictionary<string, string> Variables => variables;

    public string At(string relative) => System.IO.Path.Combine(Path, relative);

    public void Set(string variable, string value) => variables[variable] = value;

    public string Write(string relative, string content)
    {
        var file = At(relative);
        PrivateFolder.Create(System.IO.Path.GetDirectoryName(file)!);
        AtomicFile.Write(file, Encoding.UTF8.GetBytes(content));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return file;
    }

    public string Folder(string relative)
    {
        PrivateFolder.Create(At(relative));
        return At(relative);
    }

    /// <summary>
    /// Lets the CLI use the login of the person who runs it. A link and no copy: a token that is renewed in one home would make
    /// every copy of the old one useless.
    /// </summary>
    /// <param name="fromHome">Below the person's home.</param>
    public void Borrow(string fromHome, string relative)
    {
        var login = System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), fromHome);
        var link = At(relative);
        if (!File.Exists(login) || File.Exists(link))
        {
            return;
        }

        PrivateFolder.Create(System.IO.Path.GetDirectoryName(link)!);
        try
        {
            File.CreateSymbolicLink(link, login);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Windows makes links for administrators only.
            File.Copy(login, link);
        }
    }

    /// <summary>The logins of a person that this home leads to: a CLI renews them in place.</summary>
    internal IReadOnlyList<string> Borrowed() => [.. new DirectoryInfo(Path).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = true })
        .Where(file => file.LinkTarget is not null).Select(file => RealPath.Of(file.FullName)).Where(File.Exists)];

    /// <summary>
    /// Puts a file into the worktree for as long as the agent runs. It is marked as set-up, so that neither seal nor salvage takes it; a file
    /// that is there already is the repository's and stays as it is.
    /// </summary>
    /// <returns>False when the file stays as it is.</returns>
    public bool Lend(string relative, string content)
    {
        if (worktree is null)
        {
            return false;
        }

        var file = System.IO.Path.Combine(worktree.Path, relative);
        if (File.Exists(file))
        {
            return false;
        }

        if (WorktreeMarker.Read(worktree.GitDir) is { } marker && !marker.SetupPaths.Contains(relative))
        {
            (marker with { SetupPaths = [.. marker.SetupPaths, relative] }).Write(worktree.GitDir);
        }

        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
        lent.Add(file);
        return true;
    }

    /// <summary>Removes what was lent, and the folders that only held it.</summary>
    public void TakeBack()
    {
        foreach (var file in lent)
        {
            File.Delete(file);
            for (var folder = System.IO.Path.GetDirectoryName(file)!;
                folder != worktree!.Path && Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any();
                folder = System.IO.Path.GetDirectoryName(folder)!)
            {
                Directory.Delete(folder);
            }
        }

        lent.Clear();
    }
}
