using System.Text;
using Interlock.App.Mcp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.AspNetCore;

namespace Interlock.App.Http;

/// <summary>What the local server serves.</summary>
/// <param name="Folder">A folder in the repository.</param>
internal sealed record ServedRepository(string Folder, TimeProvider Time);

/// <summary>Every address of the local server. All are behind the gate; each reads who asks with <see cref="CallerOf"/>.</summary>
internal static class Endpoints
{
    // One line for each thing that is served.
    private static readonly IReadOnlyList<Action<IEndpointRouteBuilder, ServedRepository>> Parts = [MapHealth, MapTools, HookEndpoint.Map];

    public static void Register(IServiceCollection services, ServedRepository served)
    {
        services.AddMcpServer().WithHttpTransport(options =>
        {
            // Clients of the older protocol get a session, which only the token that began it may go on with: the gate names each
            // request's user, and the SDK compares.
            options.SessionMode = HttpServerSessionMode.StatefulForInitializeClients;
            options.ConfigureSessionOptions = (context, session, _) =>
            {
                AgentServer.Fill(session, new Connection(served.Folder, CallerOf(context).Agent!.Value, served.Time, "http", Nonce: Connection.NewNonce()));
                return Task.CompletedTask;
            };
        });
    }

    public static void Map(IEndpointRouteBuilder routes, ServedRepository served)
    {
        foreach (var map in Parts)
        {
            map(routes, served);
        }
    }

    /// <summary>Who asks. The gate lets nobody through without it.</summary>
    public static Caller CallerOf(HttpContext context) => context.Features.Get<Caller>() ?? throw new InvalidOperationException("the gate was passed by");

    private static void MapHealth(IEndpointRouteBuilder routes, ServedRepository served) => routes.MapGet("/health", async context =>
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes("{\"status\":\"ok\"}\n"), context.RequestAborted);
    });

    private static void MapTools(IEndpointRouteBuilder routes, ServedRepository served)
    {
        foreach (var path in (string[])["/mcp", "/mcp/{agent}"])
        {
            routes.MapMcp(path);
        }
    }
}
