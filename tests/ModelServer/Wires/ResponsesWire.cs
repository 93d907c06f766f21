using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace ModelServer.Wires;

/// <summary>OpenAI's responses.</summary>
internal sealed class ResponsesWire : IWire
{
    public Conversation Read(JsonObject body)
    {
        var input = body["input"].Objects().ToList();
        var results = input.Where(item => item["type"].Word().EndsWith("_call_output", StringComparison.Ordinal)).ToList();
        var said = input.Count(item => item["role"].Word() == "assistant" && item["type"].Word() is "message" or "");
        var offered = body["tools"].Objects().Concat(input.Where(item => item["type"].Word() == "additional_tools").SelectMany(item => item["tools"].Objects()));
        return new Conversation(
            body["instructions"].Word() + "\n" + WireJson.AllText(body["input"]), results.Count + said, [.. offered.SelectMany(tool => Tools(tool, null))], [.. results.Select(result => WireJson.AllText(result["output"]))]);
    }

    private static IEnumerable<Tool> Tools(JsonObject tool, string? group) => tool["type"].Word() == "namespace"
        ? tool["tools"].Objects().SelectMany(inner => Tools(inner, tool["name"].Word()))
        : tool["name"].Word() is { Length: > 0 } name ? [new Tool(name, tool["parameters"] as JsonObject, group) { IsFreeText = tool["type"].Word() == "custom" }] : [];

    public async Task WriteAsync(HttpContext context, JsonObject body, Reply reply)
    {
        var item = Item(reply);
        var whole = Response(body, new JsonArray(item.DeepClone()), "completed");
        if (body["stream"]?.GetValue<bool>() != true)
        {
            await WireJson.AnswerAsync(context, whole);
            return;
        }

        await WireJson.BeginStreamAsync(context);
        var sequence = 0;
        await Event("response.created", new JsonObject { ["response"] = Response(body, [], "in_progress") });
        await Event("response.output_item.added", new JsonObject { ["output_index"] = 0, ["item"] = Begun(item) });
        if (reply is Reply.Say say)
        {
            await Event("response.output_text.delta", new JsonObject { ["item_id"] = item["id"].Word(), ["output_index"] = 0, ["content_index"] = 0, ["delta"] = say.Text });
        }

        await Event("response.output_item.done", new JsonObject { ["output_index"] = 0, ["item"] = item });
        await Event("response.completed", new JsonObject { ["response"] = whole });

        Task Event(string name, JsonObject data)
        {
            data.Insert(0, "type", name);
            data["sequence_number"] = sequence++;
            return WireJson.SendAsync(context, data, name);
        }
    }

    private static JsonObject Item(Reply reply)
    {
        var item = reply switch
        {
            Reply.Call { Tool.IsFreeText: true } call => new JsonObject { ["type"] = "custom_tool_call", ["id"] = $"ctc_{Guid.NewGuid():N}", ["call_id"] = $"call_{Guid.NewGuid():N}", ["name"] = call.Tool.Name, ["input"] = call.Input ?? "" },
            Reply.Call call => new JsonObject { ["type"] = "function_call", ["id"] = $"fc_{Guid.NewGuid():N}", ["call_id"] = $"call_{Guid.NewGuid():N}", ["name"] = call.Tool.Name, ["arguments"] = call.Arguments.ToJsonString() },
            Reply.Say say => new JsonObject
            {
                ["type"] = "message",
                ["id"] = $"msg_{Guid.NewGuid():N}",
                ["role"] = "assistant",
                ["content"] = new JsonArray(new JsonObject { ["type"] = "output_text", ["text"] = say.Text, ["annotations"] = new JsonArray() }),
            },
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        if (reply is Reply.Call { Tool.Namespace: { } group })
        {
            item["namespace"] = group;
        }

        item["status"] = "completed";
        return item;
    }

    private static JsonObject Begun(JsonObject item)
    {
        var begun = (JsonObject)item.DeepClone();
        begun["status"] = "in_progress";
        if (begun.ContainsKey("content"))
        {
            begun["content"] = new JsonArray();
        }

        foreach (var name in new[] { "arguments", "input" }.Where(begun.ContainsKey))
        {
            begun[name] = "";
        }

        return begun;
    }

    private static JsonObject Response(JsonObject body, JsonArray output, string status) => new()
    {
        ["id"] = $"resp_{Guid.NewGuid():N}",
        ["object"] = "response",
        ["created_at"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
        ["status"] = status,
        ["model"] = body["model"].Word(),
        ["output"] = output,
        ["usage"] = status != "completed" ? null : new JsonObject
        {
            ["input_tokens"] = Usage.Input,
            ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = Usage.Cached },
            ["output_tokens"] = Usage.Output,
            ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = Usage.Reasoning },
            ["total_tokens"] = Usage.Input + Usage.Output,
        },
    };
}
