using Interlock.Domain.Guarding;

namespace Interlock.Engine.Guarding;

/// <summary>Where each CLI reads its hooks.</summary>
public static class HookPlaces
{
    private static readonly Dictionary<GuardedCli, (string? Home, string Project)> Places = new()
    {
        [GuardedCli.Cursor] = (".cursor/hooks.json", ".cursor/hooks.json"),

        // The local file is a person's own: a path of this machine has no place in what a team shares.
        [GuardedCli.Claude] = (".claude/settings.json", ".claude/settings.local.json"),
        [GuardedCli.Codex] = (".codex/hooks.json", ".codex/hooks.json"),
        [GuardedCli.Gemini] = (".gemini/settings.json", ".gemini/settings.json"),
        [GuardedCli.Qwen] = (".qwen/settings.json", ".qwen/settings.json"),
        [GuardedCli.OpenCode] = (".config/opencode/plugins/interlock.js", ".opencode/plugins/interlock.js"),
        [GuardedCli.Copilot] = (".copilot/hooks/interlock.json", ".github/hooks/interlock.json"),
        [GuardedCli.Goose] = (null, ".agents/plugins/interlock/hooks/hooks.json"),
    };

    public static IReadOnlyList<GuardedCli> Clis { get; } = [.. Places.Keys];

    public static IReadOnlyList<string> Words { get; } = [.. Places.Keys.Select(cli => cli.Word()).Order(StringComparer.Ordinal)];

    /// <summary>In a home, be it a person's or one made for a run; null when the CLI reads none there.</summary>
    public static string? InHome(GuardedCli cli, string home) => Places[cli].Home is { } path ? Path.Combine(home, path) : null;

    public static string InProject(GuardedCli cli, string root) => Path.Combine(root, Places[cli].Project);

    /// <summary>What a person has to know besides; null when the hook simply works.</summary>
    public static string? Caveat(GuardedCli cli, bool project) => cli switch
    {
        GuardedCli.Codex => "Codex runs hooks only once they are trusted: accept them when it asks, or start it with --dangerously-bypass-hook-trust",
        GuardedCli.Gemini when project => "Gemini reads a project's settings only in a trusted folder",
        GuardedCli.Copilot when project => "Copilot reads a project's hooks only with --trust-folder",
        GuardedCli.OpenCode => "OpenCode loads no plugins with --pure",
        GuardedCli.Claude => "Claude Code runs no hooks with --bare",
        _ => null,
    };
}
