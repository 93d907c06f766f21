using System.Text.Json;
using System.Text.Json.Nodes;
using Interlock.Domain.Spending;

namespace Interlock.Engine.Agents.Adapters;

/// <summary>OpenCode: one configuration file and its own data folders, since several first starts on one home break each other.</summary>
internal sealed class OpenCodeAdapter : IAgentAdapter
{
    public AdapterProfile Profile { get; } = new("opencode", "opencode", ["opencode"], "npm install -g opencode-ai, then: opencode auth login")
    {
        Hooks = true,
        Mcp = true,
        Resume = true,
        Usage = true,
        Cost = true,
        Result = true,
        Variables = ["OPENCODE_API_KEY", "ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY", "OPENROUTER_API_KEY"],
    };

    public void Prepare(AgentHome home, AgentLaunch launch, AgentGuard guard)
    {
        home.Borrow(".local/share/opencode/auth.json", "data/opencode/auth.json");
        home.Set("XDG_DATA_HOME", home.Folder("data"));
        home.Set("XDG_STATE_HOME", home.Folder("state"));
        home.Set("OPENCODE_CONFIG", home.At("opencode.json"));
        var config = new JsonObject
        {
            ["autoupdate"] = false,
            ["share"] = "disabled",

            // What would be asked is refused, and the run stops without a word.
            ["permission"] = new JsonObject { ["edit"] = "allow", ["bash"] = "allow", ["external_directory"] = "allow" },
        };
        if (guard.Server is { } server)
        {
            config["mcp"] = new JsonObject
            {
                [server.Name] = new JsonObject
                {
                    ["type"] = "local",
                    ["command"] = GuardJson.List(server.Command),
                    ["environment"] = GuardJson.Map(server.Environment),
                    ["enabled"] = true,
                },
            };
        }

        if (guard.Hook is { } hook)
        {
            config["plugin"] = GuardJson.List([new Uri(home.Write("interlock.js", Plugin(hook))).AbsoluteUri]);
        }

        home.Write("opencode.json", config.ToJsonString());
    }

    public AgentCommand Command(AgentHome home, AgentLaunch launch) => CliCommand.Of(home, launch,
    [
        "run", "--format", "json",
        .. CliCommand.Option("-m", launch.Preset.Model),
        .. launch.Session.IsResumed ? ["-s", launch.Session.Id] : Array.Empty<string>(),
        .. launch.Preset.Args,
    ], launch.Task.Prompt, new Dictionary<string, string> { ["OPENCODE_DISABLE_AUTOUPDATE"] = "1", ["OPENCODE_DISABLE_LSP_DOWNLOAD"] = "1" });

    public IAgentReader Listen(AgentHome home, AgentLaunch launch, AgentGuard guard) => new OpenCodeReader(launch.Preset.Model);

    // It has no hook that is a program: a plugin asks ours, and whatever goes wrong there denies.
    private static string Plugin(GuardHook hook) => $$"""
        import { spawnSync } from "node:child_process"
        export const Interlock = async () => ({
          "tool.execute.before": async (input, output) => {
            const asked = spawnSync({{GuardJson.List(hook.Command.Take(1))[0]!.ToJsonString()}}, {{GuardJson.List([.. hook.Command.Skip(1), "opencode"]).ToJsonString()}},
              { input: JSON.stringify({ tool_name: input.tool, tool_input: output.args, session_id: input.sessionID }), timeout: {{(long)hook.Timeout.TotalMilliseconds}}, encoding: "utf8" })
            if (asked.status !== 0) throw new Error((asked.stderr || "").trim() || "the coordinator did not answer, so nothing may be edited")
          },
        })
        """;
}

/// <summary>OpenCode's steps. It has no last word of its own: a step that stops is one, and so is text after the last tool.</summary>
internal sealed class OpenCodeReader(string? model) : JsonEventReader
{
    private string said = "";
    private string? session;
    private bool ended;

    protected override IEnumerable<AgentEvent> Translate(JsonElement root)
    {
        if (session is null && root.TextAt("sessionID") is { } id)
        {
            session = id;
            yield return new AgentEvent.Started(id, model);
        }

        var events = root.TextAt("type") switch
        {
            "text" => Said(root.At("part")?.TextAt("text") ?? ""),
            "tool_use" => Tool(root.At("part")),
            "step_finish" => StepEnded(root.At("part")),
            "error" => Fault(root.MessageAt("error")).Append(new AgentEvent.Result(false, root.MessageAt("error") ?? "the turn failed")),
            _ => [],
        };
        foreach (var entry in events)
        {
            ended |= entry is AgentEvent.Result;
            yield return entry;
        }
    }

    public override IEnumerable<AgentEvent> Close(int? exitCode) => !ended && exitCode == 0 && said.Length > 0 ? [new AgentEvent.Result(true, said)] : [];

    private IEnumerable<AgentEvent> Said(string text)
    {
        said = text;
        yield return new AgentEvent.Text(text);
    }

    private IEnumerable<AgentEvent> Tool(JsonElement? part)
    {
        if (part is not { } call || call.At("state") is not { } state)
        {
            yield break;
        }

        said = "";
        foreach (var entry in ToolStarted(call.TextAt("callID"), call.TextAt("tool"), ToolInput.Paths(state.At("input")), state.At("input"))
            .Concat(ToolFinished(call.TextAt("callID"), null, state.TextAt("status") == "error", output: state.At("output") ?? state.At("error"))))
        {
            yield return entry;
        }
    }

    private IEnumerable<AgentEvent> StepEnded(JsonElement? part)
    {
        if (part is not { } step)
        {
            yield break;
        }

        if (step.At("tokens") is { } tokens)
        {
            var cache = tokens.At("cache");
            var reasoning = tokens.CountAt("reasoning");
            var usage = new Usage(
                tokens.CountAt("input"), cache?.CountAt("read") ?? 0, cache?.CountAt("write") ?? 0, tokens.CountAt("output") + reasoning, reasoning, 1);

            // A model it has no price for costs 0 in its books.
            var cost = step.MoneyAt("cost") is > 0 and var told ? told : (decimal?)null;
            yield return new AgentEvent.Used(new UsageReport(usage, UsageScope.Step, cost, UsageScope.Step, step.TextAt("modelID") ?? model));
        }

        if (step.TextAt("reason") == "stop")
        {
            yield return new AgentEvent.Result(true, said);
        }
    }
}
