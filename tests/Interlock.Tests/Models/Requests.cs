using System.Text.Json.Nodes;

namespace Interlock.Tests.Models;

/// <summary>What a CLI sends in each form: a task, the tools it has, and the results of those called so far.</summary>
internal static class Requests
{
    public static (string Path, JsonObject Body) Of(string form, string task, int answered, bool tools) => form switch
    {
        "messages" => ("/v1/messages?beta=true", Messages(task, answered, tools)),
        "responses" => ("/v1/responses", Responses(task, answered, tools)),
        "chat" => ("/v1/chat/completions", Chat(task, answered, tools)),
        _ => ("/v1beta/models/m:streamGenerateContent?alt=sse", Gemini(task, answered, tools)),
    };

    private static JsonObject Messages(string task, int answered, bool tools)
    {
        var messages = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = task });
        for (var i = 0; i < answered; i++)
        {
            messages.Add(new JsonObject { ["role"] = "assistant", ["content"] = new JsonArray(new JsonObject { ["type"] = "tool_use", ["id"] = $"t{i}", ["name"] = "edit", ["input"] = new JsonObject() }) });
            messages.Add(new JsonObject { ["role"] = "user", ["content"] = new JsonArray(new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = $"t{i}", ["content"] = "ok" }) });
        }

        return new JsonObject
        {
            ["model"] = "m",
            ["stream"] = true,
            ["messages"] = messages,
            ["tools"] = tools ? new JsonArray(
                new JsonObject { ["name"] = "edit", ["input_schema"] = Edit() },
                new JsonObject { ["name"] = "send_message", ["input_schema"] = Any() }) : [],
        };
    }

    private static JsonObject Responses(string task, int answered, bool tools)
    {
        var input = new JsonArray(new JsonObject { ["type"] = "message", ["role"] = "user", ["content"] = new JsonArray(new JsonObject { ["type"] = "input_text", ["text"] = task }) });
        for (var i = 0; i < answered; i++)
        {
            input.Add(new JsonObject { ["type"] = "custom_tool_call", ["call_id"] = $"c{i}", ["name"] = "apply_patch", ["input"] = "" });
            input.Add(new JsonObject { ["type"] = "custom_tool_call_output", ["call_id"] = $"c{i}", ["output"] = "ok" });
        }

        return new JsonObject
        {
            ["model"] = "m",
            ["stream"] = true,
            ["input"] = input,
            ["tools"] = tools ? new JsonArray(
                new JsonObject { ["type"] = "custom", ["name"] = "apply_patch" },
                new JsonObject { ["type"] = "namespace", ["name"] = "mcp__interlock", ["tools"] = new JsonArray(new JsonObject { ["type"] = "function", ["name"] = "send_message", ["parameters"] = Any() }) }) : [],
        };
    }

    private static JsonObject Chat(string task, int answered, bool tools)
    {
        var messages = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = task });
        for (var i = 0; i < answered; i++)
        {
            messages.Add(new JsonObject { ["role"] = "assistant", ["content"] = null, ["tool_calls"] = new JsonArray(new JsonObject { ["id"] = $"c{i}", ["function"] = new JsonObject { ["name"] = "edit" } }) });
            messages.Add(new JsonObject { ["role"] = "tool", ["tool_call_id"] = $"c{i}", ["content"] = "ok" });
        }

        return new JsonObject
        {
            ["model"] = "m",
            ["stream"] = true,
            ["messages"] = messages,
            ["tools"] = tools ? new JsonArray(Function("edit", Edit()), Function("interlock_send_message", Any())) : [],
        };
    }

    private static JsonObject Gemini(string task, int answered, bool tools)
    {
        var contents = new JsonArray(new JsonObject { ["role"] = "user", ["parts"] = new JsonArray(new JsonObject { ["text"] = task }) });
        for (var i = 0; i < answered; i++)
        {
            contents.Add(new JsonObject { ["role"] = "model", ["parts"] = new JsonArray(new JsonObject { ["functionCall"] = new JsonObject { ["name"] = "replace" } }) });
            contents.Add(new JsonObject { ["role"] = "user", ["parts"] = new JsonArray(new JsonObject { ["functionResponse"] = new JsonObject { ["name"] = "replace", ["response"] = new JsonObject { ["output"] = "ok" } } }) });
        }

        return new JsonObject
        {
            ["contents"] = contents,
            ["tools"] = tools ? new JsonArray(new JsonObject
            {
                ["functionDeclarations"] = new JsonArray(
                    new JsonObject { ["name"] = "replace", ["parametersJsonSchema"] = Edit() },
                    new JsonObject { ["name"] = "mcp_interlock_send_message", ["parametersJsonSchema"] = Any() }),
            }) : [],
        };
    }

    private static JsonObject Function(string name, JsonObject parameters) => new() { ["type"] = "function", ["function"] = new JsonObject { ["name"] = name, ["parameters"] = parameters } };

    private static JsonObject Edit() => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject { ["file_path"] = Text(), ["old_string"] = Text(), ["new_string"] = Text() },
    };

    private static JsonObject Any() => new() { ["type"] = "object", ["properties"] = new JsonObject() };

    private static JsonObject Text() => new() { ["type"] = "string" };
}
