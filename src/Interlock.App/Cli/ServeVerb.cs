using System.CommandLine;
using Interlock.App.Http;
using Interlock.Domain.Plans;
using Interlock.Engine;
using Interlock.Engine.Configuration;

namespace Interlock.App.Cli;

internal static class ServeVerb
{
    private const int UsualPort = 7420;

    public static Command Create(VerbHost host)
    {
        var port = new Option<int?>("--port") { Description = $"Port on 127.0.0.1; {UsualPort}, or any that is free, unless given", HelpName = "PORT" };
        var agent = new Option<AgentId?>("--for") { Description = "Do not serve: print what this agent's client needs to reach the server that runs", HelpName = "AGENT", CustomParser = VerbHost.AgentOption().CustomParser };
        var command = new Command("serve", "Serve agents the tools of interlock over HTTP, on this machine alone") { port, agent };
        host.BindClosed(command, (parse, terminal, folder, cancellation) => parse.GetValue(agent) is { } who
            ? Task.FromResult(Show(terminal, folder, host.Time, who))
            : ServeAsync(terminal, new ServedRepository(folder, host.Time), parse.GetValue(port), cancellation));
        return command;
    }

    private static async Task<int> ServeAsync(Terminal terminal, ServedRepository served, int? port, CancellationToken cancellation)
    {
        string stateDir;
        string root;
        using (var workspace = Workspace.Open(served.Folder, served.Time))
        {
            workspace.Sync();
            (stateDir, root) = (workspace.StateDir, workspace.Root);
        }

        using var gate = ServerFile.TryTake(stateDir);
        if (gate is null)
        {
            var other = ServerFile.Running(stateDir);
            throw new BadInputException(
                other is null ? "another process serves this repository" : $"process {other.Pid} serves this repository on {other.Url} since {other.StartedAt}",
                "Use that one, or stop it first");
        }

        await using var server = await StartAsync(served, port, cancellation);
        ServerFile.Write(stateDir, server.Url, served.Time.GetUtcNow());
        if (terminal.Json)
        {
            Terminal.WriteJsonLine(writer => writer.WriteString("url", server.Url));
        }
        else
        {
            terminal.Line($"Serving {root} on {server.Url}, to this machine alone.");
            terminal.Line("  agents   interlock serve --for AGENT prints the address and token of one");
            terminal.Line("  stop     Ctrl-C");
        }

        await server.WaitAsync(cancellation);
        return ExitCodes.Done;
    }

    // The usual port may serve another repository.
    private static async Task<LocalServer> StartAsync(ServedRepository served, int? port, CancellationToken cancellation)
    {
        try
        {
            return await LocalServer.StartAsync(served, port ?? UsualPort, cancellation);
        }
        catch (IOException) when (port is null)
        {
            return await LocalServer.StartAsync(served, 0, cancellation);
        }
        catch (IOException error)
        {
            throw new BadInputException($"port {port} cannot be used: {error.Message}", "Name another one, or leave --port out", ExitCodes.Environment);
        }
    }

    private static int Show(Terminal terminal, string folder, TimeProvider time, AgentId agent)
    {
        using var workspace = Workspace.Open(folder, time);
        var server = ServerFile.Running(workspace.StateDir) ?? throw new BadInputException("no server runs for this repository", "Start one: interlock serve");
        var (url, header) = ($"{server.Url}/mcp/{agent}", $"Bearer {HttpSecret.In(workspace).TokenFor(agent)}");
        if (terminal.Json)
        {
            Terminal.WriteJson(writer =>
            {
                writer.WriteString("url", url);
                writer.WriteString("authorization", header);
                writer.WriteString("hook", $"{server.Url}{HookEndpoint.Path}");
            });
            return ExitCodes.Done;
        }

        terminal.Line($"url            {url}");
        terminal.Line($"Authorization  {header}");
        terminal.Line($"Claude's hook  {server.Url}{HookEndpoint.Path}");
        return ExitCodes.Done;
    }
}
