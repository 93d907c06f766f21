using Interlock.Domain.Guarding;
using Interlock.Engine;
using Interlock.Engine.Guarding;
using Interlock.Engine.Worktrees;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Interlock.App.Http;

/// <summary>
/// Claude's HTTP hook: question and answer of <c>interlock hook --for claude</c>, without a process for each edit. Claude lets through whatever
/// is not answered with 200, so every error and a deadline of its own are answered with 200 and a denial.
/// </summary>
internal static class HookEndpoint
{
    public const string Path = "/hooks/claude";

    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(4);

    public static void Map(IEndpointRouteBuilder routes, ServedRepository served) => routes.MapPost(Path, context => AnswerAsync(context, served));

    public static async Task DenyAsync(HttpContext context, string why)
    {
        await ReadAwayAsync(context);
        await GiveAsync(context, HookAnswer.Deny(GuardedCli.Claude, HookDesk.Failed(why)));
    }

    private static async Task AnswerAsync(HttpContext context, ServedRepository served)
    {
        try
        {
            var caller = Endpoints.CallerOf(context);
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            await GiveAsync(context, await Task.Run(() => Answer(caller, served, body.ToArray())).WaitAsync(Budget, served.Time, context.RequestAborted));
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            await DenyAsync(context, error is TimeoutException ? "the state was not free within 4 seconds" : error.Message);
        }
    }

    private static HookAnswer Answer(Caller caller, ServedRepository served, byte[] question)
    {
        using var workspace = Workspace.Open(served.Folder, served.Time);
        return caller.Agent is { } agent
            ? new HookDesk(workspace).Answer(new GuardCaller(agent, RootOf(question, workspace)), GuardedCli.Claude, question, null, workspace.Root)
            : HookAnswer.Deny(GuardedCli.Claude, HookDesk.Failed("this token names no agent"));
    }

    // A window may work in a worktree of its own; from a folder of another repository, every file lies outside.
    private static string RootOf(byte[] question, Workspace workspace)
    {
        try
        {
            return HookInput.Read(question, GuardedCli.Claude).Folder is { } folder && Directory.Exists(folder) && GuardPaths.TopOf(folder) is { } top
                && Repository.DiscoverUsable(top)?.CommonDir == workspace.Repository?.CommonDir ? top : workspace.Root;
        }
        catch (FormatException)
        {
            // The desk words the denial.
            return workspace.Root;
        }
    }

    // Who is still sending sees a broken connection instead of an answer.
    private static async Task ReadAwayAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bound)
        {
            bound.MaxRequestBodySize = HatchFrame.Most;
        }

        try
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        }
        catch (IOException)
        {
            // Larger than that, or hung up.
        }
    }

    private static async Task GiveAsync(HttpContext context, HookAnswer answer)
    {
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.Body.WriteAsync(answer.Output.Length > 0 ? answer.Output : "{}"u8.ToArray(), context.RequestAborted);
    }
}
