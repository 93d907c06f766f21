using System.Globalization;
using System.Text;
using Interlock.Domain.Guarding;
using Interlock.Engine.Configuration;
using Interlock.Engine.Platform;

namespace Interlock.Engine.Guarding;

/// <param name="Installed">Our command in the file; null when it is not there.</param>
/// <param name="Problem">Why the file could not be read; null when it could, or is not there.</param>
public sealed record HookState(GuardedCli Cli, string Path, string? Installed, string? Problem);

/// <param name="Backup">Where the file as it was before is kept; null when there was none or nothing changed.</param>
public sealed record HookChange(GuardedCli Cli, string Path, bool Changed, string? Backup);

/// <summary>Writes the hook into the settings of CLIs and takes it out again. All files are read and checked before the first is written.</summary>
public sealed class HookInstaller(string backups, TimeProvider time)
{
    /// <summary>The line a CLI hands to a shell.</summary>
    public static string Command(string program, GuardedCli cli, IReadOnlyList<string> more) =>
        string.Join(' ', [ShellWord.Of(program), "hook", "--for", cli.Word(), .. more.Select(ShellWord.Of)]);

    public static HookState Look(GuardedCli cli, string path)
    {
        try
        {
            return new HookState(cli, path, ReadIfThere(path) is { } text ? HookSettings.CommandIn(cli, text, path) : null, null);
        }
        catch (BadInputException error)
        {
            return new HookState(cli, path, null, error.Message);
        }
    }

    /// <exception cref="BadInputException">A file cannot be read as what it should be; none was changed.</exception>
    public IReadOnlyList<HookChange> Install(IReadOnlyList<(GuardedCli Cli, string Path, string Command)> wanted) =>
        Write([.. wanted.Select(item => (item.Cli, item.Path, Old: ReadIfThere(item.Path), item.Command)).Select(item => (item.Cli, item.Path, item.Old, (string?)HookSettings.With(item.Cli, item.Old, item.Path, item.Command)))]);

    /// <exception cref="BadInputException">A file cannot be read as what it should be; none was changed.</exception>
    public IReadOnlyList<HookChange> Uninstall(IReadOnlyList<(GuardedCli Cli, string Path)> wanted) =>
        Write([.. wanted.Select(item => (item.Cli, item.Path, Old: ReadIfThere(item.Path)))
            .Select(item => (item.Cli, item.Path, item.Old, item.Old is null || HookSettings.CommandIn(item.Cli, item.Old, item.Path) is null ? item.Old : HookSettings.Without(item.Cli, item.Old, item.Path)))]);

    private List<HookChange> Write(IReadOnlyList<(GuardedCli Cli, string Path, string? Old, string? New)> files)
    {
        var changes = new List<HookChange>();
        foreach (var (cli, path, old, @new) in files)
        {
            if (old == @new)
            {
                changes.Add(new HookChange(cli, path, false, null));
                continue;
            }

            var backup = old is null ? null : Keep(cli, old);
            if (@new is null)
            {
                File.Delete(path);
            }
            else
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                AtomicFile.Write(path, Encoding.UTF8.GetBytes(@new));
            }

            if (cli == GuardedCli.Goose)
            {
                Accompany(path, @new is not null);
            }

            changes.Add(new HookChange(cli, path, true, backup));
        }

        return changes;
    }

    // Goose reads hooks only of a folder that says it is a plugin.
    private static void Accompany(string hooks, bool there)
    {
        var plugin = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(hooks)!)!, "plugin.json");
        if (there)
        {
            AtomicFile.Write(plugin, "{ \"name\": \"interlock\", \"version\": \"1.0.0\" }\n"u8);
        }
        else
        {
            File.Delete(plugin);
        }
    }

    private string Keep(GuardedCli cli, string text)
    {
        PrivateFolder.Create(backups);
        var stamp = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmssfff", CultureInfo.InvariantCulture);
        var path = Path.Combine(backups, $"{cli.Word()}-{stamp}-{Guid.NewGuid().ToString("N")[..6]}");
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(text));
        return path;
    }

    private static string? ReadIfThere(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{path} cannot be read: {error.Message}", "Make it readable and install again; nothing was changed", 3);
        }
    }
}
