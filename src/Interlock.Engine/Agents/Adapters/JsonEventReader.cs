using System.Text;
using System.Text.Json;
using Interlock.Domain.Spending;

namespace Interlock.Engine.Agents.Adapters;

/// <summary>A stream of JSON objects, one a line. Lines that are none are noise that CLIs and their tools print, and are passed over.</summary>
public abstract class JsonEventReader : IAgentReader
{
    private const int MostOpenCalls = 1000;
    private readonly Dictionary<string, (string Name, IReadOnlyList<string> Paths)> calls = new(StringComparer.Ordinal);

    public virtual IEnumerable<AgentEvent> Open(Action<string> send) => [];

    public IEnumerable<AgentEvent> Read(string line)
    {
        if (line.AsSpan().TrimStart() is not ['{', ..])
        {
            return [];
        }

        try
        {
            using var document = JsonDocument.Parse(line);

            // Events are made before the document they were read from is gone.
            return [.. Translate(document.RootElement)];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            // Broken or of an unexpected shape: a CLI of another version must not end the agent.
            return [];
        }
    }

    /// <summary>What stands before the member that made the line too long is enough to know a result from a tool's output.</summary>
    public IEnumerable<AgentEvent> ReadCut(string head) => Read(CutJson.Scalars(head));

    public virtual IEnumerable<AgentEvent> Close(int? exitCode) => [];

    public virtual string? Interrupt => null;

    protected abstract IEnumerable<AgentEvent> Translate(JsonElement root);

    /// <param name="input">The arguments of the call, as far as the CLI tells them.</param>
    protected IEnumerable<AgentEvent> ToolStarted(string? call, string? name, IReadOnlyList<string> paths, JsonElement? input = null)
    {
        var (id, tool) = (call ?? "", name ?? "tool");
        if (calls.Count < MostOpenCalls)
        {
            calls[id] = (tool, paths);
        }

        yield return new AgentEvent.ToolStarted(id, tool, paths, PrintOf(input));
    }

    /// <param name="output">Its answer, as far as the CLI tells it.</param>
    protected IEnumerable<AgentEvent> ToolFinished(string? call, string? name, bool failed, IReadOnlyList<string>? paths = null, JsonElement? output = null)
    {
        var id = call ?? "";
        var known = calls.Remove(id, out var started);
        var tool = name ?? (known ? started.Name : "tool");
        var touched = paths is { Count: > 0 } ? paths : known ? started.Paths : [];
        yield return new AgentEvent.ToolFinished(id, tool, touched, failed, PrintOf(output));
        if (!failed && ToolInput.Edits(tool))
        {
            foreach (var path in touched)
            {
                yield return new AgentEvent.FileEdited(path);
            }
        }
    }

    private static ulong PrintOf(JsonElement? element) => element is { ValueKind: not JsonValueKind.Undefined } told ? TextPrint.Of(told.GetRawText()) : 0;

    /// <summary>A fault, and the provider's limit when that is what it tells of.</summary>
    protected static IEnumerable<AgentEvent> Fault(string? message, int? status = null)
    {
        var text = string.IsNullOrWhiteSpace(message) ? "the CLI reported an error without words" : message.Trim();
        if (LimitWords.Find(text, status) is { } limit)
        {
            yield return new AgentEvent.RateLimited(limit);
        }

        yield return new AgentEvent.Error(text);
    }
}

/// <summary>Reads members of JSON whose shape is somebody else's.</summary>
internal static class JsonMembers
{
    public static JsonElement? At(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static string? TextAt(this JsonElement element, string name) =>
        element.At(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>The most that is believed of one report: sums of such never overflow, and a budget is reached long before.</summary>
    public const long MostCounted = 1_000_000_000_000;

    public const decimal MostPaid = 1_000_000_000;

    /// <summary>How many; nothing for what is negative, or no number.</summary>
    public static long CountAt(this JsonElement element, string name) => Math.Clamp(element.NumberAt(name), 0, MostCounted);

    public static long NumberAt(this JsonElement element, string name) =>
        element.At(name) is { ValueKind: JsonValueKind.Number } value ? value.TryGetInt64(out var whole) ? whole : (long)value.GetDouble() : 0;

    /// <summary>Null for an amount that nobody can have paid.</summary>
    public static decimal? MoneyAt(this JsonElement element, string name) =>
        element.At(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDecimal(out var amount) && amount is >= 0 and <= MostPaid ? amount : null;

    public static bool IsTrue(this JsonElement element, string name) => element.At(name) is { ValueKind: JsonValueKind.True };

    public static IEnumerable<JsonElement> ListAt(this JsonElement element, string name) =>
        element.At(name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    /// <summary>Text, or an object with a message in it, as errors are written.</summary>
    public static string? MessageAt(this JsonElement element, string name) => element.At(name) switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Object } error => error.TextAt("message") ?? error.At("data")?.TextAt("message") ?? error.GetRawText(),
        _ => null,
    };
}

/// <summary>The members of a JSON object that were whole before it was cut off.</summary>
internal static class CutJson
{
    public static string Scalars(string head)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            Copy(Encoding.UTF8.GetBytes(head), writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Copy(ReadOnlySpan<byte> head, Utf8JsonWriter writer)
    {
        var reader = new Utf8JsonReader(head, isFinalBlock: false, default);
        string? name = null;
        try
        {
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName when reader.CurrentDepth == 1:
                        name = reader.GetString();
                        break;
                    case JsonTokenType.String when reader.CurrentDepth == 1:
                        writer.WriteString(name!, reader.GetString());
                        break;
                    case JsonTokenType.True or JsonTokenType.False when reader.CurrentDepth == 1:
                        writer.WriteBoolean(name!, reader.GetBoolean());
                        break;
                    case JsonTokenType.Number when reader.CurrentDepth == 1:
                        writer.WritePropertyName(name!);
                        writer.WriteRawValue(reader.ValueSpan);
                        break;
                }
            }
        }
        catch (JsonException)
        {
            // No JSON after all: what was read so far is all there is.
        }
    }
}
