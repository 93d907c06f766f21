using System.Text;
using Interlock.Domain.Plans.Data;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Interlock.Engine.Importers.Formats;

/// <summary>Reads YAML into a tree from the events of the parser alone, so that nothing is created by reflection.</summary>
public sealed class YamlTree : IYamlReader
{
    // Deeper nesting than any plan has; without a bound a file of brackets would exhaust the stack.
    private const int Deepest = 48;

    /// <inheritdoc/>
    public DataDocument Read(ReadOnlyMemory<byte> utf8, int offset)
    {
        var text = Encoding.UTF8.GetString(utf8.Span);
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _))
            {
                return new DataDocument(DataNode.Map(offset, []));
            }

            return new DataDocument(new Builder(parser, text, offset).Node(0));
        }
        catch (YamlException error)
        {
            return new DataDocument(null, error.Message.Split('\n')[0].TrimEnd('.', '\r'), (int)Math.Max(1, error.Start.Line));
        }
        catch (Exception error) when (error is IOException or ArgumentException or InvalidOperationException or IndexOutOfRangeException or FormatException)
        {
            // The parser lets a few of these through on content it does not expect.
            return new DataDocument(null, "the YAML parser gave up on it", 1);
        }
    }

    private sealed class Builder(Parser parser, string text, int offset)
    {
        private readonly Dictionary<AnchorName, DataNode> anchors = [];
        private int character;
        private int bytes = offset;

        public DataNode Node(int depth)
        {
            var next = parser.Consume<ParsingEvent>();
            var at = ByteOf(StartOf(next));
            var node = next switch
            {
                Scalar scalar => OfScalar(scalar, at),
                MappingStart => Map(at, Deeper(depth, next)),
                SequenceStart => List(at, Deeper(depth, next)),
                AnchorAlias alias => anchors.GetValueOrDefault(alias.Value) ?? Null(at),
                _ => Null(at),
            };
            if (next is NodeEvent { Anchor.IsEmpty: false } anchored)
            {
                anchors[anchored.Anchor] = node;
            }

            return node;
        }

        private static int Deeper(int depth, ParsingEvent at) => depth < Deepest ? depth + 1 : throw new YamlException(at.Start, at.End, $"nested more than {Deepest} deep");

        private DataNode Map(int at, int depth)
        {
            var members = new List<DataMember>();
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                var name = Node(depth);
                members.Add(new DataMember(name.Text ?? "", Node(depth)));
            }

            return DataNode.Map(at, members);
        }

        private DataNode List(int at, int depth)
        {
            var items = new List<DataNode>();
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(Node(depth));
            }

            return DataNode.List(at, items);
        }

        private DataNode OfScalar(Scalar scalar, int at)
        {
            var (start, end) = ((int)scalar.Start.Index, Math.Min((int)scalar.End.Index, text.Length));
            if (scalar.Style == ScalarStyle.Plain)
            {
                var written = text.AsSpan(start, Math.Max(0, end - start)).TrimEnd();
                return scalar.Value is "" or "~" or "null" ? Null(at)
                    : DataNode.Scalar(scalar.Value is "true" or "false" ? DataKind.Boolean : DataKind.Text, at, Encoding.UTF8.GetByteCount(written), scalar.Value);
            }

            var quote = scalar.Style is ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted ? 1 : 0;
            var length = Math.Max(0, end - start - (2 * quote));
            return DataNode.Scalar(DataKind.Text, at + quote, Encoding.UTF8.GetByteCount(text.AsSpan(Math.Min(start + quote, text.Length), Math.Min(length, text.Length - Math.Min(start + quote, text.Length)))), scalar.Value);
        }

        // The parser places a value that is not there before the next word, which may be lines below.
        private int StartOf(ParsingEvent next)
        {
            var start = Math.Min((int)next.Start.Index, text.Length);
            return next is Scalar { Style: ScalarStyle.Plain, Value: "" } ? text.AsSpan(0, start).TrimEnd().Length : start;
        }

        private static DataNode Null(int at) => DataNode.Scalar(DataKind.Null, at, 0, null);

        // Events come in the order of the text, so the bytes are counted once.
        private int ByteOf(int index)
        {
            index = Math.Clamp(index, character, text.Length);
            bytes += Encoding.UTF8.GetByteCount(text.AsSpan(character, index - character));
            character = index;
            return bytes;
        }
    }
}
