using System.Text.Json.Nodes;

namespace Interlock.Engine.Agents.Adapters;

/// <summary>Qwen Code: its own home, because it rewrites the settings of the project it finds.</summary>
internal sealed class QwenAdapter : IAgentAdapter
{
    public AdapterProfile Profile { get; } = new("qwen", "qwen", ["qwen"], "npm install -g @qwen-code/qwen-code, and set OPENAI_API_KEY, OPENAI_BASE_URL and OPENAI_MODEL")
    {
        Hooks = true,
        Mcp = true,
        Resume = true,
        ResumesInPlaceOnly = true,
        Usage = true,
        Sandbox = true,
        Result = true,
        Variables = ["OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL", "DASHSCOPE_API_KEY"],
    };

    public void Prepare(AgentHome home, AgentLaunch launch, AgentGuard guard)
    {
        home.Set("QWEN_HOME", home.Folder("qwen"));
        home.Borrow(".qwen/oauth_creds.json", "qwen/oauth_creds.json");
        var byKey = !File.Exists(home.At("qwen/oauth_creds.json"));
        var settings = GuardJson.Servers(guard.Server, entry => entry["trust"] = true);
        settings["security"] = new JsonObject { ["auth"] = new JsonObject { ["selectedType"] = byKey ? "openai" : "qwen-oauth" } };
        settings["privacy"] = new JsonObject { ["usageStatisticsEnabled"] = false };
        settings["telemetry"] = new JsonObject { ["enabled"] = false };
        settings["general"] = new JsonObject { ["enableAutoUpdate"] = false };
        settings["tools"] = new JsonObject { ["toolSearch"] = new JsonObject { ["enabled"] = false } };
        settings["memory"] = new JsonObject { ["enableManagedAutoMemory"] = false, ["enableManagedAutoDream"] = false };
        if (guard.Hook is { } hook)
        {
            settings["hooks"] = GuardJson.Hooks(hook, Profile.Name, "PreToolUse", "edit|write_file|replace|run_shell_command", (long)hook.Timeout.TotalMilliseconds);
        }

        home.Write("qwen/settings.json", settings.ToJsonString());
    }

    public AgentCommand Command(AgentHome home, AgentLaunch launch) => CliCommand.Of(home, launch,
    [
        "-o", "stream-json", "--approval-mode", "yolo",
        .. CliCommand.Option("-m", launch.Preset.Model),
        .. launch.Session.IsResumed ? ["--resume", launch.Session.Id] : (string[])["--session-id", launch.Session.Id],
        .. launch.Preset.Args,
    ], launch.Task.Prompt);

    public IAgentReader Listen(AgentHome home, AgentLaunch launch, AgentGuard guard) => new ClaudeReader(new ClaudeDialect(CachedInside: true));
}
