namespace Interlock.Domain.Guarding;

/// <summary>The agent CLIs that ask before a tool runs. Each asks, and wants to be answered, in a form of its own.</summary>
public enum GuardedCli
{
    /// <summary>Any program: a path in, JSON and an exit code out.</summary>
    Generic,
    Cursor,
    Claude,
    Codex,
    Gemini,
    Qwen,
    Copilot,
    Goose,
    OpenCode,
}

/// <summary>The words for <see cref="GuardedCli"/> on the command line and in configuration.</summary>
public static class GuardedClis
{
    private static readonly Dictionary<string, GuardedCli> ByWord = Enum.GetValues<GuardedCli>().ToDictionary(cli => cli.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    /// <summary>Every word, in alphabetical order.</summary>
    public static IReadOnlyList<string> Words { get; } = [.. ByWord.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Null for a word that names none. A CLI is known by the name of its program too.</summary>
    public static GuardedCli? TryParse(string? word) => word == "cursor-agent" ? GuardedCli.Cursor : word is not null && ByWord.TryGetValue(word, out var cli) ? cli : null;

    /// <summary>The word that <see cref="TryParse"/> reads back.</summary>
    public static string Word(this GuardedCli cli) => cli.ToString().ToLowerInvariant();
}
