using System.Text.Json;
using Interlock.Domain.Spending;
using Interlock.Engine.Configuration;

namespace Interlock.Engine.Agents;

/// <summary>What an attempt cost: by the configured price, else as its CLI says, else by the list that comes with the program.</summary>
public sealed class PriceList
{
    private readonly PriceTable own;
    private readonly PriceTable listed;

    private PriceList(PriceTable own, PriceTable listed) => (this.own, this.listed) = (own, listed);

    public static PriceList Read(InterlockConfig config) => new(TableOf(config.Prices), TableOf(Listed()));

    /// <summary>Null when nobody can say.</summary>
    /// <param name="reported">In the CLI's own words.</param>
    public decimal? CostOf(string? model, Usage usage, decimal? reported) => own.CostOf(model, usage) ?? reported ?? (usage.Tokens > 0 ? listed.CostOf(model, usage) : null);

    private static PriceTable TableOf(IReadOnlyDictionary<string, PriceEntry> entries) =>
        new(entries.ToDictionary(entry => entry.Key.ToLowerInvariant(), entry => entry.Value.ToPrice(), StringComparer.Ordinal));

    private static Dictionary<string, PriceEntry> Listed()
    {
        using var list = typeof(PriceList).Assembly.GetManifestResourceStream("prices.json")!;
        return JsonSerializer.Deserialize(list, ConfigJson.Default.DictionaryStringPriceEntry)!;
    }
}
