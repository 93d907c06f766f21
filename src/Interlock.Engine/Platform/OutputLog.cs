using System.Globalization;
using System.Text;

namespace Interlock.Engine.Platform;

/// <summary>
/// Takes a process's output without ever growing: files together stay below the cap, memory keeps the last 16 KB.
/// A full disk stops the file, never the process.
/// </summary>
/// <remarks>
/// A log is read for how it ended, so it is kept in pieces of which the oldest go: <c>x.log</c> is being written, <c>x.log.1</c> came before
/// it, and so on. What is read as a whole from its beginning is kept from its beginning instead, and stops at the cap with a note.
/// </remarks>
internal sealed class OutputLog : IDisposable
{
    /// <summary>Files of a log, the one that is written included.</summary>
    internal const int Pieces = 4;

    private const int TailSize = 16 * 1024;
    private readonly Lock gate = new();
    private readonly byte[] ring = new byte[TailSize];
    private readonly long cap;
    private readonly bool fromBeginning;
    private FileStream? file;
    private long written;
    private long seen;

    /// <param name="fromBeginning">Keeps the beginning rather than the end.</param>
    internal OutputLog(string path, long cap, bool fromBeginning = false)
    {
        (this.cap, this.fromBeginning) = (fromBeginning ? cap : Math.Max(1, cap / Pieces), fromBeginning);
        PrivateFolder.Create(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
        Path = path;

        // Pieces of an earlier process would read as this one's.
        Delete(path);
        file = Open();
    }

    /// <summary>Removes a log with all its pieces.</summary>
    internal static void Delete(string path)
    {
        File.Delete(path);
        for (var piece = 1; piece < Pieces; piece++)
        {
            File.Delete(PieceOf(path, piece));
        }
    }

    internal string Path { get; }

    /// <summary>Bytes it was given so far.</summary>
    internal long Seen => Interlocked.Read(ref seen);

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
            Remember(chunk.Length > TailSize ? Skip(chunk) : chunk);
            try
            {
                Write(chunk);
            }
            catch (IOException)
            {
                Close();
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            Close();
        }
    }

    // Only the last 16 KB of a chunk can survive in the ring, but its place there depends on all that was seen.
    private ReadOnlySpan<byte> Skip(ReadOnlySpan<byte> chunk)
    {
        seen += chunk.Length - TailSize;
        return chunk[^TailSize..];
    }

    private void Remember(ReadOnlySpan<byte> kept)
    {
        var start = (int)(seen % TailSize);
        var first = Math.Min(kept.Length, TailSize - start);
        kept[..first].CopyTo(ring.AsSpan(start));
        kept[first..].CopyTo(ring);
        seen += kept.Length;
    }

    private void Write(ReadOnlySpan<byte> chunk)
    {
        while (file is not null && chunk.Length > 0)
        {
            var fits = (int)Math.Min(chunk.Length, cap - written);
            file.Write(chunk[..fits]);
            written += fits;
            chunk = chunk[fits..];
            if (chunk.Length > 0)
            {
                Turn();
            }
        }
    }

    private void Turn()
    {
        if (fromBeginning)
        {
            file!.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\n[output beyond {cap} bytes is not kept]\n")));
            Close();
            return;
        }

        Close();
        for (var piece = Pieces - 1; piece > 0; piece--)
        {
            var from = piece == 1 ? Path : PieceOf(Path, piece - 1);
            if (File.Exists(from))
            {
                File.Move(from, PieceOf(Path, piece), overwrite: true);
            }
        }

        file = Open();
        written = 0;
    }

    private static string PieceOf(string path, int number) => string.Create(CultureInfo.InvariantCulture, $"{path}.{number}");

    private FileStream Open() => new(Path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    private void Close()
    {
        file?.Dispose();
        file = null;
    }
}
