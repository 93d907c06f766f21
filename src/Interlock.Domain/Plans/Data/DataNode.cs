using System.Text;
using System.Text.Json;

namespace Interlock.Domain.Plans.Data;

/// <summary>What a value of a data file is.</summary>
public enum DataKind
{
    Map,
    List,
    Text,
    Number,
    Boolean,
    Null,
}

/// <summary>A name of a map and its value; a name may come twice.</summary>
public sealed record DataMember(string Name, DataNode Value);

/// <summary>
/// A value of a JSON or YAML file with its place in the bytes. Texts are decoded when asked for, so that a tree costs a
/// small multiple of its file.
/// </summary>
public sealed class DataNode
{
    private readonly ReadOnlyMemory<byte> source;
    private readonly bool escaped;
    private readonly string? text;

    private DataNode(DataKind kind, int offset, int length, ReadOnlyMemory<byte> source, bool escaped, string? text)
    {
        Kind = kind;
        Offset = offset;
        Length = length;
        this.source = source;
        this.escaped = escaped;
        this.text = text;
    }

    public DataKind Kind { get; }

    /// <summary>Byte offset in the file: of the first byte between the quotes for a quoted text, else of the first byte.</summary>
    public int Offset { get; }

    /// <summary>Bytes between the quotes, or of the whole scalar; 0 for maps and lists.</summary>
    public int Length { get; }

    public IReadOnlyList<DataMember> Members { get; private init; } = [];

    public IReadOnlyList<DataNode> Items { get; private init; } = [];

    /// <summary>The scalar as text, a number with the digits of the file; null for null, maps and lists.</summary>
    public string? Text => Kind switch
    {
        DataKind.Text or DataKind.Number or DataKind.Boolean => text ?? Decode(),
        _ => null,
    };

    /// <summary>The value of the last member of that name, as JSON readers take it; null when there is none.</summary>
    public DataNode? this[string name]
    {
        get
        {
            for (var i = Members.Count - 1; i >= 0; i--)
            {
                if (Members[i].Name == name)
                {
                    return Members[i].Value;
                }
            }

            return null;
        }
    }

    public static DataNode Scalar(DataKind kind, int offset, int length, string? text) => new(kind, offset, length, default, false, text);

    public static DataNode Scalar(DataKind kind, int offset, int length, ReadOnlyMemory<byte> source, bool escaped) =>
        new(kind, offset, length, source, escaped, null);

    public static DataNode Map(int offset, IReadOnlyList<DataMember> members) =>
        new(DataKind.Map, offset, 0, default, false, null) { Members = members };

    public static DataNode List(int offset, IReadOnlyList<DataNode> items) =>
        new(DataKind.List, offset, 0, default, false, null) { Items = items };

    private string Decode()
    {
        var bytes = source.Slice(Offset, Length).Span;
        return escaped ? JsonTree.Unescape(bytes) : Encoding.UTF8.GetString(bytes);
    }
}

/// <summary>A data file that was read: the tree, or why there is none.</summary>
/// <param name="Root">Null when the file cannot be read.</param>
/// <param name="Error">What is wrong with it; null when nothing is.</param>
/// <param name="ErrorLine">1-based line of the error; 0 when it has none.</param>
public sealed record DataDocument(DataNode? Root, string? Error = null, int ErrorLine = 0);

/// <summary>Reads YAML into a tree. The domain has no packages, so the engine brings this.</summary>
public interface IYamlReader
{
    /// <summary>Never throws on content. Offsets of the nodes count from the start of <paramref name="utf8"/> plus <paramref name="offset"/>.</summary>
    DataDocument Read(ReadOnlyMemory<byte> utf8, int offset);
}
