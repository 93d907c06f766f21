using System.Text.Unicode;

namespace Interlock.Domain.Plans.Data;

/// <summary>
/// What is checked of every data file before it is read: that it is UTF-8 and that no merge was left unfinished in it.
/// Both are hard errors, because whatever stood in the unread part would look removed.
/// </summary>
internal sealed class RawFile
{
    private RawFile(PlanFile file, LineMap lines, int start)
    {
        File = file;
        Lines = lines;
        Start = start;
    }

    public PlanFile File { get; }

    public LineMap Lines { get; }

    /// <summary>Offset of the first byte behind a byte order mark.</summary>
    public int Start { get; }

    public ReadOnlyMemory<byte> Content => File.Content;

    /// <summary>Null when the file must not be read; why is among the problems.</summary>
    public static RawFile? Open(PlanFile file, PlanDraft draft)
    {
        var bytes = file.Content.Span;
        if (!Utf8.IsValid(bytes))
        {
            draft.Error(file.Path, "not-utf8", new LineMap(bytes).LineOf(FirstInvalid(bytes)), "the file cannot be read as UTF-8", "Save the file as UTF-8.");
            return null;
        }

        return ReportsConflicts(file, draft) ? null : new RawFile(file, new LineMap(bytes), bytes.StartsWith("\uFEFF"u8) ? 3 : 0);
    }

    public int LineOf(DataNode node) => Lines.LineOf(node.Offset);

    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        var position = 0;
        while (position < bytes.Length
            && System.Text.Rune.DecodeFromUtf8(bytes[position..], out _, out var length) == System.Buffers.OperationStatus.Done)
        {
            position += length;
        }

        return position;
    }

    private static bool ReportsConflicts(PlanFile file, PlanDraft draft)
    {
        var bytes = file.Content.Span;
        if (bytes.IndexOf("<<<<<<<"u8) < 0 && bytes.IndexOf(">>>>>>>"u8) < 0)
        {
            return false;
        }

        var problems = new PlanProblems();
        var found = ConflictMarkers.Report(MarkdownFile.Read(bytes), problems);
        foreach (var problem in problems.InOrder())
        {
            draft.Error(file.Path, problem.Code, problem.Line, problem.Message, problem.Hint);
        }

        return found;
    }
}
