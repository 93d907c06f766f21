using System.Text;

namespace Interlock.Domain.Plans.Data;

/// <summary>The YAML at the head of a Markdown file, between two lines of three dashes.</summary>
internal static class FrontMatter
{
    /// <summary>
    /// The map, and the number of the line that closes it; null when the file has none. What is no YAML, such as an unquoted
    /// <c>title: Add x: y</c> or <c>assignee: @me</c>, is read line by line, as the tools that wrote it do.
    /// </summary>
    public static (DataNode Map, int LastLine, bool IsYaml)? Read(RawFile raw, MarkdownFile file, IYamlReader yaml)
    {
        if (file.Lines.Count == 0 || file.Lines[0].Text.TrimEnd() != "---")
        {
            return null;
        }

        var close = file.Lines.Skip(1).FirstOrDefault(line => line.Text.TrimEnd() is "---" or "...");
        if (close is null)
        {
            return null;
        }

        var start = file.Lines[1].Offset;
        var document = yaml.Read(raw.Content[start..close.Offset], start);
        return document.Root is { Kind: DataKind.Map } map && map.Members.Count > 0
            ? (map, close.Number, true)
            : (ByLine([.. file.Lines.Skip(1).Take(close.Number - 2)]), close.Number, false);
    }

    private static DataNode ByLine(List<MarkdownLine> lines)
    {
        var members = new List<DataMember>();
        for (var i = 0; i < lines.Count; i++)
        {
            var text = lines[i].Text;
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || !text.AsSpan(0, colon).ContainsOnly() || (colon + 1 < text.Length && text[colon + 1] is not (' ' or '\t')))
            {
                continue;
            }

            var below = lines.Skip(i + 1).TakeWhile(line => line.Text.Length == 0 || line.Text[0] is ' ' or '\t' or '-').ToList();
            members.Add(new DataMember(text[..colon], Value(lines[i], colon + 1, below)));
        }

        return DataNode.Map(lines.Count > 0 ? lines[0].Offset : 0, members);
    }

    private static bool ContainsOnly(this ReadOnlySpan<char> name)
    {
        foreach (var character in name)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('_' or '-'))
            {
                return false;
            }
        }

        return true;
    }

    private static DataNode Value(MarkdownLine line, int from, List<MarkdownLine> below)
    {
        var start = Checkbox.SkipSpace(line.Text, from);
        var text = line.Text[start..].TrimEnd();
        if (text.Length > 0 && text[0] is '>' or '|')
        {
            return DataNode.Scalar(DataKind.Text, line.ByteOffset(start), 0, string.Join(' ', below.Select(next => next.Text.Trim())).Trim());
        }

        if (text.Length == 0)
        {
            var items = below.Where(next => next.Text.TrimStart().StartsWith("- ", StringComparison.Ordinal))
                .Select(next => Scalar(next, next.Text.IndexOf('-', StringComparison.Ordinal) + 1)).ToList();
            return items.Count > 0 ? DataNode.List(line.ByteOffset(start), items) : DataNode.Scalar(DataKind.Null, line.ByteOffset(start), 0, null);
        }

        return text is ['[', .., ']']
            ? DataNode.List(line.ByteOffset(start), [.. text[1..^1].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(word => DataNode.Scalar(DataKind.Text, line.ByteOffset(start), 0, word.Trim('\'', '"')))])
            : Scalar(line, start);
    }

    private static DataNode Scalar(MarkdownLine line, int from)
    {
        var start = Checkbox.SkipSpace(line.Text, from);
        var text = line.Text[start..].TrimEnd();
        var isQuoted = text.Length > 1 && text[0] is '\'' or '"' && text[^1] == text[0];
        var inner = isQuoted ? text[1..^1] : text;
        return DataNode.Scalar(DataKind.Text, line.ByteOffset(start + (isQuoted ? 1 : 0)), Encoding.UTF8.GetByteCount(inner), inner);
    }
}
