using System.CommandLine;
using System.Globalization;
using Interlock.Engine.Configuration;

namespace Interlock.App.Cli;

/// <summary>Points in time as people write them: a time of day, a date, or how long ago.</summary>
internal static class Moments
{
    public const string Forms = "15m (that long ago), 14:30, 2026-03-01 or 2026-03-01T14:30:00Z; without a zone it is yours";

    /// <summary>Null when the text is none of the forms.</summary>
    public static DateTimeOffset? TryParse(string text, DateTimeOffset now) =>
        DurationConverter.TryParse(text) is { } ago ? now - ago
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var at) ? at
        : null;

    public static Option<string> Option(string name, string description) => new(name) { Description = $"{description}: {Forms}", HelpName = "TIME" };

    /// <summary>Null when the option was not given.</summary>
    /// <exception cref="Interlock.Engine.BadInputException">It cannot be read.</exception>
    public static DateTimeOffset? Read(VerbContext context, Option<string> option) => context.Parse.GetValue(option) is not { } text
        ? null
        : TryParse(text, context.Protocol.Clock.Now) ?? throw new BadInputException($"'{text}' is no point in time", $"Write {Forms}", ExitCodes.Usage);
}
