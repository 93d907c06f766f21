namespace Interlock.Engine.Platform;

/// <summary>When that which a process writes or holds for a moment, such as a lock or a half-written file, is left over from one that died.</summary>
internal static class Leftover
{
    private static readonly TimeSpan Moment = TimeSpan.FromMinutes(1);

    /// <summary>A file or folder that was last written more than a minute ago, or is gone: whoever made it is not at work with it any more, as far as its age tells.</summary>
    public static bool IsOld(string path, DateTimeOffset now) => now - File.GetLastWriteTimeUtc(path) > Moment;
}
