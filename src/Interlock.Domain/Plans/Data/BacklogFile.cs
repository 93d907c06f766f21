namespace Interlock.Domain.Plans.Data;

/// <summary>
/// The id of a Backlog.md task: a prefix that projects change, and a dotted number. <c>task-01</c> and <c>TASK-1</c> are one id.
/// </summary>
/// <param name="Written">As in the file.</param>
/// <param name="Number">A <c>#</c> and the number without leading zeros.</param>
internal sealed record BacklogName(string Written, string Prefix, string Number) : IComparable<BacklogName>
{
    public string Canonical => $"{Prefix}-{Number[1..]}";

    /// <param name="usualPrefix">What a bare number gets.</param>
    public static BacklogName Of(string written, string usualPrefix)
    {
        var start = written.Length;
        while (start > 0 && (char.IsAsciiDigit(written[start - 1]) || (written[start - 1] == '.' && start < written.Length)))
        {
            start--;
        }

        var number = string.Join('.', written[start..].Split('.').Select(part => part.TrimStart('0') is { Length: > 0 } digits ? digits : "0"));
        var prefix = written[..start].TrimEnd('-').ToLowerInvariant();
        return start == written.Length ? new BacklogName(written, "", $"#{written.ToLowerInvariant()}") : new BacklogName(written, prefix.Length > 0 ? prefix : usualPrefix, $"#{number}");
    }

    public int CompareTo(BacklogName? other) =>
        NaturalOrder.Compare(Number, other!.Number) is not 0 and var order ? order : string.CompareOrdinal(Prefix, other.Prefix);
}

/// <summary>One task file.</summary>
/// <param name="Area">The folder that says how the task stands: <c>tasks</c>, <c>completed</c>, <c>drafts</c> or <c>archive</c>.</param>
/// <param name="FirstMember">Byte offset of the line below the opening dashes.</param>
internal sealed record BacklogFile(
    RawFile Raw, BacklogName Name, string Title, DataNode Map, string Area, string PlanText, int FirstMember, string LineEnd)
{
    public int Rank => Area switch { "tasks" => 0, "completed" => 1, "drafts" => 2, _ => 3 };

    /// <summary>Null when the file is no task; that has been reported.</summary>
    public static BacklogFile? Read(RawFile raw, IYamlReader yaml, PlanDraft draft)
    {
        var path = raw.File.Path;
        var file = MarkdownFile.Read(raw.Content.Span);
        if (FrontMatter.Read(raw, file, yaml) is not { } head)
        {
            draft.Exclude(path, "no-front-matter", 1, "the file has no YAML at its head, so it is no task", "Write id, title and status between two lines of '---'.");
            return null;
        }

        if (!head.IsYaml)
        {
            draft.Info(path, "lenient-yaml", 1, "the head of the file is not proper YAML and was read line by line", "Put quotes around values with ':', '@' or '#'.");
        }

        var name = FileName(path);
        var written = DataValues.Line(head.Map["id"]) is { Length: > 0 } id ? id : name.Split(" - ")[0];
        if (head.Map["id"] is null)
        {
            draft.Warning(path, "missing-id", 1, $"the task has no id; its file is taken to say '{written}'", "Give it one.");
        }

        MarkdownBody.CountCriteria(file, head.LastLine, path, draft);
        var title = DataValues.Line(head.Map["title"]) is { Length: > 0 } titled ? titled : name.Split(" - ", 2)[^1].Replace('-', ' ');
        return new BacklogFile(
            raw, BacklogName.Of(written, "task"), title, head.Map, AreaOf(path), MarkdownBody.PlanText(file, head.LastLine),
            file.Lines[1].Offset, raw.Content.Span.IndexOf("\r\n"u8) >= 0 ? "\r\n" : "\n");
    }

    private static string FileName(string path) => System.IO.Path.GetFileNameWithoutExtension(path);

    private static string AreaOf(string path)
    {
        var folders = path.Split('/')[..^1];
        return folders.Contains("archive") ? "archive" : folders.LastOrDefault() is "completed" or "drafts" ? folders[^1] : "tasks";
    }
}
