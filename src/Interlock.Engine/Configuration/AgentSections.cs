using Interlock.Domain.Spending;

namespace Interlock.Engine.Configuration;

/// <summary>What an agent is unless said otherwise.</summary>
public sealed record AgentSection
{
    /// <summary>Name of an adapter, or of an entry of <c>agents</c>.</summary>
    public string Adapter { get; set; } = "shell";

    /// <summary>Needed by the adapters that are configured whole: <c>shell</c> and <c>acp</c>.</summary>
    public CommandLine? Command { get; set; }

    public string? Model { get; set; }
    public IReadOnlyList<string> Args { get; set; } = [];
    public IReadOnlyList<string> Environment { get; set; } = [];
    public string? ApiKeyEnv { get; set; }

    /// <summary>Others to work with while this one's provider does not serve, in order.</summary>
    public IReadOnlyList<string> Fallback { get; set; } = [];

    /// <summary>Wall clock one attempt may take.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(60);

    /// <summary>How long it may print nothing.</summary>
    public TimeSpan Silence { get; set; } = TimeSpan.FromMinutes(20);
}

/// <summary>A named way to run an agent.</summary>
public sealed record NamedAgentSection
{
    /// <summary>Null when the entry is called like its adapter.</summary>
    public string? Adapter { get; set; }

    public CommandLine? Command { get; set; }
    public string? Model { get; set; }
    public IReadOnlyList<string> Args { get; set; } = [];
    public IReadOnlyList<string> Environment { get; set; } = [];
    public string? ApiKeyEnv { get; set; }
    public IReadOnlyList<string> Fallback { get; set; } = [];
}

public sealed record BudgetSection
{
    public BudgetEntry? Task { get; set; }
    public BudgetEntry? Story { get; set; }
    public BudgetEntry? Agent { get; set; }
    public BudgetEntry? Day { get; set; }
}

public sealed record BudgetEntry
{
    public decimal? Usd { get; set; }
    public long? Tokens { get; set; }
    public int? Turns { get; set; }
    public TimeSpan? Time { get; set; }

    public Budget ToBudget() => new(Usd, Tokens, Turns, Time);
}

/// <summary>Prices in US dollars for a million tokens.</summary>
public sealed record PriceEntry
{
    public required decimal Input { get; set; }
    public required decimal Output { get; set; }

    /// <summary>That of fresh input when null.</summary>
    public decimal? CachedInput { get; set; }

    public decimal? CacheWrite { get; set; }

    public Price ToPrice() => new(Input, CachedInput ?? Input, CacheWrite ?? Input, Output);
}
