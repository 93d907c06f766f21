using System.Text.Json;
using System.Text.Json.Nodes;
using Interlock.Domain.Spending;

namespace Interlock.Engine.Agents.Adapters;

/// <summary>Goose: sessions by name, state below a folder of its own.</summary>
internal sealed class GooseAdapter : IAgentAdapter
{
    public AdapterProfile Profile { get; } = new("goose", "goose", ["goose"], "see https://block.github.io/goose for the installer, then: goose configure")
    {
        Hooks = true,
        Mcp = true,
        Resume = true,
        Usage = true,
        Result = true,
        Variables = ["GOOSE_PROVIDER", "GOOSE_MODEL", "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "OPENROUTER_API_KEY", "OPENAI_HOST"],
    };

    public void Prepare(AgentHome home, AgentLaunch launch, AgentGuard guard)
    {
        home.Set("GOOSE_PATH_ROOT", home.Folder("goose"));
        home.Borrow(".config/goose/config.yaml", "goose/config/config.yaml");
        home.Borrow(".config/goose/secrets.yaml", "goose/config/secrets.yaml");
        if (guard.Hook is { } hook)
        {
            // It reads plugins from the repository only.
            home.Lend(".agents/plugins/interlock/plugin.json", new JsonObject { ["name"] = "interlock", ["version"] = "1.0.0" }.ToJsonString());
            var hooks = GuardJson.Hooks(hook, Profile.Name, "PreToolUse", "developer__(write|edit|text_editor|shell)", (long)hook.Timeout.TotalSeconds);
            hooks["PreToolUse"]![0]!["hooks"]![0]!["on_failure"] = "block";
            home.Lend(".agents/plugins/interlock/hooks/hooks.json", new JsonObject { ["hooks"] = hooks }.ToJsonString());
        }

        // A command line is split at spaces by goose, so what starts the server is a word without any.
        if (guard.Server is { } server)
        {
            var variables = string.Join('\n', server.Environment.Select(entry => $"export {entry.Key}='{entry.Value.Replace("'", "'\\''", StringComparison.Ordinal)}'"));
            var command = string.Join(' ', server.Command.Select(word => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'"));
            home.Write("mcp.sh", $"{variables}\nexec {command}\n");
        }
    }

    public AgentCommand Command(AgentHome home, AgentLaunch launch) => CliCommand.Of(home, launch,
    [
        "run", "--quiet", "--output-format", "stream-json", "--with-builtin", "developer", "--name", launch.Session.Id,
        .. launch.Session.IsResumed ? ["--resume"] : Array.Empty<string>(),
        .. File.Exists(home.At("mcp.sh")) ? ["--with-extension", $"sh {home.At("mcp.sh")}"] : Array.Empty<string>(),
        .. CliCommand.Option("--model", launch.Preset.Model),
        .. launch.Preset.Args,
        "-i", "-",
    ], launch.Task.Prompt, new Dictionary<string, string> { ["GOOSE_MODE"] = "auto", ["GOOSE_DISABLE_KEYRING"] = "1" });

    public IAgentReader Listen(AgentHome home, AgentLaunch launch, AgentGuard guard) => new GooseReader(launch);
}

/// <summary>Goose's messages. It counts tokens without saying which were what.</summary>
internal sealed class GooseReader(AgentLaunch launch) : JsonEventReader
{
    private string said = "";
    private bool begun;

    protected override IEnumerable<AgentEvent> Translate(JsonElement root)
    {
        if (!begun)
        {
            begun = true;
            yield return new AgentEvent.Started(launch.Session.Id, launch.Preset.Model);
        }

        var events = root.TextAt("type") switch
        {
            "message" => Message(root.At("message")),
            "error" => Fault(root.MessageAt("error")).Append(new AgentEvent.Result(false, root.MessageAt("error") ?? "the run failed")),
            "complete" => Complete(root.CountAt("total_tokens")),
            _ => [],
        };
        foreach (var entry in events)
        {
            yield return entry;
        }
    }

    private IEnumerable<AgentEvent> Message(JsonElement? message)
    {
        if (message is not { } said)
        {
            yield break;
        }

        if (said.TextAt("role") == "assistant")
        {
            yield return new AgentEvent.Used(new UsageReport(new Usage(Turns: 1), UsageScope.Step));
        }

        foreach (var part in said.ListAt("content"))
        {
            foreach (var entry in Part(part))
            {
                yield return entry;
            }
        }
    }

    private IEnumerable<AgentEvent> Part(JsonElement part)
    {
        switch (part.TextAt("type"))
        {
            case "text":
                said = part.TextAt("text") ?? said;
                return [new AgentEvent.Text(said)];
            case "toolRequest":
                var call = part.At("toolCall")?.At("value");
                return ToolStarted(part.TextAt("id"), call?.TextAt("name"), ToolInput.Paths(call?.At("arguments")), call?.At("arguments"));
            case "toolResponse":
                return ToolFinished(part.TextAt("id"), null, part.At("toolResult")?.TextAt("status") == "error", output: part.At("toolResult"));
            default:
                return [];
        }
    }

    private IEnumerable<AgentEvent> Complete(long tokens) =>
        [new AgentEvent.Used(new UsageReport(Usage.None with { Unsplit = tokens }, UsageScope.Session, Model: launch.Preset.Model)), new AgentEvent.Result(true, said)];
}
