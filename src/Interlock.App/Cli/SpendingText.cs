using System.Globalization;
using System.Text.Json;
using Interlock.Domain.Leasing;
using Interlock.Domain.Spending;

namespace Interlock.App.Cli;

/// <summary>What agents used and which providers refuse, as text and as JSON.</summary>
internal static class SpendingText
{
    /// <summary>"$1.20 in 3 attempts, 12,000 tokens"; null when no model was asked.</summary>
    public static string? Line(IReadOnlyList<AttemptUsage> usages)
    {
        var paid = usages.Where(usage => usage.Provider != Providers.None).ToList();
        if (paid.Count == 0)
        {
            return null;
        }

        var spent = Spent.Of(paid);
        var unknown = spent.Unpriced == 0 ? "" : $", the cost of {(spent.Unpriced == spent.Attempts ? "which" : Counted.Of(spent.Unpriced, "of them", "of them"))} is not known";
        var money = spent.Unpriced == spent.Attempts ? "" : $"{BudgetRules.Dollars(spent.Cost)} in ";
        return $"{money}{Counted.Of(spent.Attempts, "attempt")}{unknown}; {Tokens(spent.Usage)}";
    }

    /// <summary>One line for each of the CLIs that worked, when there were several.</summary>
    public static IEnumerable<string> ByPreset(IReadOnlyList<AttemptUsage> usages)
    {
        var groups = usages.Where(usage => usage.Provider != Providers.None).GroupBy(usage => usage.Preset).OrderBy(group => group.Key, StringComparer.Ordinal).ToList();
        return groups.Count < 2 ? [] : groups.Select(group => $"{group.Key}: {Line([.. group])}");
    }

    public static IEnumerable<string> Limits(IEnumerable<Breaker> breakers, DateTimeOffset now) =>
        breakers.Where(breaker => breaker.Until is not null).Select(breaker => breaker.IsOpen(now)
            ? $"{breaker.Id} {(breaker.NoCredit ? "has no credit left" : "is at its rate limit")}: goes on {Answers.Time(breaker.Until!.Value, now)}. {breaker.Reason}"
            : $"{breaker.Id} refused before; the next agent tries whether it serves again");

    public static void Write(Utf8JsonWriter writer, IReadOnlyList<AttemptUsage> usages)
    {
        writer.WriteStartObject("spent");
        Members(writer, usages);
        writer.WriteStartArray("by_preset");
        foreach (var group in usages.GroupBy(usage => usage.Preset).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            writer.WriteStartObject();
            writer.WriteString("preset", group.Key);
            Members(writer, [.. group]);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("by_task");
        foreach (var group in usages.GroupBy(usage => usage.Task).OrderBy(group => group.Key))
        {
            writer.WriteStartObject();
            writer.WriteString("task_id", group.Key.Value);
            Members(writer, [.. group]);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, IEnumerable<Breaker> breakers, DateTimeOffset now)
    {
        writer.WriteStartArray("providers");
        foreach (var breaker in breakers)
        {
            writer.WriteStartObject();
            writer.WriteString("provider", breaker.Id);
            writer.WriteString("state", breaker.IsOpen(now) ? "limited" : breaker.Until is null ? "serves" : "trying");
            writer.WritePropertyName("until");
            if (breaker.Until is { } until)
            {
                writer.WriteStringValue(until.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            }
            else
            {
                writer.WriteNullValue();
            }

            writer.WriteBoolean("no_credit", breaker.NoCredit);
            writer.WriteString("reason", breaker.Reason);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Members(Utf8JsonWriter writer, IReadOnlyList<AttemptUsage> usages)
    {
        var spent = Spent.Of(usages);
        writer.WriteNumber("attempts", spent.Attempts);

        // Unknown is not nothing: a sum in which something is missing is told as such.
        writer.WriteNumber("usd", spent.Cost);
        writer.WriteNumber("unpriced_attempts", spent.Unpriced);
        writer.WriteNumber("input_tokens", spent.Usage.Input);
        writer.WriteNumber("cached_input_tokens", spent.Usage.CachedInput);
        writer.WriteNumber("cache_write_tokens", spent.Usage.CacheWrite);
        writer.WriteNumber("output_tokens", spent.Usage.Output);
        writer.WriteNumber("reasoning_tokens", spent.Usage.Reasoning);
        writer.WriteNumber("unsplit_tokens", spent.Usage.Unsplit);
        writer.WriteNumber("turns", spent.Usage.Turns);
        writer.WriteNumber("agent_seconds", Math.Round(spent.Time.TotalSeconds, 3));
    }

    private static string Tokens(Usage usage)
    {
        if (usage.Tokens == 0)
        {
            return "tokens not reported";
        }

        (string Name, long Count)[] parts =
        [
            ("in", usage.Input + usage.CacheWrite), ("from cache", usage.CachedInput), ("out", usage.Output), ("of any kind", usage.Unsplit),
        ];
        return $"tokens: {string.Join(", ", parts.Where(part => part.Count > 0).Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Count:N0} {part.Name}")))}";
    }
}
