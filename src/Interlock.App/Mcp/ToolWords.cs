using System.Text.RegularExpressions;

namespace Interlock.App.Mcp;

/// <summary>Advice for people in front of a shell, said for a model that has tools.</summary>
internal static partial class ToolWords
{
    private static readonly Dictionary<string, string> Tools = new(StringComparer.Ordinal)
    {
        ["next"] = "next_task",
        ["claim"] = "claim_task",
        ["renew"] = "renew",
        ["extend"] = "extend_files",
        ["complete"] = "complete_task",
        ["fail"] = "fail_task",
        ["block"] = "block_task",
        ["release"] = "release_task",
        ["send"] = "send_message",
        ["inbox"] = "read_messages",
        ["status"] = "story_status",
        ["explain"] = "explain_task",
    };

    /// <summary>Verbs become tools where there is one; the others are a person's to type.</summary>
    public static string Of(string hint) => Verb().Replace(hint, match =>
        !Tools.TryGetValue(match.Groups["verb"].Value, out var tool) ? $"a person can run {match.Value}"
        : tool + (match.Groups["task"].Value is { Length: > 0 } task ? $" for {task}" : "")
            + (match.Value.Contains("--no-code", StringComparison.Ordinal) ? " with no_code and a reason" : ""));

    // Options mean nothing to a tool; those that matter are among its arguments.
    [GeneratedRegex("""interlock (?<verb>[a-z]+)( (?<task>[0-9][A-Za-z0-9._-]*))?( --[a-z-]+( "[^"]*"| [^\s;,-][^\s;,]*)?)*""", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Verb();
}
