using System.Globalization;
using Interlock.Engine.Configuration;
using Interlock.Engine.Platform;
using Interlock.Engine.Stores;
using Interlock.Engine.Stores.Sqlite;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Health;

/// <summary>Puts the file of the store in place that a rebuild starts from.</summary>
internal static class RebuildFile
{
    private const string Name = "state.db";

    /// <summary>Moves a damaged file aside and puts the newest sound backup in its place. Answers that backup's name; null when there is none.</summary>
    /// <exception cref="BadInputException">The store is there and sound.</exception>
    public static string? Prepare(Repository repository, TimeProvider time)
    {
        var file = Path.Combine(repository.EnsureStateDir(), Name);
        if (File.Exists(file))
        {
            if (IsSound(file))
            {
                throw new BadInputException($"{file} is there and sound; there is nothing to rebuild", "Look for what is wrong: interlock doctor");
            }

            MoveAside(repository.StateDir, time.GetUtcNow());
        }

        var backups = new Backups(Path.Combine(UserFolders.State, "backups", UserFolders.NameFor(repository.CommonDir)));
        foreach (var (path, _) in backups.List())
        {
            if (IsSound(path))
            {
                File.Copy(path, file);
                RenewEpoch(file);
                return Path.GetFileName(path);
            }
        }

        return null;
    }

    private static bool IsSound(string file)
    {
        try
        {
            using var store = SqliteStore.Open(file, NewEpoch);
            return store.Examine().Faults.Count == 0 && store.Read(reader => reader.Tasks().Count > 0);
        }
        catch (StoreException)
        {
            return false;
        }
    }

    private static void RenewEpoch(string file)
    {
        using var store = SqliteStore.Open(file, NewEpoch);
        store.Write(transaction =>
        {
            transaction.SetMeta("epoch", NewEpoch());
            return true;
        });
    }

    private static string NewEpoch() => Workspace.NewEpoch();

    private static void MoveAside(string stateDir, DateTimeOffset now)
    {
        var folder = Path.Combine(stateDir, string.Create(CultureInfo.InvariantCulture, $"damaged-{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}"));
        PrivateFolder.Create(folder);
        foreach (var path in Directory.GetFiles(stateDir, Name + "*").Where(path => !path.EndsWith(".gate", StringComparison.Ordinal)))
        {
            File.Move(path, Path.Combine(folder, Path.GetFileName(path)));
        }
    }
}
