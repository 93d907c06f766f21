namespace Interlock.Engine.Platform;

/// <summary>Room on a disk, as far as the system says.</summary>
internal static class FreeSpace
{
    /// <summary>Bytes: with less, nothing new is begun.</summary>
    public const long Needed = 200L << 20;

    public static bool IsLow(string path) => On(path) < Needed;

    /// <summary>Bytes free for this user on the disk where <paramref name="path"/> is or would be made; null when that cannot be told.</summary>
    public static long? On(string path)
    {
        try
        {
            while (!Path.Exists(path) && Path.GetDirectoryName(path) is { Length: > 0 } parent)
            {
                path = parent;
            }

            return new DriveInfo(path).AvailableFreeSpace;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
