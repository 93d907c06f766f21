using System.Globalization;
using System.Text;
using System.Text.Json;
using Interlock.Domain.Spending;

namespace Interlock.Engine.Agents.Adapters;

/// <summary>Codex: its own CODEX_HOME with a generated config.toml.</summary>
internal sealed class CodexAdapter : IAgentAdapter
{
    public AdapterProfile Profile { get; } = new("codex", "openai", ["codex"], "npm install -g @openai/codex, then: codex login")
    {
        Hooks = true,
        Mcp = true,
        Resume = true,
        Usage = true,
        Sandbox = true,
        Result = true,
        StopsOnInterrupt = true,
        Variables = ["OPENAI_API_KEY", "CODEX_API_KEY", "OPENAI_BASE_URL"],
    };

    public void Prepare(AgentHome home, AgentLaunch launch, AgentGuard guard)
    {
        home.Borrow(".codex/auth.json", "codex/auth.json");
        home.Set("CODEX_HOME", home.Folder("codex"));

        // Its own sandbox does not start within another, and then it writes nothing at all.
        var config = new StringBuilder("approval_policy = \"never\"\n")
            .Append(CultureInfo.InvariantCulture, $"sandbox_mode = \"{(launch.Confined ? "danger-full-access" : "workspace-write")}\"\n\n[analytics]\nenabled = false\n");
        if (guard.Server is { } server)
        {
            // Without the approval, a tool that asks for it fails: there is nobody to ask. Servers start beside the first turn, which would
            // be without their tools, unless they are required.
            config.Append(CultureInfo.InvariantCulture, $"\n[mcp_servers.{server.Name}]\ncommand = {Text(server.Command[0])}\nargs = [{string.Join(", ", server.Command.Skip(1).Select(Text))}]\n")
                .Append("default_tools_approval_mode = \"approve\"\nrequired = true\nstartup_timeout_sec = 60\n")
                .Append(CultureInfo.InvariantCulture, $"env = {{ {string.Join(", ", server.Environment.Select(entry => $"{Text(entry.Key)} = {Text(entry.Value)}"))} }}\n");
        }

        if (guard.Hook is { } hook)
        {
            config.Append("\n[[hooks.PreToolUse]]\nmatcher = \"apply_patch|Edit|Write|Bash\"\n[[hooks.PreToolUse.hooks]]\ntype = \"command\"\n")
                .Append(CultureInfo.InvariantCulture, $"command = {Text(GuardJson.Line(hook, Profile.Name))}\ntimeout = {(long)hook.Timeout.TotalSeconds}\n");
        }

        home.Write("codex/config.toml", config.ToString());
    }

    // Untrusted hooks are skipped without a word; these are ours.
    public AgentCommand Command(AgentHome home, AgentLaunch launch) => CliCommand.Of(home, launch,
    [
        "exec",
        .. launch.Session.IsResumed ? ["resume", launch.Session.Id] : Array.Empty<string>(),
        "--json", "--dangerously-bypass-hook-trust",
        .. launch.Session.IsResumed ? [] : (string[])["-C", launch.Task.Worktree],
        .. CliCommand.Option("-m", launch.Preset.Model),
        .. launch.Preset.Args,
        "-",
    ], launch.Task.Prompt);

    public IAgentReader Listen(AgentHome home, AgentLaunch launch, AgentGuard guard) => new CodexReader(launch.Preset.Model);

    // A basic string of TOML is a JSON string but for a few escapes, which Encode does not make.
    private static string Text(string value) => $"\"{JsonEncodedText.Encode(value)}\"";
}

/// <summary>Codex's items. Usage is the running total of the thread, and input holds what came from the cache.</summary>
internal sealed class CodexReader(string? model) : JsonEventReader
{
    private string said = "";

    protected override IEnumerable<AgentEvent> Translate(JsonElement root) => root.TextAt("type") switch
    {
        "thread.started" => [new AgentEvent.Started(root.TextAt("thread_id"), model)],
        "item.started" => Item(root.At("item"), started: true),
        "item.completed" => Item(root.At("item"), started: false),
        "turn.completed" => Completed(root.At("usage")),
        "turn.failed" => Failed(root.MessageAt("error")),
        "error" => Fault(root.TextAt("message") ?? root.MessageAt("error")),
        _ => [],
    };

    private IEnumerable<AgentEvent> Item(JsonElement? part, bool started)
    {
        if (part is not { } item)
        {
            return [];
        }

        var (id, kind) = (item.TextAt("id"), item.TextAt("type"));
        switch (kind)
        {
            case "agent_message" when !started:
                said = item.TextAt("text") ?? said;
                return [new AgentEvent.Text(said)];
            case "error" when !started:
                return Fault(item.TextAt("message"));
            case "file_change":
            case "command_execution":
            case "mcp_tool_call":
            case "web_search":
                var name = kind == "mcp_tool_call" ? item.TextAt("tool") : kind;
                List<string> paths = [.. item.ListAt("changes").Select(change => change.TextAt("path")).OfType<string>()];
                var failed = item.TextAt("status") is "failed" or "declined" || item.NumberAt("exit_code") != 0;
                return started ? ToolStarted(id, name, paths, item.At("command") ?? item.At("arguments") ?? item.At("query")) : ToolFinished(id, name, failed, paths, item.At("aggregated_output") ?? item.At("result"));
            default:
                return [];
        }
    }

    private IEnumerable<AgentEvent> Completed(JsonElement? usage)
    {
        if (usage is { } used)
        {
            var (cached, written) = (used.CountAt("cached_input_tokens"), used.CountAt("cache_write_input_tokens"));
            yield return new AgentEvent.Used(new UsageReport(
                new Usage(
                    Math.Max(0, used.CountAt("input_tokens") - cached - written), cached, written, used.CountAt("output_tokens"), used.CountAt("reasoning_output_tokens")),
                UsageScope.Session, Model: model));
        }

        yield return new AgentEvent.Used(new UsageReport(new Usage(Turns: 1), UsageScope.Step, Model: model));
        yield return new AgentEvent.Result(true, said);
    }

    private static IEnumerable<AgentEvent> Failed(string? message) =>
        [.. Fault(message), new AgentEvent.Result(false, message ?? "the turn failed")];
}
