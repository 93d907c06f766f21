using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Interlock.Engine.Agents;
using Interlock.Engine.Configuration;
using Interlock.Engine.Sandbox;
using Interlock.Engine.Verification;

namespace Interlock.Tests.Sandbox;

public sealed class Sandboxed_commands : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("interlock-sandbox-").FullName;
    private readonly string home;
    private readonly string repository;
    private readonly string worktree;

    public Sandboxed_commands()
    {
        Assert.SkipWhen(Sandboxes.For(new InterlockConfig()).WhyNone is not null, "there is no sandbox on this machine");
        home = Directory.CreateDirectory(Path.Combine(folder, "home")).FullName;
        repository = Directory.CreateDirectory(Path.Combine(folder, "repo")).FullName;
        worktree = Directory.CreateDirectory(Path.Combine(folder, "tree")).FullName;
        Directory.CreateDirectory(Path.Combine(repository, ".git", "interlock"));
        Directory.CreateDirectory(Path.Combine(repository, ".git", "hooks"));
        File.WriteAllText(Path.Combine(repository, ".git", "config"), "[core]\n");
        File.WriteAllText(Path.Combine(repository, ".git", "interlock", "token"), "secret");
        File.WriteAllText(Path.Combine(worktree, ".git"), "gitdir: elsewhere\n");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_network_is_reached_only_with_leave(bool network)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        string[] connect = ["/bin/bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$0", port];

        var outcome = await RunAsync(new Check("connect", connect, TimeSpan.FromMinutes(1)) { Network = network });

        Assert.True(network == outcome.Passed, outcome.Tail);
        Assert.Equal(network, listener.Pending());
    }

    [Fact]
    public async Task Only_the_worktree_and_what_was_named_can_be_written()
    {
        var cache = Directory.CreateDirectory(Path.Combine(folder, "cache")).FullName;
        var beside = Directory.CreateDirectory(Path.Combine(folder, "beside")).FullName;

        var outcome = await RunAsync($"""
            echo x > inside.txt
            echo x > {cache}/kept.txt
            echo x > "$HOME/private.txt" && echo x > "$TMPDIR/private.txt"
            for path in {beside}/file {repository}/file {repository}/.git/config {repository}/.git/hooks/x /etc/file .git; do
              (echo x > $path) 2>/dev/null && echo "WROTE $path"
            done
            mv .git elsewhere 2>/dev/null && echo "MOVED .git"
            rm -f .git 2>/dev/null; test -e .git
            """, writable: [cache, repository + "/.git/hooks"]);

        Assert.True(outcome.Passed, outcome.Tail);
        Assert.Equal("", outcome.Tail);
        Assert.True(File.Exists(Path.Combine(worktree, "inside.txt")) && File.Exists(Path.Combine(cache, "kept.txt")));
        Assert.Empty(Directory.GetFiles(beside));
        Assert.Empty(Directory.GetFiles(home));
        Assert.Equal("[core]\n", File.ReadAllText(Path.Combine(repository, ".git", "config")));
        Assert.Equal("gitdir: elsewhere\n", File.ReadAllText(Path.Combine(worktree, ".git")));
    }

    [Fact]
    public async Task Of_the_home_tools_and_caches_are_shown_and_secrets_are_not()
    {
        foreach (var file in (string[])[".ssh/id", ".netrc", ".aws/credentials", ".config/gh/hosts.yml", ".cargo/credentials.toml", "letters/mother.txt", ".nuget/packages/a", ".cargo/registry/b", "tools/bin/c"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(home, file))!);
            File.WriteAllText(Path.Combine(home, file), "x");
        }

        var outcome = await RunAsync($"""
            for file in .ssh/id .netrc .aws/credentials .config/gh/hosts.yml .cargo/credentials.toml letters/mother.txt; do test -e "$HOME/$file" && echo "SHOWN $file"; done
            test -e {repository}/.git/interlock/token && echo "SHOWN token"
            cat "$HOME/.nuget/packages/a" "$HOME/.cargo/registry/b" "$HOME/tools/bin/c"
            echo mark > "$HOME/.cargo/mark"
            """, path: $"{home}/tools/bin:/usr/bin:/bin");

        Assert.True(outcome.Passed, outcome.Tail);
        Assert.Equal("xxx", outcome.Tail);
        Assert.False(File.Exists(Path.Combine(home, ".cargo", "mark")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("sleep 1000")]
    public async Task Nothing_a_command_started_outlives_it_wherever_it_hid(string then)
    {
        var mark = Guid.NewGuid().ToString("N");

        var outcome = await RunAsync(new Check("spawn", ["/bin/sh", "-c", $"setsid env -i /bin/sh -c ': {mark}; sleep 1000; :' & {then}"], TimeSpan.FromSeconds(2)));

        Assert.Equal(then.Length == 0, outcome.Passed);
        Assert.DoesNotContain(Directory.EnumerateDirectories("/proc").Where(name => char.IsAsciiDigit(Path.GetFileName(name)[0])), process => CommandOf(process).Contains(mark, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_command_does_not_die_with_the_thread_that_started_it()
    {
        using var made = System.Diagnostics.Process.Start("mkfifo", Path.Combine(worktree, "go"));
        await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        Task<CheckOutcome>? running = null;
        var thread = new Thread(() => running = RunAsync("cat go"));
        thread.Start();
        thread.Join();

        // Opening waits for the reader, so the command is at work when its thread is long gone.
        await File.WriteAllTextAsync(Path.Combine(worktree, "go"), "went on", TestContext.Current.CancellationToken);

        var outcome = await running!;
        Assert.True(outcome.Passed, outcome.Tail);
        Assert.Equal("went on", outcome.Tail);
    }

    [Fact]
    public async Task A_command_that_is_asked_to_stop_can_end_in_good_order()
    {
        using var made = System.Diagnostics.Process.Start("mkfifo", Path.Combine(worktree, "ready"));
        await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        var scope = new SandboxScope(worktree, [repository], [], [Path.Combine(repository, ".git")], [], Network: false);
        var environment = ChildEnvironment.Build([], new Dictionary<string, string> { ["HOME"] = home });
        var command = Sandboxes.For(new InterlockConfig()).Of(scope).Wrap(
            new AgentCommand(["/bin/sh", "-c", "trap 'echo bye > bye.txt; exit 3' TERM; echo go > ready; sleep 1000 & wait"], worktree, environment, ""));
        using var stop = new CancellationTokenSource();
        var limits = new ProcessLimits(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(2), 1 << 20);
        var process = await AgentProcess.StartAsync(command, Path.Combine(folder, "stop.log"), limits, TimeProvider.System, stop.Token);

        await File.ReadAllTextAsync(Path.Combine(worktree, "ready"), TestContext.Current.CancellationToken);
        await stop.CancelAsync();

        Assert.Equal(3, (await process.Completion).ExitCode);
        Assert.Equal("bye\n", await File.ReadAllTextAsync(Path.Combine(worktree, "bye.txt"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(".ssh", true)]
    [InlineData(".ssh/keys", true)]
    [InlineData(".cargo", true)]
    [InlineData("", true)]
    [InlineData("..", true)]
    [InlineData("packages", false)]
    [InlineData(".sshd", false)]
    [InlineData("../beside", false)]
    public void Nothing_linked_leads_to_secrets_of_the_home(string path, bool secret) =>
        Assert.Equal(secret, HomeView.IsSecret(home, Path.GetFullPath(Path.Combine(home, path))));

    [Fact]
    public async Task The_exit_code_and_the_arguments_are_the_commands_own()
    {
        var outcome = await RunAsync(new Check("exit", ["/bin/sh", "-c", "printf %s \"$1\"; exit 7", "sh", "a 'b' \"c\" $(d) --e"], TimeSpan.FromMinutes(1)));

        Assert.Equal((7, "a 'b' \"c\" $(d) --e"), (outcome.ExitCode, outcome.Tail));
    }

    private static string CommandOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            return "";
        }
    }

    private Task<CheckOutcome> RunAsync(string script, string[]? writable = null, string? path = null) =>
        RunAsync(new Check("script", ["/bin/sh", "-c", script], TimeSpan.FromMinutes(1)), writable, path);

    private async Task<CheckOutcome> RunAsync(Check check, string[]? writable = null, string? path = null)
    {
        var more = new Dictionary<string, string> { ["HOME"] = home, ["TMPDIR"] = Path.Combine(folder, "beside") };
        if (path is not null)
        {
            more["PATH"] = path;
        }

        var sandboxes = Sandboxes.For(new InterlockConfig());
        var runner = new CheckRunner(TimeProvider.System, (asked, directory) => sandboxes.Of(
            new SandboxScope(directory, [repository], writable ?? [], [Path.Combine(repository, ".git")], [Path.Combine(repository, ".git", "interlock")], asked.Network)));
        var outcomes = await runner.RunAsync(worktree, [check], Path.Combine(folder, "logs"), ChildEnvironment.Build([], more), CancellationToken.None);
        return Assert.Single(outcomes);
    }
}
