using System.Text.Json;
using System.Text.Json.Nodes;
using Interlock.Domain.Spending;

namespace Interlock.Engine.Agents.Adapters;

/// <summary>
/// Our side of the protocol: JSON-RPC, one message a line. Each answer leads to the next request, up to the prompt; its answer is the result.
/// A question about files is answered by the guard, and no when there is none.
/// </summary>
internal sealed class AcpReader(AgentLaunch launch, AgentGuard guard) : JsonEventReader
{
    private const int MostReminders = 5;

    // What was refused since the agent last did or said anything.
    private readonly List<string> refusals = [];
    private int reminders;
    private readonly Dictionary<long, string> asked = [];
    private Action<string> send = _ => { };
    private string? session;
    private bool canLoad;
    private string said = "";
    private long ids;

    public override string? Interrupt => session is null ? null
        : new JsonObject { ["jsonrpc"] = "2.0", ["method"] = "session/cancel", ["params"] = new JsonObject { ["sessionId"] = session } }.ToJsonString();

    public override IEnumerable<AgentEvent> Open(Action<string> send)
    {
        this.send = send;
        Ask("initialize", new JsonObject
        {
            ["protocolVersion"] = 1,

            // Without our files the agent uses its own tools, which ask first.
            ["clientCapabilities"] = new JsonObject { ["fs"] = new JsonObject { ["readTextFile"] = false, ["writeTextFile"] = false }, ["terminal"] = false },
            ["clientInfo"] = new JsonObject { ["name"] = "interlock", ["version"] = "1" },
        });
        return [];
    }

    protected override IEnumerable<AgentEvent> Translate(JsonElement root)
    {
        if (root.TextAt("method") is { } method)
        {
            return root.At("id") is { } id ? Serve(method, id, root.At("params") ?? default) : Notified(method, root.At("params") ?? default);
        }

        return root.At("id") is { ValueKind: JsonValueKind.Number } answered && asked.Remove(answered.GetInt64(), out var question)
            ? root.At("error") is { } error ? Refused(question, error) : Answered(question, root.At("result") ?? default)
            : [];
    }

    private IEnumerable<AgentEvent> Answered(string question, JsonElement result)
    {
        switch (question)
        {
            case "initialize":
                canLoad = result.At("agentCapabilities")?.IsTrue("loadSession") == true;
                return Authenticates(result) ? [] : BeginSession();
            case "authenticate":
                return BeginSession();
            case "session/new":
            case "session/load":
                session = result.TextAt("sessionId") ?? launch.Session.Id;
                Prompt(launch.Task.Prompt);
                return [new AgentEvent.Started(session, launch.Preset.Model)];
            case "session/prompt":
                return Goes(result) ? Spent(result) : Ended(result);
            default:
                return [];
        }
    }

    // An agent that offers to log in by a key has one in its environment, and wants to be told to use it.
    private bool Authenticates(JsonElement result)
    {
        var way = result.ListAt("authMethods").Select(offer => offer.TextAt("id")).FirstOrDefault(id => id?.Contains("api-key", StringComparison.Ordinal) == true);
        if (way is not null)
        {
            Ask("authenticate", new JsonObject { ["methodId"] = way });
        }

        return way is not null;
    }

    private AgentEvent[] BeginSession()
    {
        var resumes = launch.Session.IsResumed && canLoad;
        var parameters = new JsonObject { ["cwd"] = launch.Task.Worktree, ["mcpServers"] = Servers() };
        if (resumes)
        {
            parameters["sessionId"] = launch.Session.Id;
        }

        Ask(resumes ? "session/load" : "session/new", parameters);
        return [];
    }

    private JsonArray Servers() => guard.Server is not { } server ? [] : new JsonArray(
        (JsonNode)new JsonObject
        {
            ["name"] = server.Name,
            ["command"] = server.Command[0],
            ["args"] = GuardJson.List(server.Command.Skip(1)),
            ["env"] = new JsonArray([.. server.Environment.Select(entry => (JsonNode)new JsonObject { ["name"] = entry.Key, ["value"] = entry.Value })]),
        });

    /// <summary>
    /// An answer to a question is one of its options and says nothing more. Several agents take a no for the end of their turn, so one that
    /// was silent since is told why, and goes on.
    /// </summary>
    private bool Goes(JsonElement result)
    {
        if (refusals.Count == 0 || reminders == MostReminders || result.TextAt("stopReason") is not (null or "end_turn" or "cancelled"))
        {
            return false;
        }

        reminders++;
        Prompt($"You may not change what you asked for:\n{string.Join('\n', refusals.Select(refusal => $"- {refusal}"))}\nLeave it as it is and go on with the rest of your task.");
        refusals.Clear();
        return true;
    }

    private void Prompt(string text) => Ask("session/prompt", new JsonObject
    {
        ["sessionId"] = session,
        ["prompt"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = text }),
    });

    private IEnumerable<AgentEvent> Ended(JsonElement result)
    {
        var reason = result.TextAt("stopReason") ?? "end_turn";
        return [.. Spent(result), new AgentEvent.Result(reason == "end_turn", reason == "end_turn" ? said : $"the turn ended early: {reason}")];
    }

    private IEnumerable<AgentEvent> Spent(JsonElement result)
    {
        if ((result.At("usage") ?? result.At("_meta")?.At("usage")) is { } usage)
        {
            var cached = usage.CountAt("cachedReadTokens");
            yield return new AgentEvent.Used(new UsageReport(
                new Usage(usage.CountAt("inputTokens"), cached, usage.CountAt("cachedWriteTokens"), usage.CountAt("outputTokens"), usage.CountAt("thoughtTokens")),
                UsageScope.Attempt, Model: launch.Preset.Model));
        }

        yield return new AgentEvent.Used(new UsageReport(new Usage(Turns: 1), UsageScope.Step));
    }

    private IEnumerable<AgentEvent> Refused(string question, JsonElement error)
    {
        // A session that cannot be gone on with is begun anew; the prompt says everything again.
        if (question == "session/load")
        {
            canLoad = false;
            return BeginSession();
        }

        var message = error.TextAt("message") ?? "the agent refused";
        return [.. Fault(message), new AgentEvent.Result(false, $"{question}: {message}")];
    }

    private IEnumerable<AgentEvent> Notified(string method, JsonElement parameters)
    {
        if (method != "session/update" || parameters.At("update") is not { } update)
        {
            return [];
        }

        switch (update.TextAt("sessionUpdate"))
        {
            case "agent_message_chunk" when update.At("content")?.TextAt("text") is { } text:
                refusals.Clear();
                said = said.Length < LineSplitter.Longest ? said + text : said;
                return [new AgentEvent.Text(text)];
            case "tool_call":
                refusals.Clear();
                return ToolStarted(update.TextAt("toolCallId"), update.TextAt("kind") ?? update.TextAt("title"), PathsOf(update), update.At("rawInput"));
            case "tool_call_update" when update.TextAt("status") is "completed" or "failed":
                return ToolFinished(update.TextAt("toolCallId"), null, update.TextAt("status") == "failed", PathsOf(update), update.At("rawOutput") ?? update.At("content"));
            case "usage_update" when update.At("cost")?.MoneyAt("amount") is { } cost:
                return [new AgentEvent.Used(new UsageReport(Usage.None, UsageScope.Step, cost, UsageScope.Session, launch.Preset.Model))];
            default:
                return [];
        }
    }

    private IEnumerable<AgentEvent> Serve(string method, JsonElement id, JsonElement parameters)
    {
        if (method == "session/request_permission")
        {
            Answer(id, "result", Outcome(parameters));
        }
        else
        {
            Answer(id, "error", new JsonObject { ["code"] = -32601, ["message"] = $"{method} is not offered" });
        }

        return [];
    }

    private JsonObject Outcome(JsonElement parameters)
    {
        var call = parameters.At("toolCall") ?? default;
        var paths = PathsOf(call);

        // What names no file is a command or the like, which the guard cannot judge and the landing check will.
        var refusal = paths.Count > 0 ? RefusalOf(paths)
            : call.TextAt("kind") is "edit" or "delete" or "move" ? "an edit that names no file" : null;
        if (refusal is not null)
        {
            refusals.Add(refusal);
        }

        var allowed = refusal is null;
        var kind = allowed ? "allow_once" : "reject_once";
        var chosen = parameters.ListAt("options")
            .Where(option => option.TextAt("kind")?.StartsWith(kind[..5], StringComparison.Ordinal) == true)
            .OrderBy(option => option.TextAt("kind") == kind ? 0 : 1)
            .FirstOrDefault().TextAt("optionId");
        return new JsonObject
        {
            ["outcome"] = chosen is null
                ? new JsonObject { ["outcome"] = "cancelled" }
                : new JsonObject { ["outcome"] = "selected", ["optionId"] = chosen },
        };
    }

    private string? RefusalOf(IReadOnlyList<string> paths) =>
        guard.Ask is not { } ask ? $"{string.Join(", ", paths)}: nobody is here to say whose it is"
        : ask(paths) is { } refusal ? $"{refusal.Message}. {refusal.Hint}" : null;

    private static IReadOnlyList<string> PathsOf(JsonElement call) =>
    [
        .. call.ListAt("locations").Select(place => place.TextAt("path"))
            .Concat(call.ListAt("content").Where(part => part.TextAt("type") == "diff").Select(part => part.TextAt("path")))
            .OfType<string>().Concat(ToolInput.Paths(call.At("rawInput"))).Distinct(StringComparer.Ordinal),
    ];

    private void Ask(string method, JsonObject parameters)
    {
        asked[++ids] = method;
        send(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = ids, ["method"] = method, ["params"] = parameters }.ToJsonString());
    }

    private void Answer(JsonElement id, string member, JsonObject value) =>
        send(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = JsonNode.Parse(id.GetRawText()), [member] = value }.ToJsonString());
}
