namespace Interlock.Domain.Plans.Data;

/// <summary>The file of one story, with its status and its list of tasks.</summary>
internal sealed class BmadStoryFile
{
    private BmadStoryFile(RawFile raw, MarkdownFile file, BmadMention mention)
    {
        Raw = raw;
        File = file;
        Mention = mention;
    }

    public RawFile Raw { get; }

    public MarkdownFile File { get; }

    public BmadMention Mention { get; }

    /// <summary>Null when neither the heading nor the name of the file says which story it is.</summary>
    public static BmadStoryFile? Read(RawFile raw)
    {
        var file = MarkdownFile.Read(raw.Content.Span);
        var path = raw.File.Path;
        var named = BmadNames.File(path[(path.LastIndexOf('/') + 1)..]);
        foreach (var line in file.Lines.Where(line => line.Region == LineRegion.Text))
        {
            if (Heading.TryRead(line.Visible) is not { Level: 1 } heading)
            {
                continue;
            }

            if (BmadNames.Story(heading.Text) is { } story)
            {
                return new BmadStoryFile(raw, file, MentionOf(raw, file, story.Id, story.Title, line.Number));
            }

            return named is null ? null : new BmadStoryFile(raw, file, MentionOf(raw, file, named, heading.Text, line.Number));
        }

        return null;
    }

    private static BmadMention MentionOf(RawFile raw, MarkdownFile file, string id, string title, int number)
    {
        var (line, start, word) = Status(file);
        return new BmadMention(id, title, "", raw.File.Path, number)
        {
            Status = word,
            Done = line is null ? null : new DoneEdit(raw.File.Path, line.ByteOffset(start), System.Text.Encoding.UTF8.GetByteCount(word!), char.IsUpper(word![0]) ? "Done" : "done"),
            Files = DataValues.Files([], string.Join('\n', file.Lines.Where(line => line.Region == LineRegion.Text && Checkbox.TryRead(line.Visible) is not null).Select(line => line.Visible))),
        };
    }

    /// <summary><c>Status: done</c>, <c>**Status:** done</c>, or a heading <c>Status</c> with the word below it.</summary>
    private static (MarkdownLine? Line, int Start, string? Word) Status(MarkdownFile file)
    {
        var isBelow = false;
        foreach (var line in file.Lines.Where(line => line.Region == LineRegion.Text && !string.IsNullOrWhiteSpace(line.Visible)))
        {
            if (isBelow)
            {
                return Heading.TryRead(line.Visible) is null ? WordOf(line, 0) : default;
            }

            if (Heading.TryRead(line.Visible) is { } heading)
            {
                isBelow = heading.Text.Trim(':', ' ').Equals("status", StringComparison.OrdinalIgnoreCase);
                continue;
            }

            var start = line.Visible.AsSpan().IndexOfAnyExcept(" \t*_-");
            if (start >= 0 && line.Visible.AsSpan(start).StartsWith("status", StringComparison.OrdinalIgnoreCase)
                && line.Visible.IndexOf(':', start) is > 0 and var colon && colon <= start + 8)
            {
                return WordOf(line, colon + 1);
            }
        }

        return default;
    }

    private static (MarkdownLine?, int, string?) WordOf(MarkdownLine line, int from)
    {
        var start = from;
        while (start < line.Visible.Length && !char.IsAsciiLetter(line.Visible[start]))
        {
            start++;
        }

        var end = start;
        while (end < line.Visible.Length && (char.IsAsciiLetter(line.Visible[end]) || (line.Visible[end] is ' ' or '-' or '_' && end + 1 < line.Visible.Length && char.IsAsciiLetter(line.Visible[end + 1]))))
        {
            end++;
        }

        return end > start ? (line, start, line.Visible[start..end]) : default;
    }
}
