using Interlock.Engine.Stores;

namespace Interlock.Engine.Platform;

/// <summary>SQLite's shared memory does not work across machines, so the embedded store refuses a network file system.</summary>
public static class NetworkFileSystem
{
    private static readonly HashSet<string> Networked = new(StringComparer.OrdinalIgnoreCase)
    {
        "nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "9p", "afs", "ceph", "fuse.sshfs", "glusterfs", "lustre", "webdav", "davfs",
    };

    /// <exception cref="StoreException">The folder lies on a network file system.</exception>
    public static void Refuse(string folder)
    {
        string format;
        try
        {
            var drive = MountOf(folder);
            if (drive is null || (drive.DriveType != DriveType.Network && !Networked.Contains(format = drive.DriveFormat)))
            {
                return;
            }

            format = drive.DriveFormat;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return;
        }

        throw new StoreException(
            $"{folder} lies on a network file system ({format}), where the embedded store can be corrupted",
            "Clone the repository to a local disk; several machines at once need PostgreSQL, which this version does not have yet");
    }

    private static DriveInfo? MountOf(string folder)
    {
        var full = Path.GetFullPath(folder);
        return DriveInfo.GetDrives()
            .Where(drive => IsWithin(full, drive.Name))
            .MaxBy(drive => drive.Name.Length);
    }

    private static bool IsWithin(string path, string mount) =>
        path == mount || path.StartsWith(mount.EndsWith(Path.DirectorySeparatorChar) ? mount : mount + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
