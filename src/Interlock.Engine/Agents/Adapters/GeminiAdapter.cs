using System.Text.Json;
using System.Text.Json.Nodes;
using Interlock.Domain.Spending;

namespace Interlock.Engine.Agents.Adapters;

/// <summary>Gemini CLI: its own home with settings.json.</summary>
internal sealed class GeminiAdapter : IAgentAdapter
{
    public AdapterProfile Profile { get; } = new("gemini", "google", ["gemini"], "npm install -g @google/gemini-cli, then start gemini once to log in, or set GEMINI_API_KEY")
    {
        Hooks = true,
        Mcp = true,
        Resume = true,
        ResumesInPlaceOnly = true,
        Usage = true,
        Sandbox = true,
        Result = true,
        Variables = ["GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GEMINI_BASE_URL", "GOOGLE_CLOUD_PROJECT", "GOOGLE_GENAI_USE_VERTEXAI"],
    };

    public void Prepare(AgentHome home, AgentLaunch launch, AgentGuard guard)
    {
        home.Set("GEMINI_CLI_HOME", home.Folder("gemini"));
        home.Borrow(".gemini/oauth_creds.json", "gemini/.gemini/oauth_creds.json");
        home.Borrow(".gemini/google_accounts.json", "gemini/.gemini/google_accounts.json");
        var byKey = !File.Exists(home.At("gemini/.gemini/oauth_creds.json"));
        var settings = GuardJson.Servers(guard.Server, entry => entry["trust"] = true);
        settings["security"] = new JsonObject { ["auth"] = new JsonObject { ["selectedType"] = byKey ? "gemini-api-key" : "oauth-personal" } };
        settings["privacy"] = new JsonObject { ["usageStatisticsEnabled"] = false };
        settings["telemetry"] = new JsonObject { ["enabled"] = false };
        settings["general"] = new JsonObject { ["enableAutoUpdate"] = false };
        settings["context"] = new JsonObject { ["fileName"] = GuardJson.List(["AGENTS.md", "GEMINI.md"]) };
        if (guard.Hook is { } hook)
        {
            settings["hooks"] = GuardJson.Hooks(hook, Profile.Name, "BeforeTool", "write_file|replace|run_shell_command", (long)hook.Timeout.TotalMilliseconds);
        }

        home.Write("gemini/.gemini/settings.json", settings.ToJsonString());
    }

    // Trust, or the settings with their hooks are ignored; no relaunch, or a signal reaches the wrong process.
    public AgentCommand Command(AgentHome home, AgentLaunch launch) => CliCommand.Of(home, launch,
    [
        "-o", "stream-json", "--approval-mode", "yolo",
        .. CliCommand.Option("-m", launch.Preset.Model),
        .. launch.Session.IsResumed ? ["--resume", launch.Session.Id] : (string[])["--session-id", launch.Session.Id],
        .. launch.Preset.Args,
    ], launch.Task.Prompt, new Dictionary<string, string> { ["GEMINI_CLI_TRUST_WORKSPACE"] = "true", ["GEMINI_CLI_NO_RELAUNCH"] = "true" });

    public IAgentReader Listen(AgentHome home, AgentLaunch launch, AgentGuard guard) => new GeminiReader(launch.Preset.Model);
}

internal sealed class GeminiReader(string? configured) : JsonEventReader
{
    private string? model = configured;
    private string said = "";

    protected override IEnumerable<AgentEvent> Translate(JsonElement root) => root.TextAt("type") switch
    {
        "init" => Init(root),
        "message" when root.TextAt("role") is null or "assistant" or "model" => Said(root),
        "tool_use" => ToolStarted(Call(root), root.TextAt("tool_name") ?? root.TextAt("name"), ToolInput.Paths(root.At("parameters") ?? root.At("args")), root.At("parameters") ?? root.At("args")),
        "tool_result" => ToolFinished(Call(root), null, root.TextAt("status") is not (null or "success"), output: root.At("output") ?? root.At("error")),
        "error" => Fault(root.MessageAt("error") ?? root.TextAt("message")),
        "result" => Result(root),
        _ => [],
    };

    private static string? Call(JsonElement root) => root.TextAt("tool_id") ?? root.TextAt("id");

    private IEnumerable<AgentEvent> Init(JsonElement root)
    {
        model = root.TextAt("model") ?? model;
        yield return new AgentEvent.Started(root.TextAt("session_id"), model);
    }

    private IEnumerable<AgentEvent> Said(JsonElement root)
    {
        var part = root.TextAt("content") ?? "";
        said = root.IsTrue("delta") ? (said.Length < LineSplitter.Longest ? said + part : said) : part;
        yield return new AgentEvent.Text(part);
    }

    private IEnumerable<AgentEvent> Result(JsonElement root)
    {
        if (root.At("stats") is { } stats)
        {
            // The total also holds thoughts, which are billed as output; input holds what came from the cache.
            var (input, output, cached) = (stats.CountAt("input_tokens"), stats.CountAt("output_tokens"), stats.CountAt("cached"));
            var thoughts = Math.Max(0, stats.CountAt("total_tokens") - input - output);
            yield return new AgentEvent.Used(new UsageReport(
                new Usage(Math.Max(0, input - cached), cached, 0, output + thoughts, thoughts, 1), UsageScope.Attempt, Model: model));
        }

        var ok = root.TextAt("status") is null or "success";
        var text = ok ? said : root.MessageAt("error") ?? "the turn failed";
        foreach (var fault in ok ? [] : Fault(text))
        {
            yield return fault;
        }

        yield return new AgentEvent.Result(ok, text);
    }
}
