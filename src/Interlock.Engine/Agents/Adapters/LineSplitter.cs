using System.Buffers;
using System.Text;

namespace Interlock.Engine.Agents.Adapters;

/// <summary>Cuts a stream of bytes into lines without ever holding more than the longest line it keeps.</summary>
/// <param name="line">Gets each line without its end.</param>
/// <param name="cut">Gets the beginning of a line that is too long to be kept.</param>
public sealed class LineSplitter(Action<string> line, Action<string> cut)
{
    /// <summary>Bytes of the longest line that is kept.</summary>
    public const int Longest = 1 << 20;

    private const int HeadOfCut = 64 * 1024;
    private readonly ArrayBufferWriter<byte> held = new();
    private bool skipping;

    public void Take(ReadOnlySpan<byte> chunk)
    {
        while (chunk.Length > 0)
        {
            var end = chunk.IndexOf((byte)'\n');
            Hold(end < 0 ? chunk : chunk[..end]);
            if (end < 0)
            {
                return;
            }

            Finish();
            chunk = chunk[(end + 1)..];
        }
    }

    /// <summary>A last line may lack its end.</summary>
    public void Finish()
    {
        if (!skipping && held.WrittenCount > 0)
        {
            line(Encoding.UTF8.GetString(held.WrittenSpan).TrimEnd('\r'));
        }

        held.ResetWrittenCount();
        skipping = false;
    }

    private void Hold(ReadOnlySpan<byte> part)
    {
        if (skipping)
        {
            return;
        }

        held.Write(part[..Math.Min(part.Length, Longest + 1 - held.WrittenCount)]);
        if (held.WrittenCount > Longest)
        {
            skipping = true;
            cut(Encoding.UTF8.GetString(held.WrittenSpan[..HeadOfCut]));
            held.ResetWrittenCount();
        }
    }
}
