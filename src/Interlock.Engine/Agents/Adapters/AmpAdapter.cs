using System.Text.Json.Nodes;

namespace Interlock.Engine.Agents.Adapters;

/// <summary>Amp: settings and servers by files named on the command line. A thread is gone on with by its id.</summary>
internal sealed class AmpAdapter : IAgentAdapter
{
    public AdapterProfile Profile { get; } = new("amp", "amp", ["amp"], "npm install -g @sourcegraph/amp, then: amp login, or set AMP_API_KEY")
    {
        Delivery = PromptDelivery.Argument,
        Hooks = true,
        Mcp = true,
        Resume = true,
        Usage = true,
        Result = true,
        Variables = ["AMP_API_KEY", "AMP_URL"],
    };

    public void Prepare(AgentHome home, AgentLaunch launch, AgentGuard guard)
    {
        var allow = new JsonObject { ["tool"] = "*", ["action"] = "allow" };
        var permissions = new JsonArray();
        if (guard.Hook is { } hook && !OperatingSystem.IsWindows())
        {
            // A delegate is one program without arguments; this one is called by name, so it needs no quoting there.
            var asks = home.Write("interlock-hook", $"#!/bin/sh\nexec {GuardJson.Line(hook, "generic")}\n");
            File.SetUnixFileMode(asks, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            foreach (var tool in new[] { "edit_file", "create_file", "apply_patch" })
            {
                permissions.Add((JsonNode)new JsonObject { ["tool"] = tool, ["action"] = "delegate", ["to"] = asks });
            }
        }

        permissions.Add((JsonNode)allow);
        home.Write("settings.json", new JsonObject { ["amp.permissions"] = permissions, ["amp.updates.mode"] = "disabled" }.ToJsonString());
        home.Write("mcp.json", GuardJson.Servers(guard.Server)["mcpServers"]!.ToJsonString());
    }

    public AgentCommand Command(AgentHome home, AgentLaunch launch) => CliCommand.Of(home, launch,
    [
        .. launch.Session.IsResumed ? ["threads", "continue", launch.Session.Id] : Array.Empty<string>(),
        "-x", launch.Task.Prompt, "--stream-json", "--settings-file", home.At("settings.json"), "--mcp-config", home.At("mcp.json"),
        .. CliCommand.Option("-m", launch.Preset.Model),
        .. launch.Preset.Args,
    ], prompt: null);

    public IAgentReader Listen(AgentHome home, AgentLaunch launch, AgentGuard guard) => new ClaudeReader(new ClaudeDialect());
}
