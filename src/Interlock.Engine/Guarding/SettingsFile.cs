using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Interlock.Engine.Configuration;

namespace Interlock.Engine.Guarding;

/// <summary>Another program's settings in JSON, to which something of ours is added: what cannot be read whole is never written.</summary>
internal static class SettingsFile
{
    private static readonly JsonWriterOptions Layout = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Text(JsonObject root)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Layout))
        {
            root.WriteTo(writer);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }

    /// <summary>Empty when there is no text.</summary>
    /// <exception cref="BadInputException">It is not a JSON object.</exception>
    public static JsonObject Read(string? text, string path)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return [];
        }

        try
        {
            var root = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject
                ?? throw new BadInputException($"{path}:1: it is not a JSON object", "Correct the file, or move it away, and install again; nothing was changed");

            // Text is read when it is written: what cannot be read has to show before anything is changed.
            _ = root.ToJsonString();
            return root;
        }
        catch (InvalidOperationException)
        {
            throw new BadInputException($"{path}:1: it holds text that is not Unicode", "Correct the file, or move it away, and install again; nothing was changed");
        }
        catch (JsonException error)
        {
            var line = string.Create(CultureInfo.InvariantCulture, $"{error.LineNumber + 1}");
            throw new BadInputException($"{path}:{line}: {ConfigFile.Plain(error)}", "Correct that line (comments are not JSON), or move the file away, and install again; nothing was changed");
        }
    }

    /// <summary>A member that is made when it is missing.</summary>
    /// <exception cref="BadInputException">It is something else.</exception>
    public static T Section<T>(JsonObject parent, string name, Func<T> make, string path)
        where T : JsonNode
    {
        if (parent[name] is null)
        {
            parent[name] = make();
        }

        return parent[name] as T ?? throw new BadInputException($"{path}:1: '{name}' is not what this CLI reads there", "Correct the file, or move it away, and install again; nothing was changed");
    }
}
