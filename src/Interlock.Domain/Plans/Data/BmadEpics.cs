namespace Interlock.Domain.Plans.Data;

/// <summary>Reads an <c>epics.md</c>: epics and their stories, without progress.</summary>
internal sealed class BmadEpics(RawFile raw)
{
    private static readonly string[] Labels = ["prerequisites", "prerequisite", "dependencies", "depends on", "blocked by"];

    /// <summary>Number and title of each epic; a list of epics at the head repeats them.</summary>
    public List<(string Id, string Title, int Line)> Epics { get; } = [];

    public List<BmadMention> Stories { get; } = [];

    public MarkdownFile File { get; } = MarkdownFile.Read(raw.Content.Span);

    public void Read()
    {
        foreach (var line in File.Lines.Where(line => line.Region == LineRegion.Text))
        {
            var heading = Heading.TryRead(line.Visible)?.Text ?? Bold(line.Visible);
            if (heading is null)
            {
                ReadWaits(line.Visible);
            }
            else if (BmadNames.Story(heading) is { } story)
            {
                Stories.Add(new BmadMention(story.Id, story.Title, "", raw.File.Path, line.Number));
            }
            else if (BmadNames.Epic(heading) is { } epic)
            {
                // The last heading is the section itself; those before it are the overview.
                Epics.RemoveAll(known => known.Id == epic.Id);
                Epics.Add((epic.Id, epic.Title, line.Number));
            }
        }
    }

    private static string? Bold(string line)
    {
        var text = line.Trim();
        return text.Length > 4 && text.StartsWith("**", StringComparison.Ordinal) && text.EndsWith("**", StringComparison.Ordinal) ? text.Trim('*') : null;
    }

    private void ReadWaits(string line)
    {
        var text = line.TrimStart(' ', '\t', '-', '*', '_');
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (Stories.Count > 0 && colon is > 0 and < 20 && Labels.Contains(text[..colon].Trim('*', ' ').ToLowerInvariant()))
        {
            Stories[^1].Waits = [.. BmadNames.Ids(text[colon..]).Distinct()];
        }
    }
}
