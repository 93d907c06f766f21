using System.Globalization;
using System.Text.RegularExpressions;
using Interlock.Domain.Spending;

namespace Interlock.Engine.Agents.Adapters;

/// <summary>Knows a provider's refusal by its words. Asked of errors only: an agent may well write about rate limits.</summary>
public static partial class LimitWords
{
    /// <param name="status">HTTP status, where the CLI tells.</param>
    /// <returns>Null when the error is of another kind.</returns>
    public static ProviderLimit? Find(string? error, int? status = null)
    {
        var text = error ?? "";
        var credit = status == 402 || Credit().IsMatch(text);
        return credit || status is 429 or 529 || Rate().IsMatch(text)
            ? new ProviderLimit(Shown(text), ResetAt(text), ResetIn(text), credit)
            : null;
    }

    private static DateTimeOffset? ResetAt(string text) =>
        Epoch().Match(text) is { Success: true } epoch ? DateTimeOffset.FromUnixTimeSeconds(long.Parse(epoch.Groups[1].Value, CultureInfo.InvariantCulture))
        : Stamp().Match(text) is { Success: true } stamp
            && DateTimeOffset.TryParse(stamp.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at
        : null;

    private static TimeSpan? ResetIn(string text)
    {
        if (Wait().Match(text) is not { Success: true } wait)
        {
            return null;
        }

        var number = double.Parse(wait.Groups[1].Value, CultureInfo.InvariantCulture);
        return wait.Groups[2].Value.ToLowerInvariant() switch
        {
            "ms" => TimeSpan.FromMilliseconds(number),
            ['m', ..] => TimeSpan.FromMinutes(number),
            ['h', ..] => TimeSpan.FromHours(number),
            ['d', ..] => TimeSpan.FromDays(number),
            _ => TimeSpan.FromSeconds(number),
        };
    }

    private static string Shown(string text)
    {
        var line = text.ReplaceLineEndings(" ").Trim();
        return line.Length == 0 ? "the provider refused" : line.Length > 160 ? $"{line[..159]}…" : line;
    }

    [GeneratedRegex(@"rate.?limit|too many requests|\b429\b|\b529\b|overloaded|usage limit|quota|resource.?exhausted|limit reached", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Rate();

    [GeneratedRegex(@"credit balance|out of credit|no credit|insufficient.?(quota|credit|funds|balance)|billing|payment required", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Credit();

    [GeneratedRegex(@"\|\s*(1[0-9]{9})\b", RegexOptions.CultureInvariant)]
    private static partial Regex Epoch();

    [GeneratedRegex(@"\b[0-9]{4}-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9](:[0-9][0-9](\.[0-9]+)?)?(Z|[+-][0-9][0-9]:[0-9][0-9])\b", RegexOptions.CultureInvariant)]
    private static partial Regex Stamp();

    [GeneratedRegex(@"(?:in|after)\s*[:=]?\s*([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*(ms|seconds?|secs?|s|minutes?|mins?|m|hours?|h|days?|d)?\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Wait();
}
