using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace ModelServer.Wires;

/// <summary>Google's generated content.</summary>
internal sealed class GeminiWire : IWire
{
    public Conversation Read(JsonObject body)
    {
        var contents = body["contents"].Objects().ToList();
        var results = contents.SelectMany(content => content["parts"].Objects()).Where(part => part["functionResponse"] is not null).ToList();
        var said = contents.Count(content => content["role"].Word() == "model" && content["parts"].Objects().All(part => part["functionCall"] is null));
        var generation = body["generationConfig"] as JsonObject;

        // An answer in JSON is asked for by side calls that choose a model or judge a turn; they offer no tools that count.
        var aside = generation?["responseMimeType"].Word() == "application/json" || generation?["responseJsonSchema"] is not null || generation?["responseSchema"] is not null;
        var tools = aside ? [] : body["tools"].Objects().SelectMany(tool => tool["functionDeclarations"].Objects())
            .Select(tool => new Tool(tool["name"].Word(), (tool["parametersJsonSchema"] ?? tool["parameters"]) as JsonObject)).ToList();
        return new Conversation(
            WireJson.AllText(body["systemInstruction"]) + "\n" + WireJson.AllText(body["contents"]), results.Count + said, tools, [.. results.Select(result => WireJson.AllText(result["functionResponse"]))]);
    }

    public async Task WriteAsync(HttpContext context, JsonObject body, Reply reply)
    {
        var part = reply is Reply.Call call
            ? new JsonObject { ["functionCall"] = new JsonObject { ["name"] = call.Tool.Name, ["args"] = call.Arguments }, ["thoughtSignature"] = Convert.ToBase64String("scripted"u8) }
            : new JsonObject { ["text"] = ((Reply.Say)reply).Text };
        var answer = new JsonObject
        {
            ["candidates"] = new JsonArray(new JsonObject { ["content"] = new JsonObject { ["role"] = "model", ["parts"] = new JsonArray(part) }, ["finishReason"] = "STOP", ["index"] = 0 }),
            ["usageMetadata"] = new JsonObject
            {
                ["promptTokenCount"] = Usage.Input,
                ["cachedContentTokenCount"] = Usage.Cached,
                ["candidatesTokenCount"] = Usage.Output,
                ["totalTokenCount"] = Usage.Input + Usage.Output,
            },
            ["responseId"] = Guid.NewGuid().ToString("N"),
        };
        if (context.Request.Path.Value!.EndsWith(":generateContent", StringComparison.Ordinal))
        {
            await WireJson.AnswerAsync(context, answer);
            return;
        }

        await WireJson.BeginStreamAsync(context);
        await WireJson.SendAsync(context, answer);
    }
}
