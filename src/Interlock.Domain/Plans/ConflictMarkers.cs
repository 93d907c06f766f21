namespace Interlock.Domain.Plans;

/// <summary>Merge conflicts left in a file: a start, the middle and an end, or a stray start or end.</summary>
internal static class ConflictMarkers
{
    /// <summary>Adds one error a conflict; true when there was any. What stands in a code fence is an example.</summary>
    public static bool Report(MarkdownFile file, PlanProblems problems)
    {
        var found = false;
        int start = 0, middle = 0;
        foreach (var line in file.Lines.Where(line => line.Region != LineRegion.Fenced))
        {
            if (IsMarker(line.Text, '<'))
            {
                if (start > 0)
                {
                    Add(problems, start, middle, 0);
                }

                (start, middle, found) = (line.Number, 0, true);
            }
            else if (start > 0 && line.Text.AsSpan().TrimEnd() is "=======")
            {
                middle = line.Number;
            }
            else if (IsMarker(line.Text, '>'))
            {
                Add(problems, start, middle, line.Number);
                (start, middle, found) = (0, 0, true);
            }
        }

        if (start > 0)
        {
            Add(problems, start, middle, 0);
        }

        return found;
    }

    private static bool IsMarker(string text, char mark) =>
        text.Length >= 7 && text.AsSpan(0, 7).IndexOfAnyExcept(mark) < 0 && (text.Length == 7 || text[7] == ' ');

    private static void Add(PlanProblems problems, int start, int middle, int end)
    {
        string[] parts =
        [
            .. start > 0 ? [$"'<<<<<<<' on line {start}"] : Array.Empty<string>(),
            .. middle > 0 ? [$"'=======' on line {middle}"] : Array.Empty<string>(),
            .. end > 0 ? [$"'>>>>>>>' on line {end}"] : Array.Empty<string>(),
        ];
        problems.Error(
            "conflict-marker",
            start > 0 ? start : end,
            $"the file holds an unfinished merge: {string.Join(", ", parts)}",
            "Resolve the conflict, remove its markers and import again.");
    }
}
