using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Interlock.Engine.Configuration;

/// <summary>Amounts of disk as <c>500MB</c>, <c>20GB</c> or <c>1.5TB</c>, in powers of 1024.</summary>
public sealed class DiskSizeConverter : JsonConverter<DiskSize>
{
    public static DiskSize? TryParse(string? text)
    {
        if (text is not { Length: > 2 } || !double.TryParse(text[..^2], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number is <= 0 or > 100_000)
        {
            return null;
        }

        int? shift = text[^2..] switch
        {
            "MB" => 20,
            "GB" => 30,
            "TB" => 40,
            _ => null,
        };
        return shift is { } bits ? new DiskSize((long)(number * (1L << bits))) : null;
    }

    public override DiskSize Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TryParse(reader.TokenType == JsonTokenType.String ? reader.GetString() : null)
        ?? throw new JsonException("an amount of disk is written like \"500MB\", \"20GB\" or \"1TB\"");

    public override void Write(Utf8JsonWriter writer, DiskSize value, JsonSerializerOptions options) =>
        writer.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"{value.Bytes / (double)(1 << 20):0.###}MB"));
}
