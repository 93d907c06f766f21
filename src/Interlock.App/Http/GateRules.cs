namespace Interlock.App.Http;

/// <summary>What the gate looks at in a request, before any of it is read.</summary>
/// <param name="Hosts">Every value of the header; a well-formed request has one.</param>
internal sealed record Knock(
    string Method, string Path, IReadOnlyList<string> Hosts, IReadOnlyList<string> Origins, IReadOnlyList<string> Authorizations, string? ContentType, long? Length);

/// <summary>
/// Keeps web pages and strangers out of the local server. A page that makes its name point here still names itself as host
/// or origin; a program of another user has no token. There is no CORS answer at all, so no page may read one.
/// </summary>
internal static class GateRules
{
    public const long MaxBody = 1024 * 1024;

    private const string Bearer = "Bearer ";

    /// <summary>The status that turns the request away and why, or who may pass.</summary>
    /// <param name="authorities">The names under which the server is bound.</param>
    public static (int Status, string Why, Caller? Caller) Check(Knock knock, IReadOnlyCollection<string> authorities, Func<string, Caller?> open)
    {
        if (knock.Hosts.Count != 1 || !authorities.Contains(knock.Hosts[0], StringComparer.OrdinalIgnoreCase))
        {
            return (403, "this server answers only under its own address", null);
        }

        if (knock.Origins.Any(origin => !authorities.Any(authority => string.Equals(origin, $"http://{authority}", StringComparison.OrdinalIgnoreCase))))
        {
            return (403, "requests of other web pages are not answered", null);
        }

        if (knock.Authorizations.Count != 1 || !knock.Authorizations[0].StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            || open(knock.Authorizations[0][Bearer.Length..].Trim()) is not { } caller)
        {
            return (401, "a bearer token of this server is needed", null);
        }

        if (knock.Method is not ("GET" or "POST" or "DELETE"))
        {
            return (405, "only GET, POST and DELETE are answered", null);
        }

        if (knock.Method == "POST" && !IsJson(knock.ContentType))
        {
            return (415, "the body has to be application/json", null);
        }

        return knock.Length > MaxBody ? (413, "the body is larger than 1 MB", null)
            : MaySpeak(caller, knock.Path) ? (200, "", caller) : (403, "the token is not that agent's", null);
    }

    /// <summary>Tools are called by agents, each for itself: <c>/mcp/dev-oauth-1</c> takes that agent's token, <c>/mcp</c> any agent's.</summary>
    private static bool MaySpeak(Caller caller, string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 0 || !parts[0].Equals("mcp", StringComparison.OrdinalIgnoreCase)
            || (caller.Agent is { } agent && (parts.Length == 1 || parts[1] == agent.Value));
    }

    private static bool IsJson(string? contentType) =>
        contentType?.Split(';')[0].Trim().Equals("application/json", StringComparison.OrdinalIgnoreCase) == true;
}
