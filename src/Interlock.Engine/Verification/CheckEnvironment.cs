using Interlock.Engine.Agents;

namespace Interlock.Engine.Verification;

/// <summary>What checks know of our environment: what any child knows, less what differs from login to login and would make every answer a new one.</summary>
internal static class CheckEnvironment
{
    private static readonly string[] OfTheLogin = ["XDG_SESSION_", "XDG_VTNR", "XDG_SEAT"];

    public static IReadOnlyDictionary<string, string> Build(IReadOnlyCollection<string> passThrough) =>
        ChildEnvironment.Build(passThrough, new Dictionary<string, string> { ["CI"] = "true", ["TERM"] = "dumb" })
            .Where(entry => passThrough.Contains(entry.Key) || !Array.Exists(OfTheLogin, start => entry.Key.StartsWith(start, StringComparison.Ordinal)))
            .ToDictionary(StringComparer.Ordinal);
}
