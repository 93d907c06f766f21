using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Interlock.Domain.Guarding;
using Interlock.Engine.Platform;

namespace Interlock.Engine.Guarding;

/// <summary>
/// The one way from an agent's processes back into the run: a socket in a folder of its own that only this user can enter.
/// Who asks is known by which hatch it came in at, so nothing that is said there can claim to be somebody else.
/// </summary>
public sealed class Hatch : IAsyncDisposable
{
    private const int MostAtOnce = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly GuardCaller caller;
    private readonly HookDesk desk;
    private readonly HatchVerbs verbs;
    private readonly Action asked;
    private readonly Socket listener;
    private readonly string folder;
    private readonly CancellationTokenSource closed = new();
    private readonly SemaphoreSlim places = new(MostAtOnce);
    private readonly Task serving;
    private int questions;

    private Hatch(Workspace workspace, GuardCaller caller, HatchVerbs verbs, Action asked, string folder)
    {
        (this.caller, this.verbs, this.asked, this.folder) = (caller, verbs, asked, folder);
        desk = new HookDesk(workspace);
        listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(Path));
        listener.Listen(64);
        serving = ServeAsync();
    }

    /// <summary>For <see cref="HatchClient.Variable"/>. Short, because the system cuts such names at about a hundred bytes.</summary>
    public string Path => HatchFolder.SocketIn(folder);

    /// <summary>Questions of the CLI's own hooks that were answered; git's hooks and verbs do not count.</summary>
    public int Questions => Volatile.Read(ref questions);

    internal void NoteQuestion() => Interlocked.Increment(ref questions);

    /// <param name="asked">Called at every question: the agent lives.</param>
    public static Hatch Open(Workspace workspace, GuardCaller caller, Action asked)
    {
        var folder = HatchFolder.Create();
        try
        {
            return new Hatch(workspace, caller, new HatchVerbs(caller, workspace.Root), asked, folder);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await closed.CancelAsync();
        listener.Dispose();
        await serving;
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task ServeAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                await places.WaitAsync(closed.Token);
                var socket = await listener.AcceptAsync(closed.Token);
                open.RemoveAll(task => task.IsCompleted);
                open.Add(Task.Run(() => AnswerAsync(socket)));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task AnswerAsync(Socket socket)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            using var bound = CancellationTokenSource.CreateLinkedTokenSource(closed.Token);
            bound.CancelAfter(Patience);
            var request = JsonSerializer.Deserialize(await HatchFrame.ReadAsync(stream, bound.Token), HatchJson.Default.HatchRequest) ?? throw new JsonException();
            asked();
            if (request.Kind == "mcp")
            {
                await verbs.ServeAsync(stream, closed.Token);
                return;
            }

            var reply = await ReplyAsync(request);
            await stream.WriteAsync(HatchFrame.Of(JsonSerializer.SerializeToUtf8Bytes(reply, HatchJson.Default.HatchReply)), closed.Token);
        }
        catch (Exception error) when (error is IOException or JsonException or OperationCanceledException or ObjectDisposedException)
        {
            // Who knocks and says nothing sensible gets no answer, which its hook takes for a denial.
        }
        finally
        {
            places.Release();
        }
    }

    private async Task<HatchReply> ReplyAsync(HatchRequest request)
    {
        switch (request)
        {
            case { Kind: "hook", Words: [var word, ..] }:
                NoteQuestion();
                var cli = GuardedClis.TryParse(word) ?? GuardedCli.Generic;
                var answer = desk.Answer(caller, cli, request.Body, request.Words.Count > 1 ? request.Words[1] : null, request.Folder);
                return new HatchReply(answer.ExitCode, answer.Output, answer.Error ?? "");
            case { Kind: "git", Words: [var hook, ..] }:
                var problem = desk.AnswerGit(caller, hook, [.. Encoding.UTF8.GetString(request.Body).Split('\0', StringSplitOptions.RemoveEmptyEntries)]);
                return new HatchReply(problem is null ? 0 : 1, [], problem ?? "");
            case { Kind: "verb" }:
                return await verbs.RunAsync(request.Words, closed.Token);
            default:
                return new HatchReply(2, [], "this is not a question the run answers");
        }
    }
}
