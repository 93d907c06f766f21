using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace ModelServer.Wires;

/// <summary>One maker's form of asking a model and of its answers.</summary>
internal interface IWire
{
    Conversation Read(JsonObject body);

    /// <param name="reply">Text or a call; errors are the same in every form and written elsewhere.</param>
    Task WriteAsync(HttpContext context, JsonObject body, Reply reply);
}

internal static class WireJson
{
    public static IEnumerable<JsonObject> Objects(this JsonNode? node) => node is JsonArray array ? array.OfType<JsonObject>() : [];

    public static string Word(this JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    /// <summary>Every text in it, wherever it stands, with line breaks as line breaks.</summary>
    public static string AllText(JsonNode? node) => node switch
    {
        JsonObject map => string.Join('\n', map.Select(member => AllText(member.Value))),
        JsonArray list => string.Join('\n', list.Select(AllText)),
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        _ => "",
    };

    public static async Task AnswerAsync(HttpContext context, JsonObject answer)
    {
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(answer.ToJsonString());
    }

    public static Task BeginStreamAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        return context.Response.StartAsync();
    }

    public static async Task SendAsync(HttpContext context, JsonObject data, string? name = null) =>
        await context.Response.WriteAsync((name is null ? "" : $"event: {name}\n") + $"data: {data.ToJsonString()}\n\n");
}
