using System.Net.Sockets;
using System.Text;
using Interlock.Domain.Guarding;
using Interlock.Domain.Plans;
using Interlock.Engine;
using Interlock.Engine.Guarding;

namespace Interlock.Tests.Guarding;

using Cli = Interlock.Tests.Cli.Cli;

/// <summary>The way back from an agent's processes into the run that started it.</summary>
public sealed class Asking_the_run : IAsyncDisposable
{
    private static readonly AgentId Ada = new("dev-oauth-1");
    private readonly Cli cli = Cli.Assigned();
    private readonly Workspace workspace;
    private readonly Hatch hatch;
    private int alive;

    public Asking_the_run()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the test counts on Unix paths");
        cli.Claim("2.5.1", "dev-oauth-1");
        cli.Claim("2.5.5", "dev-backend-1");
        workspace = Workspace.Open(cli.Root, TimeProvider.System);
        hatch = Hatch.Open(workspace, new GuardCaller(Ada, cli.Root), () => Interlocked.Increment(ref alive));
    }

    public async ValueTask DisposeAsync()
    {
        await hatch.DisposeAsync();
        workspace.Dispose();
        cli.Dispose();
    }

    [Fact]
    public void The_hook_asks_there_and_the_question_is_a_sign_of_life()
    {
        cli.Set(HatchClient.Variable, hatch.Path);

        Assert.Equal("", cli.RunWith(Questions.Edit(GuardedCli.Claude, "src/config.ts", cli.Root), "hook", "--for", "claude").Expect(0).Out);
        Assert.Contains("leased by dev-backend-1", cli.RunWith(Questions.Edit(GuardedCli.Claude, "tests/config.test.ts", cli.Root), "hook", "--for", "claude").Expect(0).Out, StringComparison.Ordinal);

        Assert.Equal((2, 2), (hatch.Questions, alive));
    }

    [Fact]
    public void Nobody_can_speak_for_another_there_whatever_it_says()
    {
        cli.Set(HatchClient.Variable, hatch.Path);
        cli.Set("INTERLOCK_AGENT_ID", "dev-backend-1");

        var answer = cli.RunWith(Questions.Edit(GuardedCli.Claude, "tests/config.test.ts", cli.Root), "hook", "--for", "claude", "--agent", "dev-backend-1");

        Assert.Contains("deny", answer.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_the_run_is_gone_everything_is_denied()
    {
        cli.Set(HatchClient.Variable, hatch.Path);
        await hatch.DisposeAsync();

        var answer = cli.RunWith(Questions.Edit(GuardedCli.Cursor, "src/config.ts", cli.Root), "hook", "--for", "cursor").Expect(0);

        Assert.Contains("\"permission\":\"deny\"", answer.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Callers_that_hang_up_or_talk_nonsense_hold_up_nobody()
    {
        for (var i = 0; i < 40; i++)
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(hatch.Path));
            ReadOnlyMemory<byte> nonsense = (i % 3) switch { 0 => Array.Empty<byte>(), 1 => new byte[] { 255, 255, 255, 127, 1 }, _ => Encoding.UTF8.GetBytes("\u0002\0\0\0{]") };
            await socket.SendAsync(nonsense);
        }

        var question = Encoding.UTF8.GetBytes(Questions.Edit(GuardedCli.Claude, "src/config.ts", cli.Root));
        var reply = await HatchClient.AskAsync(hatch.Path, new HatchRequest("hook", ["claude"], cli.Root, question), TestContext.Current.CancellationToken);

        Assert.Equal((0, 0), (reply.ExitCode, reply.Output.Length));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task An_edit_before_any_question_means_that_the_hooks_are_off(bool asked, bool off)
    {
        var sung = new List<string>();
        var canary = new Canary(hatch, sung.AddRange);
        if (asked)
        {
            var question = Encoding.UTF8.GetBytes(Questions.Edit(GuardedCli.Claude, "src/config.ts", cli.Root));
            await HatchClient.AskAsync(hatch.Path, new HatchRequest("hook", ["claude"], cli.Root, question), TestContext.Current.CancellationToken);
        }

        canary.Edited([]);
        canary.Edited(["src/config.ts"]);
        canary.Edited(["src/config.ts", "src/more.ts"]);

        Assert.Equal(off ? new[] { "src/config.ts" } : [], sung);
    }

    [Theory]
    [InlineData("cancel", "2.5.1")]
    [InlineData("status", "--root", "/")]
    [InlineData("send", "--from", "dev-backend-1", "--to", "all", "--message", "x")]
    [InlineData("send", "--from=dev-backend-1", "--to", "all", "--message", "x")]
    [InlineData("inbox", "--agent", "dev-backend-1")]
    [InlineData("status", "@/etc/passwd")]
    [InlineData("hook")]
    public async Task Only_an_agents_own_affairs_are_dealt_with_there(params string[] words)
    {
        var reply = await HatchClient.AskAsync(hatch.Path, new HatchRequest("verb", words, cli.Root, []), TestContext.Current.CancellationToken);

        Assert.Equal(1, reply.ExitCode);
        Assert.StartsWith("refused: ", reply.Error, StringComparison.Ordinal);
    }
}
