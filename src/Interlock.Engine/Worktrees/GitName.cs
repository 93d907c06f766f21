using System.Text;
using System.Text.Unicode;

namespace Interlock.Engine.Worktrees;

/// <summary>
/// Names of files as text. To git a name is bytes, which need not be UTF-8; each byte that is not is kept as one lone
/// surrogate (U+DC80 to U+DCFF), which no UTF-8 decodes to, so git can be told exactly the name it said.
/// </summary>
internal static class GitName
{
    private const char Escape = '\uDC00';

    internal static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var used) == System.Buffers.OperationStatus.Done)
            {
                text.Append(rune.ToString());
                bytes = bytes[used..];
            }
            else
            {
                text.Append((char)(Escape + bytes[0]));
                bytes = bytes[1..];
            }
        }

        return text.ToString();
    }

    internal static byte[] Encode(string text)
    {
        if (IsText(text))
        {
            return Encoding.UTF8.GetBytes(text);
        }

        using var bytes = new MemoryStream(text.Length);
        Span<byte> encoded = stackalloc byte[4];
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            if (!Rune.TryGetRuneAt(text, text.Length - rest.Length, out var rune))
            {
                bytes.WriteByte((byte)(rest[0] - Escape));
                rest = rest[1..];
                continue;
            }

            bytes.Write(encoded[..rune.EncodeToUtf8(encoded)]);
            rest = rest[rune.Utf16SequenceLength..];
        }

        return bytes.ToArray();
    }

    /// <summary>What git reads with <c>-z --stdin</c>.</summary>
    internal static byte[] List(IEnumerable<string> names) => Encode(string.Concat(names.Select(name => name + "\0")));

    /// <summary>False for a name that is not UTF-8. .NET cannot open such a file.</summary>
    internal static bool IsText(string name)
    {
        for (var i = 0; i < name.Length; i += char.IsHighSurrogate(name[i]) ? 2 : 1)
        {
            if (char.IsSurrogate(name[i]) && !Rune.TryGetRuneAt(name, i, out _))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>As git quotes it where bytes are not text.</summary>
    internal static string Readable(string name) => IsText(name) ? name : $"\"{string.Concat(Encode(name).Select(Quoted))}\"";

    private static string Quoted(byte value) => value is >= (byte)' ' and < 0x7f and not (byte)'"' and not (byte)'\\'
        ? ((char)value).ToString()
        : "\\" + Convert.ToString(value, 8).PadLeft(3, '0');
}
