using System.Text;
using System.Text.Unicode;

namespace Interlock.Domain.Plans;

/// <summary>Where a line stands: in the text, in a balanced code fence, or wholly inside an HTML comment.</summary>
public enum LineRegion
{
    Text,
    Fenced,
    Commented,
}

/// <summary>A line of a Markdown file, with its place in the bytes.</summary>
/// <param name="Number">1-based.</param>
/// <param name="Offset">Byte offset of its first character, a byte order mark counted.</param>
/// <param name="Text">The line without its ending.</param>
/// <param name="Visible"><paramref name="Text"/> with comments blanked, so that indexes agree.</param>
/// <param name="RegionLine">Line on which the fence or comment opened; 0 in plain text.</param>
/// <param name="IsUtf8">False when some bytes were replaced, and offsets within the line cannot be trusted.</param>
public sealed record MarkdownLine(
    int Number, int Offset, string Text, string Visible, LineRegion Region, int RegionLine, bool IsUtf8)
{
    public int ByteOffset(int index) => Offset + Encoding.UTF8.GetByteCount(Text.AsSpan(0, index));
}

/// <summary>
/// The lexical layer all Markdown plans share: lines with byte offsets, fences and comments.
/// Reads any bytes; never throws on content.
/// </summary>
/// <param name="UnbalancedFenceLine">First fence that nothing closes, 0 when there is none; its lines count as text.</param>
/// <param name="UnbalancedCommentLine">First comment that nothing closes, 0 when there is none; its lines count as text.</param>
public sealed record MarkdownFile(
    IReadOnlyList<MarkdownLine> Lines, int UnbalancedFenceLine, int UnbalancedCommentLine)
{
    /// <summary>Lines end with LF, CRLF or a lone CR; a byte order mark is skipped but counted in the offsets.</summary>
    public static MarkdownFile Read(ReadOnlySpan<byte> utf8)
    {
        var lines = new List<MarkdownLine>();
        var position = utf8.StartsWith("\uFEFF"u8) ? 3 : 0;
        while (position < utf8.Length)
        {
            var length = utf8[position..].IndexOfAny((byte)'\n', (byte)'\r');
            var end = length < 0 ? utf8.Length : position + length;
            lines.Add(LineOf(utf8[position..end], lines.Count + 1, position));
            position = end + (end + 1 < utf8.Length && utf8[end] == '\r' && utf8[end + 1] == '\n' ? 2 : 1);
        }

        return new MarkdownRegions(lines).Mark();
    }

    private static MarkdownLine LineOf(ReadOnlySpan<byte> bytes, int number, int offset)
    {
        var text = Encoding.UTF8.GetString(bytes);
        return new MarkdownLine(number, offset, text, text, LineRegion.Text, 0, Utf8.IsValid(bytes));
    }
}
