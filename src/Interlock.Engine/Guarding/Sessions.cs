using System.Security.Cryptography;
using System.Text;
using Interlock.Domain.Plans;
using Interlock.Engine.Platform;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Guarding;

/// <summary>
/// Which agent speaks in a CLI's conversation, for windows that share one checkout and so one hook configuration.
/// Whoever sits there says it once; it is a name and opens nothing by itself.
/// </summary>
public sealed class Sessions(string folder)
{
    public static Sessions Of(Workspace workspace) => new(Path.Combine(workspace.StateDir, "guard", "sessions"));

    public void Bind(string session, AgentId agent)
    {
        PrivateFolder.Create(folder);
        AtomicFile.Write(PathOf(session), Encoding.ASCII.GetBytes(agent.Value));
    }

    public AgentId? Find(string session)
    {
        try
        {
            return File.ReadAllText(PathOf(session)) is var name && Identifiers.IsValid(name) ? new AgentId(name) : null;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    // A session's name is the CLI's word and may be anything.
    private string PathOf(string session) => Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(session)))[..32]);
}
