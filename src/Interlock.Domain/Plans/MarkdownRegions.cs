namespace Interlock.Domain.Plans;

/// <summary>Finds which lines stand in fences and comments, in one pass over lines already split.</summary>
internal sealed class MarkdownRegions
{
    private const string CommentOpen = "<!--";
    private const string CommentClose = "-->";

    private readonly List<MarkdownLine> lines;
    private readonly int[] longestBackTickClose;
    private readonly int[] longestTildeClose;
    private (int Line, int Column) lastCommentClose = (0, -1);
    private (char Mark, int Length, int Line) fence;
    private int commentLine;
    private int unbalancedFence;
    private int unbalancedComment;

    public MarkdownRegions(List<MarkdownLine> lines)
    {
        this.lines = lines;

        // Whether a fence is ever closed must be known when it opens; looking ahead from each one would be quadratic.
        longestBackTickClose = new int[lines.Count + 1];
        longestTildeClose = new int[lines.Count + 1];
        for (var i = lines.Count - 1; i >= 0; i--)
        {
            var (mark, length) = FenceClose(lines[i].Text);
            longestBackTickClose[i] = Math.Max(longestBackTickClose[i + 1], mark == '`' ? length : 0);
            longestTildeClose[i] = Math.Max(longestTildeClose[i + 1], mark == '~' ? length : 0);
            if (lastCommentClose.Column < 0)
            {
                lastCommentClose = (i + 1, lines[i].Text.LastIndexOf(CommentClose, StringComparison.Ordinal));
            }
        }
    }

    public MarkdownFile Mark()
    {
        var marked = new List<MarkdownLine>(lines.Count);
        foreach (var line in lines)
        {
            marked.Add(fence.Length > 0 ? InFence(line) : InText(line));
        }

        return new MarkdownFile(marked, unbalancedFence, unbalancedComment);
    }

    private MarkdownLine InFence(MarkdownLine line)
    {
        var inside = line with { Region = LineRegion.Fenced, RegionLine = fence.Line };
        var (mark, length) = FenceClose(line.Text);
        if (mark == fence.Mark && length >= fence.Length)
        {
            fence = default;
        }

        return inside;
    }

    private MarkdownLine InText(MarkdownLine line)
    {
        var opened = commentLine;
        var visible = commentLine > 0 || line.Text.Contains(CommentOpen, StringComparison.Ordinal)
            ? BlankComments(line.Text, line.Number, ref opened)
            : line.Text;
        if (!ReferenceEquals(visible, line.Text))
        {
            var region = string.IsNullOrWhiteSpace(visible) ? LineRegion.Commented : LineRegion.Text;
            return line with { Visible = visible, Region = region, RegionLine = opened };
        }

        var (mark, length) = FenceOpen(line.Text);
        if (length == 0)
        {
            return line;
        }

        var longest = mark == '`' ? longestBackTickClose[line.Number] : longestTildeClose[line.Number];
        if (longest < length)
        {
            unbalancedFence = unbalancedFence == 0 ? line.Number : unbalancedFence;
            return line;
        }

        fence = (mark, length, line.Number);
        return line with { Region = LineRegion.Fenced, RegionLine = line.Number };
    }

    private string BlankComments(string text, int number, ref int opened)
    {
        var spans = CodeSpans.Find(text);
        var characters = text.ToCharArray();
        var changed = false;
        var position = 0;
        while (position < text.Length)
        {
            var search = position;
            if (commentLine == 0)
            {
                var open = NextComment(text, position, spans);
                if (open < 0 || !IsClosedLater(number, open))
                {
                    break;
                }

                commentLine = number;
                opened = opened == 0 ? number : opened;
                position = open;
                search = open + CommentOpen.Length;
            }

            var close = text.IndexOf(CommentClose, search, StringComparison.Ordinal);
            var end = close < 0 ? text.Length : close + CommentClose.Length;
            Array.Fill(characters, ' ', position, end - position);
            changed = true;
            commentLine = close < 0 ? commentLine : 0;
            position = end;
        }

        return changed ? new string(characters) : text;
    }

    private bool IsClosedLater(int number, int column)
    {
        if ((number, column + CommentOpen.Length).CompareTo(lastCommentClose) <= 0)
        {
            return true;
        }

        unbalancedComment = unbalancedComment == 0 ? number : unbalancedComment;
        return false;
    }

    private static int NextComment(string text, int position, IReadOnlyList<CodeSpan> spans)
    {
        var open = text.IndexOf(CommentOpen, position, StringComparison.Ordinal);
        while (open >= 0 && CodeSpans.Cover(spans, open))
        {
            open = text.IndexOf(CommentOpen, open + 1, StringComparison.Ordinal);
        }

        return open;
    }

    private static (char Mark, int Length) FenceOpen(string text)
    {
        var (mark, length, rest) = FenceRun(text);
        return mark == '`' && rest.Contains('`') ? default : (mark, length);
    }

    private static (char Mark, int Length) FenceClose(string text)
    {
        var (mark, length, rest) = FenceRun(text);
        return rest.IsWhiteSpace() ? (mark, length) : default;
    }

    private static FenceText FenceRun(string text)
    {
        var line = text.AsSpan().TrimStart();
        if (line.Length < 3 || line[0] is not ('`' or '~'))
        {
            return default;
        }

        var rest = line.TrimStart(line[0]);
        var length = line.Length - rest.Length;
        return length < 3 ? default : new FenceText(line[0], length, rest);
    }

    private readonly ref struct FenceText(char mark, int length, ReadOnlySpan<char> rest)
    {
        private readonly ReadOnlySpan<char> rest = rest;

        public void Deconstruct(out char fenceMark, out int fenceLength, out ReadOnlySpan<char> fenceRest)
        {
            fenceMark = mark;
            fenceLength = length;
            fenceRest = rest;
        }
    }
}
