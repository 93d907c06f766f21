namespace Interlock.Domain.Plans;

/// <summary>An ATX heading. The space after the marks may be missing from level 2 on, where a hashtag is unlikely.</summary>
internal readonly record struct Heading(int Level, string Text)
{
    private static readonly string[] CriteriaNames =
        ["acceptance criteria", "success criteria", "exit criteria", "completion criteria", "definition of done", "done when", "checklist"];

    public static Heading? TryRead(string line)
    {
        var start = Checkbox.SkipSpace(line, 0);
        if (start >= line.Length || line[start] != '#' || Checkbox.Columns(line, start) > 3)
        {
            return null;
        }

        var end = start;
        while (end < line.Length && line[end] == '#')
        {
            end++;
        }

        var level = end - start;
        var spaced = end == line.Length || char.IsWhiteSpace(line[end]);
        if (level > 6 || (!spaced && (level == 1 || !(char.IsLetter(line[end]) || line[end] is '[' or '*'))))
        {
            return null;
        }

        return new Heading(level, WithoutClosingMarks(line.AsSpan(end).Trim()));
    }

    /// <summary>True for headings and labels such as <c>Acceptance Criteria</c>, whose checkboxes describe the story's end.</summary>
    public static bool NamesCriteria(string text)
    {
        var name = text.AsSpan().Trim().Trim("*_: #");
        var note = name.LastIndexOf('(');
        if (note > 0 && name[^1] == ')')
        {
            name = name[..note].TrimEnd();
        }

        if (name.Length > 80)
        {
            return false;
        }

        foreach (var known in CriteriaNames)
        {
            if (name.EndsWith(known, StringComparison.OrdinalIgnoreCase)
                || (known != "checklist" && name.StartsWith(known, StringComparison.OrdinalIgnoreCase)))
            {
                return true;
            }
        }

        return name.Equals("dod", StringComparison.OrdinalIgnoreCase);
    }

    private static string WithoutClosingMarks(ReadOnlySpan<char> text)
    {
        var bare = text.TrimEnd('#');
        return bare.Length == 0 || char.IsWhiteSpace(bare[^1]) ? bare.Trim().ToString() : text.ToString();
    }
}
