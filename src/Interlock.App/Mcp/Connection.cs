using System.Security.Cryptography;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Engine;
using Interlock.Engine.Desks;
using Interlock.Engine.Running;

namespace Interlock.App.Mcp;

/// <summary>Who is at the other end. Settled when the connection is made, so that no argument of a call can be somebody else.</summary>
/// <param name="Folder">A folder in the repository.</param>
/// <param name="Given">The token the agent was started with; null for a window.</param>
/// <param name="How">By what way it came, for people who look where it is.</param>
/// <param name="Nonce">Tells the request numbers of this connection from those of others; null when they mean nothing beyond one call.</param>
internal sealed record Connection(string Folder, AgentId Agent, TimeProvider Time, string How = "mcp", LeaseToken? Given = null, string? Nonce = null)
{
    public static string NewNonce() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <summary>
    /// Opens the repository around one call, as a verb does: files taken in and the dead reclaimed before, files written after.
    /// Nothing stays open between calls, so a long check of one holds up nobody, and each sees the configuration of now.
    /// </summary>
    public async Task<T> WithWorkspaceAsync<T>(Func<Workspace, AgentDesk, Task<T>> work, CancellationToken cancellation)
    {
        using var workspace = Workspace.Open(Folder, Time);
        workspace.Sync();
        await new Recovery(workspace).ReclaimAsync(cancellation);
        workspace.Protocol.Hear(Agent, How);
        try
        {
            return await work(workspace, new AgentDesk(workspace, Agent, Given));
        }
        finally
        {
            // What the call did is done; what keeps the files from being written is told by the next.
            _ = workspace.TrySync();
        }
    }
}
