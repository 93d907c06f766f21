using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace ModelServer.Wires;

/// <summary>Anthropic's messages.</summary>
internal sealed class MessagesWire : IWire
{
    public Conversation Read(JsonObject body)
    {
        var messages = body["messages"].Objects().ToList();
        var results = messages.SelectMany(message => message["content"].Objects()).Where(block => block["type"].Word() == "tool_result").ToList();
        var said = messages.Count(message => message["role"].Word() == "assistant" && message["content"].Objects().All(block => block["type"].Word() != "tool_use"));
        var tools = body["tools"].Objects().Where(tool => tool["name"].Word().Length > 0).Select(tool => new Tool(tool["name"].Word(), tool["input_schema"] as JsonObject)).ToList();
        return new Conversation(
            WireJson.AllText(body["system"]) + "\n" + WireJson.AllText(body["messages"]), results.Count + said, tools, [.. results.Select(result => WireJson.AllText(result["content"]))]);
    }

    public async Task WriteAsync(HttpContext context, JsonObject body, Reply reply)
    {
        var id = $"msg_{Guid.NewGuid():N}";
        var block = reply is Reply.Call call
            ? new JsonObject { ["type"] = "tool_use", ["id"] = $"toolu_{Guid.NewGuid():N}", ["name"] = call.Tool.Name, ["input"] = call.Arguments }
            : new JsonObject { ["type"] = "text", ["text"] = ((Reply.Say)reply).Text };
        var stop = reply is Reply.Call ? "tool_use" : "end_turn";
        if (body["stream"]?.GetValue<bool>() != true)
        {
            await WireJson.AnswerAsync(context, Message(id, body, new JsonArray(block), stop));
            return;
        }

        await WireJson.BeginStreamAsync(context);
        await Event("message_start", new JsonObject { ["message"] = Message(id, body, [], null) });
        await Event("content_block_start", new JsonObject { ["index"] = 0, ["content_block"] = Empty(block) });
        await Event("content_block_delta", new JsonObject { ["index"] = 0, ["delta"] = Delta(block) });
        await Event("content_block_stop", new JsonObject { ["index"] = 0 });
        await Event("message_delta", new JsonObject { ["delta"] = new JsonObject { ["stop_reason"] = stop, ["stop_sequence"] = null }, ["usage"] = new JsonObject { ["output_tokens"] = Usage.Output } });
        await Event("message_stop", []);

        Task Event(string name, JsonObject data)
        {
            data.Insert(0, "type", name);
            return WireJson.SendAsync(context, data, name);
        }
    }

    private static JsonObject Empty(JsonObject block)
    {
        var empty = (JsonObject)block.DeepClone();
        empty[block["type"].Word() == "text" ? "text" : "input"] = block["type"].Word() == "text" ? "" : new JsonObject();
        return empty;
    }

    private static JsonObject Delta(JsonObject block) => block["type"].Word() == "text"
        ? new JsonObject { ["type"] = "text_delta", ["text"] = block["text"].Word() }
        : new JsonObject { ["type"] = "input_json_delta", ["partial_json"] = block["input"]!.ToJsonString() };

    private static JsonObject Message(string id, JsonObject body, JsonArray content, string? stop) => new()
    {
        ["id"] = id,
        ["type"] = "message",
        ["role"] = "assistant",
        ["model"] = body["model"].Word(),
        ["content"] = content,
        ["stop_reason"] = stop,
        ["stop_sequence"] = null,
        ["usage"] = new JsonObject
        {
            // This maker counts cached input apart.
            ["input_tokens"] = Usage.Input - Usage.Cached,
            ["cache_read_input_tokens"] = Usage.Cached,
            ["cache_creation_input_tokens"] = 0,
            ["output_tokens"] = stop is null ? 1 : Usage.Output,
        },
    };
}
