using System.Text.Json;
using Interlock.Domain.Spending;

namespace Interlock.Engine.Agents.Adapters;

/// <summary>How the CLIs that write Claude's stream differ in it.</summary>
/// <param name="CachedInside">Their count of input holds what came from the cache.</param>
/// <param name="CostIsSessionTotal">Their cost is that of the whole session, earlier processes included.</param>
/// <param name="CountsUsage">Their numbers are to be trusted at all.</param>
internal sealed record ClaudeDialect(bool CachedInside = false, bool CostIsSessionTotal = true, bool CountsUsage = true);

/// <summary>The stream of Claude Code, which Qwen Code, Amp and Cursor write as well.</summary>
internal sealed class ClaudeReader(ClaudeDialect dialect) : JsonEventReader
{
    private readonly HashSet<string> counted = new(StringComparer.Ordinal);
    private string? model;

    protected override IEnumerable<AgentEvent> Translate(JsonElement root) => root.TextAt("type") switch
    {
        "system" when root.TextAt("subtype") == "init" => Init(root),
        "assistant" => Assistant(root.At("message")),
        "user" => ToolResults(root.At("message")),
        "tool_call" => CursorTool(root),
        "rate_limit_event" => Limit(root.At("rate_limit_info")),
        "result" => Result(root),
        "error" => Fault(root.MessageAt("error") ?? root.TextAt("message")),
        _ => [],
    };

    private IEnumerable<AgentEvent> Init(JsonElement root)
    {
        model = root.TextAt("model");
        yield return new AgentEvent.Started(root.TextAt("session_id"), model);
    }

    private IEnumerable<AgentEvent> Assistant(JsonElement? said)
    {
        if (said is not { } message)
        {
            yield break;
        }

        // One message may come in several lines, each with the same count.
        if (dialect.CountsUsage && message.At("usage") is { } usage && (message.TextAt("id") is not { } id || counted.Add(id)))
        {
            yield return new AgentEvent.Used(new UsageReport(Count(usage) with { Turns = 1 }, UsageScope.Step, Model: message.TextAt("model") ?? model));
        }

        foreach (var part in message.ListAt("content"))
        {
            if (part.TextAt("type") == "text")
            {
                yield return new AgentEvent.Text(part.TextAt("text") ?? "");
            }
            else if (part.TextAt("type") == "tool_use")
            {
                foreach (var started in ToolStarted(part.TextAt("id"), part.TextAt("name"), ToolInput.Paths(part.At("input")), part.At("input")))
                {
                    yield return started;
                }
            }
        }
    }

    private IEnumerable<AgentEvent> ToolResults(JsonElement? message) => message is { } said
        ? said.ListAt("content").Where(part => part.TextAt("type") == "tool_result").SelectMany(part => ToolFinished(part.TextAt("tool_use_id"), null, part.IsTrue("is_error"), output: part.At("content")))
        : [];

    // {"type":"tool_call","subtype":"started","call_id":…,"tool_call":{"editToolCall":{"args":{"path":…},"result":{"success":…}}}}
    private IEnumerable<AgentEvent> CursorTool(JsonElement root)
    {
        if (root.At("tool_call") is not { ValueKind: JsonValueKind.Object } call || call.EnumerateObject().FirstOrDefault() is not { Value.ValueKind: JsonValueKind.Object } tool)
        {
            return [];
        }

        var name = tool.Name.EndsWith("ToolCall", StringComparison.Ordinal) ? tool.Name[..^"ToolCall".Length] : tool.Name;
        var paths = ToolInput.Paths(tool.Value.At("args"));
        return root.TextAt("subtype") == "started"
            ? ToolStarted(root.TextAt("call_id"), name, paths, tool.Value.At("args"))
            : ToolFinished(root.TextAt("call_id"), name, tool.Value.At("result")?.At("success") is null, paths, tool.Value.At("result"));
    }

    // The last second a date can name, as seconds of Unix.
    private const long EndOfTime = 253_402_300_799;

    private static IEnumerable<AgentEvent> Limit(JsonElement? info)
    {
        if (info is { } told && told.TextAt("status") == "rejected")
        {
            var at = told.NumberAt("resetsAt");
            yield return new AgentEvent.RateLimited(new ProviderLimit(
                $"usage limit reached{(told.TextAt("rateLimitType") is { } kind ? $" ({kind})" : "")}", at is > 0 and < EndOfTime ? DateTimeOffset.FromUnixTimeSeconds(at) : null));
        }
    }

    private IEnumerable<AgentEvent> Result(JsonElement root)
    {
        var used = root.At("usage") is { } usage && dialect.CountsUsage ? Count(usage) : Usage.None;
        if (dialect.CountsUsage || root.CountAt("num_turns") > 0)
        {
            yield return new AgentEvent.Used(new UsageReport(
                used with { Turns = (int)Math.Min(root.CountAt("num_turns"), int.MaxValue / 2) }, UsageScope.Attempt, root.MoneyAt("total_cost_usd"),
                dialect.CostIsSessionTotal ? UsageScope.Session : UsageScope.Attempt, MostUsed(root.At("modelUsage")) ?? model));
        }

        // "success" is also the subtype of a turn that ended in an error of the API.
        var text = root.TextAt("result") ?? root.ListAt("errors").Select(error => error.ToString()).FirstOrDefault() ?? root.MessageAt("error") ?? root.TextAt("subtype") ?? "";
        var ok = !root.IsTrue("is_error") && root.TextAt("subtype") is null or "success";
        if (!ok)
        {
            foreach (var fault in Fault(text, root.At("api_error_status") is { ValueKind: JsonValueKind.Number } status ? status.GetInt32() : null))
            {
                yield return fault;
            }
        }

        yield return new AgentEvent.Result(ok, text);
    }

    // Side calls go to small models; the money is where the cost is.
    private static string? MostUsed(JsonElement? models) => models is { ValueKind: JsonValueKind.Object } all
        ? all.EnumerateObject().OrderByDescending(entry => entry.Value.MoneyAt("costUSD") ?? 0).Select(entry => entry.Name).FirstOrDefault()
        : null;

    private Usage Count(JsonElement usage)
    {
        var (cached, written) = (usage.CountAt("cache_read_input_tokens"), usage.CountAt("cache_creation_input_tokens"));
        var input = usage.CountAt("input_tokens");
        return new Usage(dialect.CachedInside ? Math.Max(0, input - cached) : input, cached, written, usage.CountAt("output_tokens"));
    }
}
