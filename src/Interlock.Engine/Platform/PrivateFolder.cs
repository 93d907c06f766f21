namespace Interlock.Engine.Platform;

/// <summary>
/// Folders that other users of the machine cannot look into. All that is kept below the state folder is made here, each
/// folder above it that is missing included: whoever writes there first after somebody has deleted the state makes it anew.
/// </summary>
internal static class PrivateFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Answers the full path. One that is there already stays as it is; on Windows it inherits what its parent allows.</summary>
    public static string Create(string path)
    {
        var full = Path.GetFullPath(path);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(full);
        }
        else if (!Directory.Exists(full))
        {
            // One by one: the mode counts for the last folder alone, and those above would be open to all.
            if (Path.GetDirectoryName(full) is { } above)
            {
                Create(above);
            }

            Directory.CreateDirectory(full, OwnerOnly);
        }

        return full;
    }
}
