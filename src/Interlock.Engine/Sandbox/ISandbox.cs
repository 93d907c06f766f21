using Interlock.Engine.Agents;

namespace Interlock.Engine.Sandbox;

/// <summary>Keeps a command inside what it was given. Made for one command in one place; see <see cref="Sandboxes"/>.</summary>
public interface ISandbox
{
    /// <summary>The same command, to be started in the same way, that runs inside.</summary>
    AgentCommand Wrap(AgentCommand command);
}

/// <summary>What a command may reach inside a sandbox.</summary>
/// <param name="Worktree">The one folder it works in and may write; its <c>.git</c> pointer is read-only.</param>
/// <param name="Readable">Folders it needs although they may lie where nothing is shown, such as the repository.</param>
/// <param name="Writable">Further paths it may write; those that do not exist are left out.</param>
/// <param name="Kept">Folders that stay read-only whatever <paramref name="Writable"/> says, such as git's.</param>
/// <param name="Hidden">Folders that look empty, such as those with tokens.</param>
/// <param name="Network">False: it has a loopback of its own and nothing else.</param>
public sealed record SandboxScope(
    string Worktree, IReadOnlyList<string> Readable, IReadOnlyList<string> Writable, IReadOnlyList<string> Kept, IReadOnlyList<string> Hidden, bool Network)
{
    /// <summary>Paths within <see cref="Kept"/> that can be written all the same, such as an agent's own branch.</summary>
    public IReadOnlyList<string> Opened { get; init; } = [];

    /// <summary>Paths within <see cref="Opened"/> that stay as they are.</summary>
    public IReadOnlyList<string> Fixed { get; init; } = [];

    /// <summary>Paths that are shown although they lie in <see cref="Hidden"/>, read-only.</summary>
    public IReadOnlyList<string> Shown { get; init; } = [];
}
