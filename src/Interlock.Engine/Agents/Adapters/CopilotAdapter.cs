using System.Text.Json;
using System.Text.Json.Nodes;
using Interlock.Domain.Spending;

namespace Interlock.Engine.Agents.Adapters;

/// <summary>Copilot CLI: its own COPILOT_HOME, where hooks are on without asking for trust.</summary>
internal sealed class CopilotAdapter : IAgentAdapter
{
    public AdapterProfile Profile { get; } = new("copilot", "github", ["copilot"], "npm install -g @github/copilot, then start copilot once to log in, or set COPILOT_GITHUB_TOKEN")
    {
        Hooks = true,
        Mcp = true,
        Resume = true,
        Usage = true,
        Result = true,
        Variables =
        [
            "COPILOT_GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN", "COPILOT_MODEL", "COPILOT_PROVIDER_BASE_URL", "COPILOT_PROVIDER_TYPE", "COPILOT_PROVIDER_API_KEY",
            "COPILOT_PROVIDER_WIRE_API", "COPILOT_OFFLINE",
        ],
    };

    public void Prepare(AgentHome home, AgentLaunch launch, AgentGuard guard)
    {
        home.Borrow(".copilot/config.json", "copilot/config.json");
        home.Set("COPILOT_HOME", home.Folder("copilot"));
        home.Write("mcp.json", GuardJson.Servers(guard.Server, entry =>
        {
            entry["type"] = "local";
            entry["tools"] = GuardJson.List(["*"]);
        }).ToJsonString());
        File.Delete(home.At("usage.json"));
        if (guard.Hook is { } hook)
        {
            var line = GuardJson.Line(hook, Profile.Name);
            home.Write("copilot/hooks/interlock.json", new JsonObject
            {
                ["version"] = 1,
                ["hooks"] = new JsonObject
                {
                    ["preToolUse"] = new JsonArray(new JsonObject { ["type"] = "command", ["bash"] = line, ["powershell"] = line, ["timeoutSec"] = (long)hook.Timeout.TotalSeconds }),
                },
            }.ToJsonString());
        }
    }

    // Its folder need not be trusted: that is for the hooks of a project, and is refused beside the id of a session.
    public AgentCommand Command(AgentHome home, AgentLaunch launch) => CliCommand.Of(home, launch,
    [
        "-C", launch.Task.Worktree, "--output-format", "json", "--allow-all-tools", "--no-ask-user", "--no-auto-update",
        "--additional-mcp-config", $"@{home.At("mcp.json")}", "--usage-output-file", home.At("usage.json"),
        .. CliCommand.Option("--model", launch.Preset.Model),
        .. launch.Session.IsResumed ? [$"--resume={launch.Session.Id}"] : (string[])["--session-id", launch.Session.Id],
        .. launch.Preset.Args,
    ], launch.Task.Prompt, new Dictionary<string, string> { ["COPILOT_AUTO_UPDATE"] = "false" });

    public IAgentReader Listen(AgentHome home, AgentLaunch launch, AgentGuard guard) => new CopilotReader(launch.Preset.Model, home.At("usage.json"));
}

/// <summary>Copilot's events. Tokens stand only in the file it writes at its end.</summary>
internal sealed class CopilotReader(string? configured, string usageFile) : JsonEventReader
{
    private string said = "";
    private string? fault;
    private int turns;

    protected override IEnumerable<AgentEvent> Translate(JsonElement root)
    {
        var data = root.At("data") ?? default;
        return root.TextAt("type") switch
        {
            "session.start" => [new AgentEvent.Started(data.TextAt("sessionId") ?? root.TextAt("sessionId"), data.TextAt("selectedModel") ?? configured)],
            "assistant.message" => Said(data.TextAt("content") ?? ""),
            "tool.execution_start" => ToolStarted(data.TextAt("toolCallId"), data.TextAt("toolName"), ToolInput.Paths(data.At("arguments")), data.At("arguments")),
            "tool.execution_complete" => ToolFinished(data.TextAt("toolCallId"), data.TextAt("toolName"), data.At("success") is { ValueKind: JsonValueKind.False }, output: data.At("result") ?? data.At("error")),
            "session.error" => Failed(data.MessageAt("message") ?? data.MessageAt("error") ?? root.MessageAt("error")),
            "result" => Result(root),
            _ => [],
        };
    }

    public override IEnumerable<AgentEvent> Close(int? exitCode)
    {
        JsonElement report;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(usageFile));
            report = document.RootElement.Clone();
        }
        catch (Exception error) when (error is IOException or JsonException or UnauthorizedAccessException)
        {
            // Killed before it wrote the file: its tokens are not known.
            yield break;
        }

        var models = report.At("modelMetrics") is { ValueKind: JsonValueKind.Object } all ? all.EnumerateObject().ToList() : [];
        var total = Usage.None;
        foreach (var entry in models)
        {
            if (entry.Value.At("usage") is { } used)
            {
                var (cached, written) = (used.CountAt("cacheReadTokens"), used.CountAt("cacheWriteTokens"));
                total += new Usage(Math.Max(0, used.CountAt("inputTokens") - cached - written), cached, written, used.CountAt("outputTokens"), used.CountAt("reasoningTokens"));
            }
        }

        yield return new AgentEvent.Used(new UsageReport(total with { Turns = turns }, UsageScope.Attempt, Model: models is [var only] ? only.Name : configured));
    }

    private IEnumerable<AgentEvent> Said(string text)
    {
        turns++;
        said = text.Length > 0 ? text : said;
        yield return new AgentEvent.Used(new UsageReport(new Usage(Turns: 1), UsageScope.Step));
        yield return new AgentEvent.Text(text);
    }

    private IEnumerable<AgentEvent> Failed(string? message)
    {
        fault = message ?? "the session failed";
        return Fault(message);
    }

    private IEnumerable<AgentEvent> Result(JsonElement root)
    {
        if (root.TextAt("sessionId") is { } session)
        {
            yield return new AgentEvent.Started(session, null);
        }

        var ok = root.NumberAt("exitCode") == 0 && fault is null;
        yield return new AgentEvent.Result(ok, ok ? said : fault ?? $"the session ended with code {root.NumberAt("exitCode")}");
    }
}
