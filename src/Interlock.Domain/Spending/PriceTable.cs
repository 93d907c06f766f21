using System.Globalization;

namespace Interlock.Domain.Spending;

/// <summary>List prices of a model, in US dollars for a million tokens.</summary>
public sealed record Price(decimal Input, decimal CachedInput, decimal CacheWrite, decimal Output);

/// <summary>Prices by model. A model that is not in it has an unknown cost, never none.</summary>
public sealed class PriceTable(IReadOnlyDictionary<string, Price> prices)
{
    private const decimal Million = 1_000_000;

    /// <summary>The price of a model as CLIs name it: with a provider before it, a date or a context size behind it. Null when unknown.</summary>
    public Price? Find(string? model)
    {
        for (var name = model?.Trim().ToLowerInvariant(); name is { Length: > 0 }; name = Shorter(name))
        {
            if (prices.TryGetValue(name, out var price))
            {
                return price;
            }
        }

        return null;
    }

    /// <summary>Null when the model has no price, or when it is not known which tokens were what.</summary>
    public decimal? CostOf(string? model, Usage usage)
    {
        ArgumentNullException.ThrowIfNull(usage);
        return usage.Unsplit > 0 || Find(model) is not { } price ? null
            : ((usage.Input * price.Input) + (usage.CachedInput * price.CachedInput) + (usage.CacheWrite * price.CacheWrite) + (usage.Output * price.Output)) / Million;
    }

    // anthropic/claude-x[1m], claude-x-20260101, gpt-x-2026-01-01: the provider goes first, then what stands at the end.
    private static string? Shorter(string name)
    {
        if (name.LastIndexOf('/') is >= 0 and var slash)
        {
            return name[(slash + 1)..];
        }

        if (name.EndsWith(']') && name.IndexOf('[', StringComparison.Ordinal) is > 0 and var bracket)
        {
            return name[..bracket];
        }

        return EndsInDate(name, "yyyy-MM-dd") ? name[..^11] : EndsInDate(name, "yyyyMMdd") ? name[..^9] : null;
    }

    private static bool EndsInDate(string name, string format) =>
        name.Length > format.Length + 1 && name[^(format.Length + 1)] == '-'
        && DateOnly.TryParseExact(name.AsSpan(name.Length - format.Length), format, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
}
