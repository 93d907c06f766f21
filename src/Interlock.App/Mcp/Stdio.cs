using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Interlock.App.Mcp;

/// <summary>Serves one agent over standard input and output until the input ends.</summary>
internal static class Stdio
{
    public static async Task ServeAsync(Connection connection, CancellationToken cancellation)
    {
        var options = AgentServer.Options(connection with { Nonce = Connection.NewNonce() });
        await using var transport = new StdioServerTransport(options);
        await using var server = McpServer.Create(transport, options);
        await server.RunAsync(cancellation);
    }
}
