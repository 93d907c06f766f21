using System.Text.RegularExpressions;

namespace Interlock.Domain.Plans.Data;

/// <summary>Where BMAD's files name stories: headings, file names and the keys of the sprint's status.</summary>
internal static partial class BmadNames
{
    /// <summary><c>Epic 3: Title</c>; empty groups when the heading names none.</summary>
    public static (string Id, string Title)? Epic(string heading) => Of(EpicHeading().Match(heading));

    /// <summary><c>Story 3.2: Title</c>.</summary>
    public static (string Id, string Title)? Story(string heading) => Of(StoryHeadingPattern().Match(heading));

    /// <summary>Id and slug of a key such as <c>3-2-add-cache</c>, <c>1-12a-x</c> or <c>6-9-1-x</c>; null for every other key.</summary>
    public static (string Id, string Slug)? Key(string key)
    {
        var match = StoryKey().Match(key);
        return match.Success ? (match.Groups["id"].Value.Replace('-', '.'), match.Groups["slug"].Value) : null;
    }

    /// <summary>Number of the epic in <c>epic-3</c>; null for every other key.</summary>
    public static string? EpicKey(string key) => EpicKeyPattern().Match(key) is { Success: true } match ? match.Groups["id"].Value : null;

    /// <summary>Id in the name of a story's file: <c>3-2-x.md</c>, <c>3.2.story.md</c>, <c>story-3.2-x.md</c>.</summary>
    public static string? File(string name) => StoryFile().Match(name) is { Success: true } match ? match.Groups["id"].Value.Replace('-', '.') : null;

    /// <summary>Ids of stories in a text such as <c>Story 1.1 (backend), 1.3</c>.</summary>
    public static IEnumerable<string> Ids(string text) => StoryId().Matches(text).Select(match => match.Value);

    public static string EpicOf(string story) => story[..story.IndexOf('.', StringComparison.Ordinal)];

    /// <summary>
    /// True unless a slug and a title have next to no word in common: the join is by number, and two files may number different things.
    /// </summary>
    public static bool SameMatter(string slug, string title)
    {
        var (left, right) = (Words(slug), Words(title));
        var shared = left.Count(word => right.Any(other => other.StartsWith(word, StringComparison.Ordinal) || word.StartsWith(other, StringComparison.Ordinal)));
        return left.Count == 0 || right.Count == 0 || shared * 4 >= Math.Min(left.Count, right.Count);
    }

    private static List<string> Words(string text) =>
        [.. WordPattern().Matches(text.ToLowerInvariant()).Select(match => match.Value).Where(word => word.Length > 2 && word is not ("the" or "and" or "for" or "with"))];

    private static (string, string)? Of(Match match) => match.Success ? (match.Groups["id"].Value, TaskText.Collapse(match.Groups["title"].Value).Trim('*', ' ')) : null;

    [GeneratedRegex(@"^\W{0,8}Epic\s+(?<id>\d+[a-z]?)\s*[:.\-–—]\s*(?<title>.*)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex EpicHeading();

    [GeneratedRegex(@"^\W{0,8}Story\s+(?<id>\d+[a-z]?(\.\d+[a-z]?){1,3})\s*[:.\-–—]?\s*(?<title>.*)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex StoryHeadingPattern();

    [GeneratedRegex(@"^(story-)?(?<id>\d+[a-z]?[-.]\d+[a-z]?([-.]\d{1,2}[a-z]?(?=[-.]|$))?)([-.](?<slug>.*))?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex StoryKey();

    [GeneratedRegex(@"^epic-(?<id>\d+[a-z]?)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex EpicKeyPattern();

    [GeneratedRegex(@"^(story-)?(?<id>\d+[a-z]?[-.]\d+[a-z]?([-.]\d{1,2}[a-z]?(?=[-.]))?)[-.].*\.md$|^(story-)?(?<id>\d+[a-z]?[-.]\d+[a-z]?)\.md$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex StoryFile();

    [GeneratedRegex(@"(?<![\w.])\d+[a-z]?\.\d+[a-z]?(\.\d+[a-z]?)?(?![\w])", RegexOptions.CultureInvariant)]
    private static partial Regex StoryId();

    [GeneratedRegex(@"[\p{L}\p{N}]+", RegexOptions.CultureInvariant)]
    private static partial Regex WordPattern();
}

/// <summary>What one file says about a story.</summary>
/// <param name="Title">Empty where the file has only a slug.</param>
internal sealed record BmadMention(string Id, string Title, string Slug, string Path, int Line)
{
    /// <summary>Ids of the stories before it; null when the file does not say.</summary>
    public IReadOnlyList<string>? Waits { get; set; }

    /// <summary>The word; null when the file has none.</summary>
    public string? Status { get; init; }

    public DoneEdit? Done { get; init; }

    public IReadOnlyList<string> Files { get; init; } = [];

    public string Named => Title.Length > 0 ? Title : Slug.Replace('-', ' ');
}
