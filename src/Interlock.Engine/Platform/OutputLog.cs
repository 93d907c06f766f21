using System.Globalization;
using System.Text;

namespace Interlock.Engine.Platform;

/// <summary>
/// Takes a process's output without ever growing: the file stops at its cap with a note, memory keeps the last 16 KB.
/// A full disk stops the file, never the process.
/// </summary>
internal sealed class OutputLog : IDisposable
{
    private const int TailSize = 16 * 1024;
    private readonly Lock gate = new();
    private readonly byte[] ring = new byte[TailSize];
    private readonly long cap;
    private FileStream? file;
    private long written;
    private long seen;

    internal OutputLog(string path, long cap)
    {
        this.cap = cap;
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
        Path = path;
        file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
    }

    internal string Path { get; }

    internal string Tail
    {
        get
        {
            lock (gate)
            {
                if (seen <= TailSize)
                {
                    return Encoding.UTF8.GetString(ring, 0, (int)seen);
                }

                var start = (int)(seen % TailSize);
                return Encoding.UTF8.GetString([.. ring[start..], .. ring[..start]]);
            }
        }
    }

    internal void Append(ReadOnlySpan<byte> chunk)
    {
        lock (gate)
        {
            foreach (var value in chunk.Length > TailSize ? Skip(chunk) : chunk)
            {
                ring[seen++ % TailSize] = value;
            }

            Write(chunk);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            file?.Dispose();
            file = null;
        }
    }

    // Only the last 16 KB of a chunk can survive in the ring, but its place there depends on all that was seen.
    private ReadOnlySpan<byte> Skip(ReadOnlySpan<byte> chunk)
    {
        seen += chunk.Length - TailSize;
        return chunk[^TailSize..];
    }

    private void Write(ReadOnlySpan<byte> chunk)
    {
        if (file is null)
        {
            return;
        }

        try
        {
            var fits = (int)Math.Min(chunk.Length, cap - written);
            file.Write(chunk[..fits]);
            written += fits;
            if (fits < chunk.Length)
            {
                var note = string.Create(CultureInfo.InvariantCulture, $"\n[output beyond {cap} bytes is not kept]\n");
                file.Write(Encoding.UTF8.GetBytes(note));
                file.Dispose();
                file = null;
            }
        }
        catch (IOException)
        {
            file?.Dispose();
            file = null;
        }
    }
}
