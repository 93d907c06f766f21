using System.Text.Json.Nodes;

namespace Interlock.Engine.Agents.Adapters;

/// <summary>Claude Code: everything by its own configuration folder and files named on the command line, nothing in the worktree.</summary>
internal sealed class ClaudeAdapter : IAgentAdapter
{
    public AdapterProfile Profile { get; } = new("claude", "anthropic", ["claude"], "npm install -g @anthropic-ai/claude-code, then start claude once to log in")
    {
        Hooks = true,
        Mcp = true,
        Resume = true,
        Usage = true,
        Cost = true,
        Sandbox = true,
        Result = true,
        StopsOnInterrupt = true,
        Variables = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_BASE_URL", "ANTHROPIC_MODEL", "CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX"],
    };

    public void Prepare(AgentHome home, AgentLaunch launch, AgentGuard guard)
    {
        home.Borrow(".claude/.credentials.json", "claude/.credentials.json");
        home.Set("CLAUDE_CONFIG_DIR", home.Folder("claude"));
        home.Write("mcp.json", GuardJson.Servers(guard.Server, entry =>
        {
            entry["type"] = "stdio";

            // Else the tools hide behind a search that the model has to think of.
            entry["alwaysLoad"] = true;
        }).ToJsonString());
        var settings = new JsonObject { ["includeCoAuthoredBy"] = false };
        if (guard.Hook is { } hook)
        {
            settings["hooks"] = GuardJson.Hooks(hook, Profile.Name, "PreToolUse", "Edit|MultiEdit|Write|NotebookEdit|Bash", (long)hook.Timeout.TotalSeconds);
        }

        home.Write("settings.json", settings.ToJsonString());
        if (launch.Session is { IsResumed: true, From: { } from })
        {
            CarrySession(home, launch.Session.Id, from, launch.Task.Worktree);
        }
    }

    public AgentCommand Command(AgentHome home, AgentLaunch launch) => CliCommand.Of(home, launch,
    [
        "-p", "--output-format", "stream-json", "--verbose", "--permission-mode", "acceptEdits",
        "--mcp-config", home.At("mcp.json"), "--strict-mcp-config", "--settings", home.At("settings.json"), "--allowedTools", "mcp__interlock,Bash",
        .. CliCommand.Option("--model", launch.Preset.Model),
        .. launch.Session.IsResumed ? ["--resume", launch.Session.Id] : (string[])["--session-id", launch.Session.Id],
        .. launch.Preset.Args,
    ], launch.Task.Prompt, new Dictionary<string, string>
    {
        ["DISABLE_AUTOUPDATER"] = "1",
        ["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1",
        ["ENABLE_TOOL_SEARCH"] = "false",
    });

    public IAgentReader Listen(AgentHome home, AgentLaunch launch, AgentGuard guard) => new ClaudeReader(new ClaudeDialect());

    // Sessions are kept by working directory, and the next attempt has a worktree of another name.
    private static void CarrySession(AgentHome home, string session, string from, string to)
    {
        var old = home.At($"claude/projects/{FolderOf(from)}/{session}.jsonl");
        if (from != to && File.Exists(old))
        {
            File.Copy(old, Path.Combine(home.Folder($"claude/projects/{FolderOf(to)}"), $"{session}.jsonl"), overwrite: true);
        }
    }

    private static string FolderOf(string directory) => string.Concat(directory.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-'));
}
