using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Interlock.Engine.Configuration;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false,
    Converters = [typeof(CommandLineConverter), typeof(DurationConverter), typeof(ChecksConverter), typeof(DiskSizeConverter)])]
[JsonSerializable(typeof(InterlockConfig))]
[JsonSerializable(typeof(CheckEntry))]
[JsonSerializable(typeof(Dictionary<string, PriceEntry>))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class ConfigJson : JsonSerializerContext;

internal static class Nested
{
    /// <summary>A reader inside a reader counts lines from its own start; without a place of its own the mistake gets the outer one's.</summary>
    public static T? Read<T>(ref Utf8JsonReader reader, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(ref reader, type);
        }
        catch (JsonException error)
        {
            throw new JsonException(ConfigFile.Plain(error));
        }
    }
}

internal sealed class CommandLineConverter : JsonConverter<CommandLine>
{
    public override CommandLine Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            var line = reader.GetString()!;
            return line.Trim().Length > 0 ? new CommandLine([line], Shell: true) : throw new JsonException("a command is empty");
        }

        var arguments = Nested.Read(ref reader, ConfigJson.Default.StringArray);
        return arguments is [{ Length: > 0 }, ..] && !arguments.Contains(null!)
            ? new CommandLine(arguments, Shell: false)
            : throw new JsonException("a command is a line of text or a list that starts with a program");
    }

    public override void Write(Utf8JsonWriter writer, CommandLine value, JsonSerializerOptions options)
    {
        if (value.Shell)
        {
            writer.WriteStringValue(value.Arguments[0]);
        }
        else
        {
            JsonSerializer.Serialize(writer, [.. value.Arguments], ConfigJson.Default.StringArray);
        }
    }
}

internal sealed class ChecksConverter : JsonConverter<ChecksSection>
{
    public override ChecksSection Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString() == "none"
                ? new ChecksSection([], None: true)
                : throw new JsonException("'checks' is a list of checks or the word \"none\"");
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("'checks' is a list of checks or the word \"none\"");
        }

        var entries = new List<CheckEntry>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            entries.Add(Nested.Read(ref reader, ConfigJson.Default.CheckEntry) ?? throw new JsonException("a check is null"));
        }

        return entries.Count > 0
            ? new ChecksSection(entries, None: false)
            : throw new JsonException("'checks' is empty; write \"none\" to land work without checks");
    }

    public override void Write(Utf8JsonWriter writer, ChecksSection value, JsonSerializerOptions options)
    {
        if (value.None)
        {
            writer.WriteStringValue("none");
            return;
        }

        writer.WriteStartArray();
        foreach (var entry in value.Entries)
        {
            JsonSerializer.Serialize(writer, entry, ConfigJson.Default.CheckEntry);
        }

        writer.WriteEndArray();
    }
}

/// <summary>Durations as <c>90s</c>, <c>15m</c>, <c>2h</c> or <c>1d</c>.</summary>
public sealed class DurationConverter : JsonConverter<TimeSpan>
{
    public static TimeSpan? TryParse(string? text)
    {
        if (text is not { Length: > 1 } || !double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number is <= 0 or > 100_000)
        {
            return null;
        }

        return text[^1] switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            'd' => TimeSpan.FromDays(number),
            _ => null,
        };
    }

    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TryParse(reader.TokenType == JsonTokenType.String ? reader.GetString() : null)
        ?? throw new JsonException("a duration is written like \"90s\", \"15m\", \"2h\" or \"1d\"");

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"{value.TotalSeconds:0.###}s"));
}

/// <summary>A duration, or <c>"off"</c> for never, which is <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>.</summary>
public sealed class DurationOrOffConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType != JsonTokenType.String ? throw new JsonException("it is a duration such as \"2m\", or \"off\"")
        : reader.GetString() == "off" ? Timeout.InfiniteTimeSpan
        : DurationConverter.TryParse(reader.GetString()) ?? throw new JsonException("it is a duration such as \"2m\", or \"off\"");

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value == Timeout.InfiniteTimeSpan ? "off" : string.Create(CultureInfo.InvariantCulture, $"{value.TotalSeconds:0.###}s"));
}
