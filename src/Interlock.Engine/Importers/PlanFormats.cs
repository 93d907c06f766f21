using Interlock.Domain.Plans;
using Interlock.Domain.Plans.Data;
using Interlock.Engine.Configuration;
using Interlock.Engine.Importers.Formats;

namespace Interlock.Engine.Importers;

/// <summary>Every format a plan can be in.</summary>
public static class PlanFormats
{
    /// <summary>Of two formats with the same score the earlier one wins.</summary>
    public static IReadOnlyList<IPlanFormat> All { get; } =
    [
        new StoryPlan(),
        new TaskMasterFormat(),
        new BeadsFormat(),
        new RalphFormat(),
        new BacklogFormat(new YamlTree()),
        new BmadFormat(new YamlTree()),
        new SpecKit(),
        new OpenSpec(),
        new Kiro(),
        new CheckList(),
    ];

    public static string Names => string.Join(", ", All.Select(format => format.Name));

    public static IPlanFormat? Find(string name) => All.FirstOrDefault(format => format.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>True when the path belongs to the format, wherever in the file system its folder stands.</summary>
    public static bool Owns(IPlanFormat format, string path) =>
        format.Layouts.SelectMany(layout => layout.Files).Any(pattern => PathPattern.EndsWith(path, pattern));

    /// <summary>The format the input is most surely of, or the one the user names.</summary>
    /// <exception cref="BadInputException">No such format, or the input looks like none.</exception>
    public static IPlanFormat Detect(PlanInput input, string? named)
    {
        if (named is not null)
        {
            return Find(named) ?? throw new BadInputException($"'{named}' is not a format", $"Formats: {Names}", 2);
        }

        return All.Select(format => (Format: format, Score: format.Score(input))).Where(scored => scored.Score > 0)
            .OrderByDescending(scored => scored.Score).Select(scored => scored.Format).FirstOrDefault()
            ?? throw new BadInputException($"{input.Source} looks like no plan", $"Name its format with --format: {Names}");
    }
}

/// <summary>Compares paths with patterns segment by segment; a <c>*</c> stands for any text within one.</summary>
internal static class PathPattern
{
    /// <summary>True when the last segments of the path fit the pattern.</summary>
    public static bool EndsWith(string path, string pattern)
    {
        var (segments, wanted) = (path.Split('/'), pattern.Split('/'));
        return segments.Length >= wanted.Length && !segments[^wanted.Length..].Where((segment, index) => !Fits(segment, wanted[index])).Any();
    }

    /// <summary>True when one segment fits a pattern with at most a few stars.</summary>
    public static bool Fits(string segment, string pattern)
    {
        var parts = pattern.Split('*');
        if (parts.Length == 1)
        {
            return segment.Equals(pattern, StringComparison.OrdinalIgnoreCase);
        }

        if (!segment.StartsWith(parts[0], StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var at = parts[0].Length;
        foreach (var part in parts[1..^1])
        {
            at = segment.IndexOf(part, at, StringComparison.OrdinalIgnoreCase);
            if (at < 0)
            {
                return false;
            }

            at += part.Length;
        }

        return segment.Length - at >= parts[^1].Length && segment.EndsWith(parts[^1], StringComparison.OrdinalIgnoreCase);
    }
}
