using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace ModelServer.Wires;

/// <summary>OpenAI's chat completions, which many others speak too.</summary>
internal sealed class ChatWire : IWire
{
    public Conversation Read(JsonObject body)
    {
        var messages = body["messages"].Objects().ToList();
        var results = messages.Where(message => message["role"].Word() == "tool").ToList();
        var said = messages.Count(message => message["role"].Word() == "assistant" && message["tool_calls"] is not JsonArray { Count: > 0 });
        var tools = body["tools"].Objects().Select(tool => tool["function"] as JsonObject).OfType<JsonObject>().Select(tool => new Tool(tool["name"].Word(), tool["parameters"] as JsonObject)).ToList();
        return new Conversation(WireJson.AllText(body["messages"]), results.Count + said, tools, [.. results.Select(result => WireJson.AllText(result["content"]))]);
    }

    public async Task WriteAsync(HttpContext context, JsonObject body, Reply reply)
    {
        var id = $"chatcmpl-{Guid.NewGuid():N}";
        var message = new JsonObject { ["role"] = "assistant", ["content"] = (reply as Reply.Say)?.Text };
        if (reply is Reply.Call call)
        {
            message["tool_calls"] = new JsonArray(new JsonObject
            {
                ["index"] = 0,
                ["id"] = $"call_{Guid.NewGuid():N}",
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = call.Tool.Name, ["arguments"] = call.Arguments.ToJsonString() },
            });
        }

        var stop = reply is Reply.Call ? "tool_calls" : "stop";
        if (body["stream"]?.GetValue<bool>() != true)
        {
            var whole = Base("chat.completion", new JsonArray(new JsonObject { ["index"] = 0, ["message"] = message, ["finish_reason"] = stop }));
            whole["usage"] = Cost();
            await WireJson.AnswerAsync(context, whole);
            return;
        }

        await WireJson.BeginStreamAsync(context);
        await WireJson.SendAsync(context, Base("chat.completion.chunk", new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = message, ["finish_reason"] = null })));
        await WireJson.SendAsync(context, Base("chat.completion.chunk", new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = new JsonObject(), ["finish_reason"] = stop })));
        var last = Base("chat.completion.chunk", []);
        last["usage"] = Cost();
        await WireJson.SendAsync(context, last);
        await context.Response.WriteAsync("data: [DONE]\n\n");

        JsonObject Base(string kind, JsonArray choices) => new()
        {
            ["id"] = id,
            ["object"] = kind,
            ["created"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
            ["model"] = body["model"].Word(),
            ["choices"] = choices,
        };
    }

    private static JsonObject Cost() => new()
    {
        ["prompt_tokens"] = Usage.Input,
        ["completion_tokens"] = Usage.Output,
        ["total_tokens"] = Usage.Input + Usage.Output,
        ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = Usage.Cached },
        ["completion_tokens_details"] = new JsonObject { ["reasoning_tokens"] = Usage.Reasoning },
    };
}
