using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Engine.Platform;

namespace Interlock.Engine;

/// <summary>
/// Remembers the tokens of windows whose agent has nothing but a shell, so that it need not carry them from
/// command to command. The folder is readable by the user alone; a token found here is checked like any other.
/// </summary>
public sealed class TokenFolder(string folder)
{
    public void Remember(TaskId task, AgentId agent, string token)
    {
        PrivateFolder.Create(folder);
        AtomicFile.Write(PathOf(task, agent), System.Text.Encoding.ASCII.GetBytes(token));
    }

    public LeaseToken? Find(TaskId task, AgentId agent)
    {
        try
        {
            return LeaseToken.TryParse(File.ReadAllText(PathOf(task, agent)));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Every remembered token with its file; null for a file that holds none.</summary>
    public IReadOnlyList<(string Path, LeaseToken? Token)> All() =>
        Directory.Exists(folder) ? [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(path => (path, LeaseToken.TryParse(File.ReadAllText(path))))] : [];

    // Both ids obey the grammar that forbids separators; '@' is in neither.
    private string PathOf(TaskId task, AgentId agent) => Path.Combine(folder, $"{task}@{agent}");
}
