using System.Text.Json;

namespace Interlock.App.Mcp;

/// <summary>The JSON schemas that clients are told, within what every client's model accepts: no references, no unions.</summary>
internal static class Schemas
{
    /// <summary>Every answer says in words what happened and what to do next; the other members depend on the tool.</summary>
    public static JsonElement Output { get; } = Build(writer =>
    {
        writer.WriteString("type", "object");
        writer.WriteStartObject("properties");
        WriteText(writer, "say", "What happened, in words");
        WriteText(writer, "next", "What to do now");
        writer.WriteEndObject();
        WriteRequired(writer, ["say", "next"]);
    });

    public static JsonElement Input(IReadOnlyList<Parameter> parameters) => Build(writer =>
    {
        writer.WriteString("type", "object");
        writer.WriteStartObject("properties");
        foreach (var parameter in parameters)
        {
            parameter.Write(writer);
        }

        writer.WriteEndObject();
        WriteRequired(writer, parameters.Where(parameter => parameter.Required).Select(parameter => parameter.Name));
        writer.WriteBoolean("additionalProperties", false);
    });

    public static JsonElement Build(Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        using var document = JsonDocument.Parse(buffer.ToArray());
        return document.RootElement.Clone();
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string description)
    {
        writer.WriteStartObject(name);
        writer.WriteString("type", "string");
        writer.WriteString("description", description);
        writer.WriteEndObject();
    }

    private static void WriteRequired(Utf8JsonWriter writer, IEnumerable<string> names)
    {
        writer.WriteStartArray("required");
        foreach (var name in names)
        {
            writer.WriteStringValue(name);
        }

        writer.WriteEndArray();
    }
}
