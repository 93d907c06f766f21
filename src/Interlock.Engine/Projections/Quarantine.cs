using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Interlock.Engine.Platform;

namespace Interlock.Engine.Projections;

/// <summary>Where what cannot be used is kept: nothing in it is ever written over.</summary>
internal sealed class Quarantine(string stateDir)
{
    private const int LongestName = 40;

    private string Folder => PrivateFolder.Create(Path.Combine(stateDir, "quarantine"));

    /// <summary>Keeps a copy under the hash of its content and returns where.</summary>
    public string Keep(string path, byte[] bytes)
    {
        var copy = Path.Combine(Folder, $"{Cut(Path.GetFileName(path))}.{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}");
        if (!File.Exists(copy))
        {
            AtomicFile.Write(copy, bytes);
        }

        return copy;
    }

    /// <summary>Renames what is there into quarantine, whatever it is and without opening it, and returns where it is now.</summary>
    public string Take(string full)
    {
        var name = Path.GetFileName(full);
        var kept = FreeName(Folder, Cut(name));
        if (TryRename(full, kept))
        {
            return kept;
        }

        // The state may be on another disk. Copying would open it, so it stays in its folder, under a name that nobody reads.
        var beside = FreeName(Path.GetDirectoryName(full)!, $"{Cut(name)}.set-aside");
        return TryRename(full, beside) ? beside : throw new IOException($"{full} cannot be set aside as {beside}");
    }

    /// <summary>A path in the folder that nothing has yet.</summary>
    public static string FreeName(string folder, string name)
    {
        var (stem, ending) = (Path.GetFileNameWithoutExtension(name), Path.GetExtension(name));
        var path = Path.Combine(folder, name);
        for (var number = 2; RegularFile.KindOf(path) != FileKind.Nothing; number++)
        {
            path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{stem}-{number}{ending}"));
        }

        return path;
    }

    private static bool TryRename(string from, string to)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.Move(from, to);
            return true;
        }

        // File.Move copies what goes to another disk, and so opens it.
        if (Native.Rename(from, to) == 0)
        {
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        return error == Native.OtherDevice ? false : throw new IOException($"{from} cannot be set aside: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    private static string Cut(string name) => name[..Math.Min(LongestName, name.Length)];
}
