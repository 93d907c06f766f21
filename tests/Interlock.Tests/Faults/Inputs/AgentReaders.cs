using System.Text;
using System.Text.Json;
using Interlock.App.Mcp;
using Interlock.Domain.Guarding;
using Interlock.Domain.Spending;
using Interlock.Engine.Agents;
using Interlock.Engine.Agents.Adapters;
using Interlock.Engine.Configuration;
using Interlock.Engine.Guarding;
using Interlock.Engine.Worktrees;

namespace Interlock.Tests.Faults.Inputs;

/// <summary>Readers of what agents print, ask before they edit, and call tools with.</summary>
internal static class AgentReaders
{
    private static readonly string[] Words =
    [
        "\"type\"", "\"result\"", "\"tool_use\"", "\"usage\"", "\"input_tokens\"", "\"error\"", "\"message\"", "\"content\"", "\"session_id\"", "\"method\"", "\"params\"",
        "\"id\"", "\"session/update\"", "\"item\"", "\"tool_name\"", "\"tool_input\"", "\"file_path\"", "\"command\"", "\"*** Update File: a\\n\"", "\"../x\"", "-1", "1e400", "99999999999999999999",
        "\"resetsAt\"", "\"rate_limit_info\"", "\"rejected\"", "429 retry in ", "٣", "9", ".", "k", "M", "Tokens: ", " sent, ", " received.", " Cost: $", " message",
    ];

    public static IEnumerable<Reader> All(string[] json)
    {
        string[] grammar = [.. json, .. Words];
        return [.. AdapterRegistry.All.Select(adapter => Stream(adapter, grammar)), .. Enum.GetValues<GuardedCli>().Select(cli => Question(cli, grammar)), Arguments(grammar), Settings(grammar)];
    }

    // A CLI of another version prints something else, and a tool's output stands between its lines: none of it may end the run.
    private static Reader Stream(IAgentAdapter adapter, string[] grammar)
    {
        var name = adapter.Profile.Name;
        var recorded = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "streams"), $"{name}.*.jsonl").Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToList();
        IReadOnlyList<byte[]> seeds = recorded.Count > 0 ? recorded : [Encoding.UTF8.GetBytes("""{"jsonrpc":"2.0","id":1,"result":{"sessionId":"s","stopReason":"end_turn"}}"""), "Tokens: 4.2k sent, 120 received. Cost: $0.01\n"u8.ToArray()];
        var worktree = new Worktree("/nowhere/worktree", "1.1.1-1", "agent/1.1.1/1", "base", "/nowhere/git");
        var home = new AgentHome("/nowhere/home", worktree);
        var guard = new AgentGuard(new GuardHook(["interlock", "hook"], TimeSpan.FromSeconds(10)), new GuardServer("interlock", ["interlock", "mcp"], new Dictionary<string, string>()));
        var task = new AgentTask("1.1.1", "Title", "dev-1", "dev", "1.1", "", 1, ["a.txt"], "e.1.secret", "Do it.", "/nowhere/prompt.md", worktree.Path, "/nowhere", [], "run-1");
        var launch = new AgentLaunch(task, AgentPresets.Bare(adapter), name, new AgentSession("11111111-2222-3333-4444-555555555555", null));
        return new Reader($"events of {name}", seeds, [.. grammar, "\n", "\r\n"], bytes =>
        {
            var listener = new AgentListener(adapter.Listen(home, launch, guard), _ => { });
            listener.Open(_ => { });
            listener.Take(bytes);

            // What is paid can only grow, or a budget would never be reached.
            var used = listener.Close(0).Tally.Settle(SessionTotal.None);
            Assert.True(used is { Usage: { Input: >= 0, CachedInput: >= 0, CacheWrite: >= 0, Output: >= 0, Reasoning: >= 0, Unsplit: >= 0, Tokens: >= 0 }, Cost: null or >= 0 }, $"{used}");
        });
    }

    private static Reader Question(GuardedCli cli, string[] grammar) => new(
        $"hook question of {cli}",
        [Encoding.UTF8.GetBytes("""{"session_id":"s","cwd":"/w","tool_name":"Edit","tool_input":{"file_path":"/w/a.ts","edits":[{"path":"b"}]}}"""), Encoding.UTF8.GetBytes("""{"toolName":"apply_patch","toolArgs":"{\"input\":\"*** Begin Patch\\n*** Update File: a.ts\\n\"}"}""")],
        grammar,
        bytes =>
        {
            try
            {
                Assert.NotEmpty(HookInput.Read(bytes, cli).Tool);
            }
            catch (FormatException refusal)
            {
                Assert.NotEmpty(refusal.Message);
            }
        });

    private static Reader Arguments(string[] grammar) => new(
        "arguments of tools",
        [Encoding.UTF8.GetBytes("""{"task":"1.1.1"}"""), Encoding.UTF8.GetBytes("""{"task":"1.1.1","files":["src/a.ts"],"for":"2h"}"""), Encoding.UTF8.GetBytes("""{"to":"dev-1","type":"question","body":"ü","requires_response":true}""")],
        [.. grammar, "\"task\"", "\"files\"", "\"for\"", "\"to\"", "\"body\"", "\"2h\"", "\"1.1.1\""],
        bytes =>
        {
            if (Arguments(bytes) is not { } arguments)
            {
                return;
            }

            foreach (var tool in AgentTools.All)
            {
                try
                {
                    var input = tool.Read(arguments);
                    foreach (var name in tool.Definition.InputSchema.GetProperty("properties").EnumerateObject().Select(property => property.Name))
                    {
                        _ = (input.Text(name), input.Texts(name), input.Flag(name));
                    }
                }
                catch (BadInputException refusal)
                {
                    Assert.NotEmpty(refusal.Hint);
                }
            }
        });

    private static Reader Settings(string[] grammar) => new(
        "settings of a CLI", [Encoding.UTF8.GetBytes("""{"hooks":{"PreToolUse":[{"matcher":"Edit","hooks":[{"type":"command","command":"interlock hook"}]}]}}""")], [.. grammar, "\"hooks\""], bytes =>
        {
            try
            {
                _ = SettingsFile.Read(Encoding.UTF8.GetString(bytes), "settings.json").ToJsonString();
            }
            catch (BadInputException refusal)
            {
                Assert.NotEmpty(refusal.Hint);
            }
        });

    private static Dictionary<string, JsonElement>? Arguments(byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = JsonSerializer.SerializeToElement(document.RootElement);
            return root.ValueKind != JsonValueKind.Object ? null
                : root.EnumerateObject().GroupBy(property => property.Name).ToDictionary(group => group.Key, group => group.Last().Value);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The transport reads and writes it once, and refuses it, before a tool sees it.
            return null;
        }
    }
}
