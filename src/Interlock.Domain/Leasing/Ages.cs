using System.Globalization;

namespace Interlock.Domain.Leasing;

/// <summary>Durations as people say them: the two largest units.</summary>
public static class Ages
{
    public static string Text(TimeSpan age)
    {
        age = age < TimeSpan.Zero ? TimeSpan.Zero : age;
        return age switch
        {
            { TotalSeconds: < 10 } => string.Create(CultureInfo.InvariantCulture, $"{age.TotalSeconds:0.0} s"),
            { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalSeconds} s"),
            { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{age.Minutes} min {age.Seconds} s"),
            { TotalDays: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{age.Hours} h {age.Minutes} min"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalDays} d {age.Hours} h"),
        };
    }

    /// <summary>An expected time: to the minute from ten minutes on, and without a smaller unit that is nothing.</summary>
    public static string Estimate(TimeSpan time)
    {
        var whole = TimeSpan.FromSeconds(Math.Round(time.TotalSeconds, MidpointRounding.AwayFromZero));
        whole = whole.TotalMinutes < 10 ? whole : TimeSpan.FromMinutes(Math.Round(whole.TotalMinutes, MidpointRounding.AwayFromZero));
        return whole switch
        {
            { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{whole.Seconds} s"),
            { TotalHours: < 1 } => Units(whole.Minutes, "min", whole.Seconds, "s"),
            { TotalDays: < 1 } => Units(whole.Hours, "h", whole.Minutes, "min"),
            _ => Units((int)whole.TotalDays, "d", whole.Hours, "h"),
        };
    }

    private static string Units(int large, string largeUnit, int small, string smallUnit) => small == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{large} {largeUnit}")
        : string.Create(CultureInfo.InvariantCulture, $"{large} {largeUnit} {small} {smallUnit}");
}
