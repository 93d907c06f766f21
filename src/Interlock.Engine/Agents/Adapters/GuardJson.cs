using System.Text.Json.Nodes;
using Interlock.Engine.Platform;

namespace Interlock.Engine.Agents.Adapters;

/// <summary>The pieces of configuration that several CLIs write alike.</summary>
internal static class GuardJson
{
    public static JsonArray List(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode?)JsonValue.Create(text))];

    public static JsonObject Map(IReadOnlyDictionary<string, string> texts) => new(texts.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)JsonValue.Create(entry.Value))));

    /// <summary><c>{ "mcpServers": { name: { command, args, env } } }</c> with what a CLI wants besides.</summary>
    public static JsonObject Servers(GuardServer? server, Action<JsonObject>? more = null)
    {
        var servers = new JsonObject();
        if (server is not null)
        {
            var entry = new JsonObject
            {
                ["command"] = server.Command[0],
                ["args"] = List(server.Command.Skip(1)),
                ["env"] = Map(server.Environment),
            };
            more?.Invoke(entry);
            servers[server.Name] = entry;
        }

        return new JsonObject { ["mcpServers"] = servers };
    }

    /// <summary>A hook's line for a CLI that hands it to a shell.</summary>
    public static string Line(GuardHook hook, string cli) => string.Join(' ', hook.Command.Append(cli).Select(ShellWord.Of));

    /// <summary><c>{ event: [ { matcher, hooks: [ { type: command, command, timeout } ] } ] }</c>, as Claude and those after it read it.</summary>
    public static JsonObject Hooks(GuardHook hook, string cli, string on, string matcher, long timeout) => new()
    {
        [on] = new JsonArray(new JsonObject
        {
            ["matcher"] = matcher,
            ["hooks"] = new JsonArray(new JsonObject { ["name"] = "interlock", ["type"] = "command", ["command"] = Line(hook, cli), ["timeout"] = timeout }),
        }),
    };
}
