using System.Text.Json.Nodes;

namespace Interlock.Engine.Agents.Adapters;

/// <summary>
/// Cursor's CLI. Servers and hooks it reads from the worktree only, so those files are lent; its own settings, which parallel starts
/// corrupt, are in a folder of their own.
/// </summary>
internal sealed class CursorAdapter : IAgentAdapter
{
    public AdapterProfile Profile { get; } = new("cursor-agent", "cursor", ["cursor-agent", "agent"], "curl https://cursor.com/install -fsS | bash, then: cursor-agent login, or set CURSOR_API_KEY")
    {
        Delivery = PromptDelivery.Argument,
        Hooks = true,
        Mcp = true,
        Resume = true,
        ResumesInPlaceOnly = true,
        Sandbox = true,
        Result = true,
        Variables = ["CURSOR_API_KEY"],
    };

    public void Prepare(AgentHome home, AgentLaunch launch, AgentGuard guard)
    {
        home.Set("CURSOR_CONFIG_DIR", home.Folder("cursor"));
        home.Borrow(".cursor/auth.json", "cursor/auth.json");
        home.Write("cursor/cli-config.json", new JsonObject
        {
            ["version"] = 1,
            ["editor"] = new JsonObject { ["vimMode"] = false },
            ["permissions"] = new JsonObject { ["allow"] = GuardJson.List(["Mcp(interlock:*)"]), ["deny"] = GuardJson.List([]) },
        }.ToJsonString());
        if (guard.Server is not null)
        {
            home.Lend(".cursor/mcp.json", GuardJson.Servers(guard.Server).ToJsonString());
        }

        if (guard.Hook is { } hook)
        {
            // One event it does not know would void the whole file.
            home.Lend(".cursor/hooks.json", new JsonObject
            {
                ["version"] = 1,
                ["hooks"] = new JsonObject
                {
                    ["preToolUse"] = new JsonArray(new JsonObject
                    {
                        ["command"] = GuardJson.Line(hook, "cursor"),
                        ["matcher"] = "Write|Delete|Shell",
                        ["timeout"] = (long)hook.Timeout.TotalSeconds,
                        ["failClosed"] = true,
                    }),
                },
            }.ToJsonString());
        }
    }

    public AgentCommand Command(AgentHome home, AgentLaunch launch) => CliCommand.Of(home, launch,
    [
        "-p", "--output-format", "stream-json", "--trust", "--force", "--approve-mcps",
        .. CliCommand.Option("--model", launch.Preset.Model),
        "--resume", launch.Session.Id,
        .. launch.Preset.Args,
        "--", launch.Task.Prompt,
    ], prompt: null);

    public IAgentReader Listen(AgentHome home, AgentLaunch launch, AgentGuard guard) => new ClaudeReader(new ClaudeDialect(CountsUsage: false));
}
