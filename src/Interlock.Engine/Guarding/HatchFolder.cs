using System.Net.Sockets;
using Interlock.Engine.Platform;

namespace Interlock.Engine.Guarding;

/// <summary>The folders that hatches are in, each with one socket. They are outside the state folder, because the system cuts the address of a socket at about a hundred bytes.</summary>
internal static class HatchFolder
{
    private const string Prefix = "ilk-";
    private const string Name = "hatch";
    private const int LongestAbove = 50;
    private static readonly EnumerationOptions Here = new() { AttributesToSkip = FileAttributes.ReparsePoint };

    // A person's folder for temporary files may have a long name itself.
    private static string Above => OperatingSystem.IsWindows() || Path.GetTempPath().Length <= LongestAbove ? Path.GetTempPath() : "/tmp";

    public static string Create() => PrivateFolder.Create(Path.Combine(Above, $"{Prefix}{Guid.NewGuid():N}"));

    public static string SocketIn(string folder) => Path.Combine(folder, Name);

    /// <summary>Deletes those that runs left when they were killed: nobody listens there any more, and nothing else is in them.</summary>
    public static void ClearAbandoned(DateTimeOffset now)
    {
        foreach (var folder in Directory.Exists(Above) ? Directory.GetDirectories(Above, Prefix + "*", Here) : [])
        {
            try
            {
                if (Leftover.IsOld(folder, now) && IsAbandoned(folder))
                {
                    File.Delete(SocketIn(folder));
                    Directory.Delete(folder);
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Another user's, or gone meanwhile.
            }
        }
    }

    private static bool IsAbandoned(string folder) =>
        Directory.EnumerateFileSystemEntries(folder).All(entry => Path.GetFileName(entry) == Name && new FileInfo(entry) is { Exists: true, Length: 0 } && !Answers(entry));

    // Without waiting: whoever owns a socket in a folder for all may let its callers queue for ever.
    private static bool Answers(string address)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(address));
            return true;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode != SocketError.ConnectionRefused;
        }
    }
}
