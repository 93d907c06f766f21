using System.Text.Json;
using Interlock.Domain.Plans;
using Interlock.Engine.Configuration;

namespace Interlock.App.Mcp;

/// <summary>The arguments of one call, read so that a model can correct what is wrong with them.</summary>
internal sealed class ToolInput(string tool, IReadOnlyList<Parameter> parameters, IDictionary<string, JsonElement>? values)
{
    private readonly IDictionary<string, JsonElement> values = values ?? new Dictionary<string, JsonElement>();

    /// <exception cref="BadInputException">An argument is missing, unknown or of another kind than it should be.</exception>
    public void Check()
    {
        var known = parameters.Select(parameter => parameter.Name).ToList();
        foreach (var name in values.Keys.Where(name => !known.Contains(name)))
        {
            throw Wrong(
                name is "agent" or "agent_id" or "from" or "sender" ? $"'{name}' is no argument: who you are is known from the connection" : $"'{Shown(name)}' is no argument of {tool}",
                known.Count == 0 ? $"Call {tool} without arguments" : $"Use only: {string.Join(", ", known)}");
        }

        foreach (var parameter in parameters)
        {
            var found = values.TryGetValue(parameter.Name, out var value) && value.ValueKind != JsonValueKind.Null;
            if (!found && parameter.Required)
            {
                throw Wrong($"the argument '{parameter.Name}' is missing", $"It is {Lower(parameter.Description)}");
            }

            if (found && !parameter.Fits(value))
            {
                throw Wrong($"the argument '{parameter.Name}' is {Kind(value)} and should be {parameter.KindWord}", $"It is {Lower(parameter.Description)}");
            }
        }
    }

    public string? Text(string name) => values.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public bool Flag(string name) => values.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.True;

    public IReadOnlyList<string>? Texts(string name) =>
        values.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(item => item.GetString()!)] : null;

    public TaskId Task(string name) => new(Id(name, Text(name)!, "task"));

    public IEnumerable<TaskId> TaskIds(string name) => (Texts(name) ?? []).Select(text => new TaskId(Id(name, text, "task")));

    public StoryId? Story(string name)
    {
        var text = Text(name);
        return text is null ? null : new StoryId(Id(name, text.StartsWith("story-", StringComparison.OrdinalIgnoreCase) ? text["story-".Length..] : text, "story"));
    }

    public TimeSpan? Duration(string name) => Text(name) is not { } text ? null
        : DurationConverter.TryParse(text) ?? throw Wrong($"'{Shown(text)}' in '{name}' is not a duration", "Write 90s, 15m, 2h or 1d");

    private static string Id(string name, string text, string noun) => Identifiers.IsValid(text) ? text
        : throw Wrong($"'{Shown(text)}' in '{name}' is not a {noun} id", $"Write it as story_status shows it, such as {(noun == "task" ? "2.5.1" : "2.5")}");

    private static BadInputException Wrong(string message, string hint) => new(message, hint);

    private static string Shown(string text) => text.Length <= 80 ? text : $"{text[..79]}…";

    private static string Lower(string text) => char.ToLowerInvariant(text[0]) + text[1..];

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        JsonValueKind.Array => "a list",
        _ => "an object",
    };
}

internal enum ParameterKind
{
    Text,
    Texts,
    Flag,
}

/// <summary>One argument of a tool.</summary>
/// <param name="Words">The only texts allowed; null for any.</param>
internal sealed record Parameter(string Name, ParameterKind Kind, string Description, bool Required = false, IReadOnlyCollection<string>? Words = null)
{
    public string KindWord => Kind switch
    {
        _ when Words is not null => $"one of {string.Join(", ", Words)}",
        ParameterKind.Text => "a text",
        ParameterKind.Texts => "a list of texts",
        _ => "true or false",
    };

    public bool Fits(JsonElement value) => Kind switch
    {
        ParameterKind.Text => value.ValueKind == JsonValueKind.String && (Words is null || Words.Contains(value.GetString()!)),
        ParameterKind.Texts => value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String),
        _ => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
    };

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject(Name);
        writer.WriteString("type", Kind switch { ParameterKind.Text => "string", ParameterKind.Texts => "array", _ => "boolean" });
        writer.WriteString("description", Description);
        if (Kind == ParameterKind.Texts)
        {
            writer.WriteStartObject("items");
            writer.WriteString("type", "string");
            writer.WriteEndObject();
        }

        if (Words is not null)
        {
            writer.WriteStartArray("enum");
            foreach (var word in Words)
            {
                writer.WriteStringValue(word);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
