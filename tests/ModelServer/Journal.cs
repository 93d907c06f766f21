using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace ModelServer;

/// <summary>One JSON line a request, without its secrets: what the program under test asked, and what it was told.</summary>
internal sealed class Journal(string? path)
{
    private readonly Lock gate = new();

    public void Note(HttpRequest request, Conversation? conversation, string reply)
    {
        if (path is null)
        {
            return;
        }

        var line = new JsonObject
        {
            ["method"] = request.Method,
            ["path"] = request.Path.Value,
            ["tools"] = conversation is null ? null : new JsonArray([.. conversation.Tools.Select(tool => (JsonNode)tool.Name)]),
            ["turn"] = conversation?.Turn,
            ["reply"] = reply,
            ["results"] = conversation is null ? null : new JsonArray([.. conversation.Results.Select(result => (JsonNode)result)]),
        }.ToJsonString();
        lock (gate)
        {
            File.AppendAllText(path, line + "\n");
        }
    }
}
