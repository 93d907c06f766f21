using System.Net;
using System.Security.Claims;
using Interlock.Domain.Plans;
using Interlock.Engine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Interlock.App.Http;

/// <summary>
/// The HTTP server of one repository, on the loopback address alone. <c>serve</c> runs it for people's windows; a run can
/// have one of its own on any free port.
/// </summary>
internal sealed class LocalServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly HttpSecret secret;

    private LocalServer(WebApplication app, HttpSecret secret, int port)
    {
        this.app = app;
        this.secret = secret;
        Url = $"http://127.0.0.1:{port}";
    }

    public string Url { get; }

    /// <param name="port">0 for any that is free.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<LocalServer> StartAsync(ServedRepository served, int port, CancellationToken cancellation)
    {
        HttpSecret secret;
        using (var workspace = Workspace.Open(served.Folder, served.Time))
        {
            secret = HttpSecret.In(workspace);
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, port);
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = GateRules.MaxBody;
        });
        Endpoints.Register(builder.Services, served);
        var app = builder.Build();
        var authorities = new List<string>();
        app.Use((context, next) => PassAsync(context, next, authorities, secret));
        Endpoints.Map(app, served);
        await app.StartAsync(cancellation);
        var bound = PortOf(app);
        authorities.AddRange([$"127.0.0.1:{bound}", $"localhost:{bound}"]);
        return new LocalServer(app, secret, bound);
    }

    public string TokenFor(AgentId agent) => secret.TokenFor(agent);

    /// <summary>Waits until somebody ends the program.</summary>
    public Task WaitAsync(CancellationToken cancellation) => app.WaitForShutdownAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        // Whoever still waits for an answer gets a moment; nothing here is lost by being cut off.
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await app.StopAsync(bound.Token);
        await app.DisposeAsync();
    }

    private static async Task PassAsync(HttpContext context, RequestDelegate next, IReadOnlyCollection<string> authorities, HttpSecret secret)
    {
        var headers = context.Request.Headers;
        var knock = new Knock(
            context.Request.Method, context.Request.Path.Value ?? "", Values(headers.Host), Values(headers.Origin), Values(headers.Authorization),
            context.Request.ContentType, context.Request.ContentLength);
        var (status, why, caller) = GateRules.Check(knock, authorities, secret.Open);
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.CacheControl = "no-store";
        if (caller is null)
        {
            await (context.Request.Path == HookEndpoint.Path ? HookEndpoint.DenyAsync(context, why) : RefuseAsync(context, status, why));
            return;
        }

        context.Features.Set(caller);
        context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, caller.Agent?.Value ?? HttpSecret.Operator)], "bearer"));
        await next(context);
    }

    private static async Task RefuseAsync(HttpContext context, int status, string why)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        if (status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        await context.Response.WriteAsync($"{why}\n", context.RequestAborted);
    }

    private static IReadOnlyList<string> Values(Microsoft.Extensions.Primitives.StringValues values) => [.. values.Select(value => value ?? "")];

    private static int PortOf(WebApplication app) =>
        new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
}
