using System.CommandLine;
using Interlock.App.Mcp;
using Interlock.Domain.Leasing;
using Interlock.Engine;

namespace Interlock.App.Cli;

internal static class McpVerb
{
    public static Command Create(VerbHost host)
    {
        var agent = VerbHost.AgentOption();
        var command = new Command("mcp", "Serve an agent's editor or CLI the tools of interlock over standard input and output (MCP)") { agent };
        host.BindClosed(command, async (parse, _, folder, cancellation) =>
        {
            var who = VerbContext.Agent(parse, agent);

            // What is wrong here is told now, on the terminal that starts the server, and not at the first call of a tool.
            Workspace.Open(folder, host.Time).Dispose();
            var given = LeaseToken.TryParse(Environment.GetEnvironmentVariable("INTERLOCK_TOKEN") ?? "");
            await Stdio.ServeAsync(new Connection(folder, who, host.Time, Given: given), cancellation);
            return ExitCodes.Done;
        });
        return command;
    }
}
