using System.Globalization;
using System.Text.Json;

namespace Interlock.Engine.Projections;

/// <summary>Reads members of JSON that people and agents wrote: absent and of the wrong kind are the same, null.</summary>
internal static class JsonText
{
    /// <summary>Some editors put a byte order mark before the text, which is no part of JSON.</summary>
    public static ReadOnlyMemory<byte> WithoutMark(byte[] bytes) => bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes.AsMemory(3) : bytes;

    public static string? String(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static bool? Flag(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : null;

    public static DateTimeOffset? Time(JsonElement element, string name) =>
        DateTimeOffset.TryParse(String(element, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    /// <summary>A list of strings; a single string counts as a list of one.</summary>
    public static IReadOnlyList<string>? Strings(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var value))
        {
            return null;
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => [value.GetString()!],
            JsonValueKind.Array => [.. value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)],
            _ => null,
        };
    }

    /// <summary>Members that are there and not what they should be: what they were meant to say is unknown. Null counts as absent.</summary>
    public static IReadOnlyList<string> Unusable(JsonElement element, string[] texts, string[] times, string[] lists, string[] flags)
    {
        return
        [
            .. texts.Where(name => Differs(name, value => value.ValueKind == JsonValueKind.String)),
            .. times.Where(name => Differs(name, _ => Time(element, name) is not null)),
            .. lists.Where(name => Differs(name, value => value.ValueKind == JsonValueKind.String
                || (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)))),
            .. flags.Where(name => Differs(name, value => value.ValueKind is JsonValueKind.True or JsonValueKind.False)),
        ];

        bool Differs(string name, Func<JsonElement, bool> isRight) =>
            element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null && !isRight(value);
    }
}
