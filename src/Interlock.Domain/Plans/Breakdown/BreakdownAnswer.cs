using System.Text.Json;
using Interlock.Domain.Plans.Data;

namespace Interlock.Domain.Plans.Breakdown;

/// <summary>A story a model proposes.</summary>
public sealed record ProposedStory(string Id, string Title, IReadOnlyList<ProposedTask> Tasks);

/// <summary>A task a model proposes. Ids and files are as they were answered.</summary>
public sealed record ProposedTask(string Id, string Title, string Complexity, IReadOnlyList<string> Dependencies, IReadOnlyList<string> Files);

/// <summary>Finds the answer in what a model printed, which may be fenced or stand between sentences.</summary>
public static class BreakdownAnswer
{
    private const int MostTries = 2000;

    private static readonly JsonReaderOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 64 };

    /// <summary>The stories of the last JSON object that has any. Never throws on content.</summary>
    /// <param name="problems">Receives what is missing or of the wrong kind.</param>
    public static IReadOnlyList<ProposedStory> Read(ReadOnlyMemory<byte> output, List<string> problems)
    {
        if (Find(output) is not { } root)
        {
            problems.Add("the answer holds no JSON object with the member 'stories'");
            return [];
        }

        return [.. root["stories"]!.Items.Select((node, index) => Story(node, $"stories[{index}]", problems))];
    }

    private static DataNode? Find(ReadOnlyMemory<byte> output)
    {
        DataNode? found = null;
        var at = 0;
        for (var tries = 0; tries < MostTries && at < output.Length; tries++)
        {
            var open = output.Span[at..].IndexOf((byte)'{');
            if (open < 0)
            {
                break;
            }

            at += open;
            var length = LengthOf(output.Span[at..]);
            if (length > 0 && JsonTree.Read(output, at, at + length).Root is { } root && root["stories"] is { Kind: DataKind.List })
            {
                found = root;
            }

            at += Math.Max(1, length);
        }

        return found;
    }

    /// <summary>Bytes of the JSON value the text begins with; 0 when it begins with none.</summary>
    private static int LengthOf(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, Lenient);
        try
        {
            reader.Read();
            reader.Skip();
            return (int)reader.BytesConsumed;
        }
        catch (JsonException)
        {
            return 0;
        }
    }

    private static ProposedStory Story(DataNode node, string place, List<string> problems)
    {
        if (node["tasks"] is not { Kind: DataKind.List } tasks)
        {
            problems.Add($"{place} has no list 'tasks'");
            return new ProposedStory(Text(node, "id", place, problems), Text(node, "title", place, problems), []);
        }

        return new ProposedStory(
            Text(node, "id", place, problems), Text(node, "title", place, problems),
            [.. tasks.Items.Select((task, index) => Task(task, $"{place}.tasks[{index}]", problems))]);
    }

    private static ProposedTask Task(DataNode node, string place, List<string> problems) => new(
        Text(node, "id", place, problems),
        Text(node, "title", place, problems),
        node["complexity"]?.Text ?? "medium",
        Words(node, "dependencies", place, problems),
        Words(node, "files", place, problems));

    private static string Text(DataNode node, string name, string place, List<string> problems)
    {
        var text = TaskText.Collapse(node[name]?.Text ?? "");
        if (text.Length == 0)
        {
            problems.Add($"{place} has no '{name}'");
        }

        return text;
    }

    private static List<string> Words(DataNode node, string name, string place, List<string> problems)
    {
        if (node[name] is not { Kind: not DataKind.Null } list)
        {
            return [];
        }

        if (list.Kind != DataKind.List || list.Items.Any(item => item.Text is null))
        {
            problems.Add($"'{name}' of {place} is no list of texts");
            return [];
        }

        return [.. list.Items.Select(item => TaskText.Collapse(item.Text!))];
    }
}
