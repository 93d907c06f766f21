using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ModelServer.Wires;

namespace ModelServer;

/// <summary>
/// Answers as four makers' models do, on loopback only, by playing a script. It keeps no conversation: what comes next
/// is counted from the request itself, so retries and several agents at once do no harm.
/// </summary>
internal sealed class Server
{
    // By the end of the path: programs put their own prefixes and versions before it.
    private static readonly (string End, IWire Wire)[] Wires =
    [
        ("/messages", new MessagesWire()),
        ("/responses", new ResponsesWire()),
        ("/chat/completions", new ChatWire()),
        (":streamGenerateContent", new GeminiWire()),
        (":generateContent", new GeminiWire()),
    ];

    private readonly Player player;
    private readonly Journal journal;

    private Server(Script script, string? log) => (player, journal) = (new Player(script), new Journal(log));

    /// <param name="port">0 takes a free one.</param>
    /// <param name="log">File that gets a line for each request; null for none.</param>
    public static WebApplication Create(Script script, int port, string? log)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = 64 << 20;
            kestrel.Listen(System.Net.IPAddress.Loopback, port);
        });
        var app = builder.Build();
        var server = new Server(script, log);
        app.Run(server.AnswerAsync);
        return app;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (context.Request.Method == "POST" && Array.Find(Wires, entry => path.EndsWith(entry.End, StringComparison.Ordinal)).Wire is { } wire)
        {
            await PlayAsync(context, wire);
        }
        else if (Fixed(context.Request.Method, path) is { } answer)
        {
            await WireJson.AnswerAsync(context, answer);
        }
        else
        {
            journal.Note(context.Request, null, "not served");
            await FailAsync(context.Response, 404, new JsonObject { ["error"] = new JsonObject { ["message"] = "not served here", ["type"] = "not_found_error" } }.ToJsonString());
        }
    }

    private static JsonObject? Fixed(string method, string path) => (method, path) switch
    {
        ("POST", _) when path.EndsWith("/count_tokens", StringComparison.Ordinal) => new JsonObject { ["input_tokens"] = Usage.Input },
        ("POST", _) when path.EndsWith(":countTokens", StringComparison.Ordinal) => new JsonObject { ["totalTokens"] = Usage.Input },
        ("GET", _) when path.EndsWith("/models", StringComparison.Ordinal) => new JsonObject
        {
            ["object"] = "list",
            ["models"] = new JsonArray(),
            ["data"] = new JsonArray(new JsonObject { ["id"] = "scripted", ["object"] = "model", ["owned_by"] = "tests" }),
        },
        _ => null,
    };

    private async Task PlayAsync(HttpContext context, IWire wire)
    {
        var body = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted) as JsonObject ?? [];
        var conversation = wire.Read(body);
        var reply = player.Next(conversation);
        journal.Note(context.Request, conversation, reply.Short);
        if (reply is Reply.Failure failure)
        {
            foreach (var (name, value) in failure.Headers)
            {
                context.Response.Headers[name] = value;
            }

            await FailAsync(context.Response, failure.Status, failure.Body);
            return;
        }

        await wire.WriteAsync(context, body, reply);
    }

    private static async Task FailAsync(HttpResponse response, int status, string body)
    {
        response.StatusCode = status;
        response.ContentType = "application/json";
        await response.WriteAsync(body);
    }
}

/// <summary>What every answer says it cost: the same each time, so that sums can be checked.</summary>
internal static class Usage
{
    public const int Input = 1000;
    public const int Cached = 400;
    public const int Output = 50;
    public const int Reasoning = 10;
}
