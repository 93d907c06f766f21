using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Interlock.Domain.Plans.Data;

/// <summary>Reads JSON into a tree in one pass. Comments and trailing commas, which people leave behind, are let through.</summary>
internal sealed class JsonTree
{
    private const int LongestPooledName = 128;

    private static readonly JsonReaderOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 64 };

    private readonly ReadOnlyMemory<byte> source;
    private readonly int start;
    private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);

    private JsonTree(ReadOnlyMemory<byte> source, int start)
    {
        this.source = source;
        this.start = start;
    }

    /// <summary>The value between two offsets of the file; never throws on content that is valid UTF-8.</summary>
    public static DataDocument Read(ReadOnlyMemory<byte> file, int start, int end)
    {
        var reader = new Utf8JsonReader(file.Span[start..end], Lenient);
        try
        {
            reader.Read();
            var root = new JsonTree(file, start).Value(ref reader);
            reader.Read();
            return new DataDocument(root);
        }
        catch (JsonException error)
        {
            var message = error.Message.Split(" LineNumber:")[0].TrimEnd('.');
            return new DataDocument(null, message, (int)(error.LineNumber ?? 0) + 1);
        }
    }

    /// <summary>The text of a JSON string; half a surrogate pair, which JSON can write and text cannot hold, becomes U+FFFD.</summary>
    public static string Unescape(ReadOnlySpan<byte> inner)
    {
        var text = new StringBuilder(inner.Length);
        var at = 0;
        while (at < inner.Length)
        {
            var plain = inner[at..].IndexOf((byte)'\\');
            var end = plain < 0 ? inner.Length : at + plain;
            text.Append(Encoding.UTF8.GetString(inner[at..end]));
            at = end;
            if (at >= inner.Length)
            {
                break;
            }

            var letter = (char)inner[at + 1];
            var isCode = letter == 'u';
            text.Append(isCode ? (char)ushort.Parse(inner.Slice(at + 2, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture) : Escape(letter));
            at += isCode ? 6 : 2;
        }

        return WithoutHalves(text.ToString());
    }

    private static char Escape(char letter) => letter switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 'f' => '\f', _ => letter };

    private static string WithoutHalves(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff') < 0)
        {
            return text;
        }

        var whole = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            whole.Append(rune);
        }

        return whole.ToString();
    }

    private DataNode Value(ref Utf8JsonReader reader)
    {
        var offset = start + (int)reader.TokenStartIndex;
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return Map(ref reader, offset);
            case JsonTokenType.StartArray:
                return List(ref reader, offset);
            case JsonTokenType.String:
                return DataNode.Scalar(DataKind.Text, offset + 1, reader.ValueSpan.Length, source, reader.ValueIsEscaped);
            case JsonTokenType.Number:
                return DataNode.Scalar(DataKind.Number, offset, reader.ValueSpan.Length, source, false);
            case JsonTokenType.True or JsonTokenType.False:
                return DataNode.Scalar(DataKind.Boolean, offset, reader.ValueSpan.Length, source, false);
            default:
                return DataNode.Scalar(DataKind.Null, offset, reader.ValueSpan.Length, source, false);
        }
    }

    private DataNode Map(ref Utf8JsonReader reader, int offset)
    {
        var members = new List<DataMember>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = Name(ref reader);
            reader.Read();
            members.Add(new DataMember(name, Value(ref reader)));
        }

        return DataNode.Map(offset, members.ToArray());
    }

    private DataNode List(ref Utf8JsonReader reader, int offset)
    {
        var items = new List<DataNode>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(Value(ref reader));
        }

        return DataNode.List(offset, items.ToArray());
    }

    // Every task of a file has the same twelve names; one string each is enough.
    private string Name(ref Utf8JsonReader reader)
    {
        var bytes = reader.ValueSpan;
        if (reader.ValueIsEscaped || bytes.Length > LongestPooledName)
        {
            return reader.ValueIsEscaped ? Unescape(bytes) : Encoding.UTF8.GetString(bytes);
        }

        Span<char> characters = stackalloc char[LongestPooledName];
        var known = characters[..Encoding.UTF8.GetChars(bytes, characters)];
        var pool = names.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!pool.TryGetValue(known, out var name))
        {
            name = known.ToString();
            names.Add(name, name);
        }

        return name;
    }
}
