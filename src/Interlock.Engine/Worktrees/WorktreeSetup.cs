using Interlock.Engine.Agents;
using Interlock.Engine.Platform;

namespace Interlock.Engine.Worktrees;

/// <summary>What a fresh worktree needs beyond its checkout, from trusted configuration.</summary>
/// <param name="Copy">Globs of ignored files to copy from the main checkout, such as <c>.env.*</c> or <c>**/local.json</c>.</param>
/// <param name="Link">Globs of files or folders to link to the main checkout's, such as <c>node_modules</c>.</param>
/// <param name="SetupCommand">Run by the shell in the new worktree.</param>
public sealed record WorktreeSetup(IReadOnlyList<string> Copy, IReadOnlyList<string> Link, string? SetupCommand)
{
    public static WorktreeSetup None { get; } = new([], [], null);

    /// <summary>Globs of files or folders brought by reflink, else by hard link, else copied.</summary>
    public IReadOnlyList<string> Cloned { get; init; } = [];

    /// <summary>Run after <see cref="SetupCommand"/>, one after the other; the first that fails ends the setup.</summary>
    public IReadOnlyList<SetupStep> Steps { get; init; } = [];

    /// <summary>Brings the files over and names them; what the checkout already has stays as it is.</summary>
    internal IReadOnlyList<string> Bring(Repository repository, Worktree worktree)
    {
        if (repository.MainCheckout is not { } main)
        {
            return [];
        }

        var files = new SetupFiles(main, worktree.Path);
        files.Link(Link);
        files.Clone(Cloned);
        files.Copy(Copy);
        return files.Brought;
    }

    /// <summary>What a new worktree would get from the checkout as it is now, in a fixed order.</summary>
    internal IEnumerable<FileSystemInfo> Sources(Repository repository) => repository.MainCheckout is { } main
        ? SetupFiles.Find(main, Link.Concat(Cloned).Concat(Copy)).OrderBy(entry => entry.FullName, StringComparer.Ordinal)
        : [];

    /// <param name="slot">The variables of the worktree's slot.</param>
    /// <exception cref="IOException">A command failed; the message ends with its last output.</exception>
    internal async Task RunCommandsAsync(
        Repository repository, Worktree worktree, IReadOnlyDictionary<string, string> slot, BuildSlots builds, CancellationToken cancellation)
    {
        if (SetupCommand is null && Steps.Count == 0)
        {
            return;
        }

        using var turn = await builds.TakeAsync(cancellation);
        var root = repository.MainCheckout ?? repository.CommonDir;
        var environment = ChildEnvironment.Build([], new Dictionary<string, string>(slot)
        {
            ["INTERLOCK_WORKTREE"] = worktree.Path,
            [ProcessTree.RootVariable] = root,
        });
        var own = SetupCommand is null ? [] : new[] { new SetupStep(ShellCommand.Of(SetupCommand)) };
        foreach (var step in own.Concat(Steps))
        {
            step.RequireUnchanged();
            var with = new Dictionary<string, string>(environment);
            if (step.RootVariable is { } name)
            {
                with[name] = root;
            }

            await RunAsync(repository, worktree, step.Command, with, cancellation);
        }
    }

    private static async Task RunAsync(
        Repository repository, Worktree worktree, IReadOnlyList<string> arguments, Dictionary<string, string> environment, CancellationToken cancellation)
    {
        var log = repository.NewTemporaryPath("setup");
        var command = new AgentCommand(arguments, worktree.Path, environment, "");
        try
        {
            var process = await AgentProcess.StartAsync(
                command, log, TimeSpan.FromMinutes(15), Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            var outcome = await process.Completion;
            cancellation.ThrowIfCancellationRequested();
            if (outcome is not { End: AgentEnd.Exited, ExitCode: 0 })
            {
                throw new IOException($"the setup command of the worktree '{worktree.Name}' failed: {outcome.Tail.Trim()}");
            }
        }
        finally
        {
            OutputLog.Delete(log);
        }
    }
}

/// <summary>One command of a worktree's setup.</summary>
/// <param name="Script">A file the command runs, with the hash a person has trusted; null when it is the whole command.</param>
/// <param name="RootVariable">A further variable that names the main checkout.</param>
public sealed record SetupStep(IReadOnlyList<string> Command, TrustedScript? Script = null, string? RootVariable = null)
{
    /// <exception cref="IOException">The script is not what was trusted.</exception>
    internal void RequireUnchanged()
    {
        if (Script is { } script && !script.IsUnchanged())
        {
            throw new IOException($"'{script.Path}' has changed since it was trusted");
        }
    }
}

/// <param name="Hash">SHA-256 of the bytes, hex.</param>
public sealed record TrustedScript(string Path, string Hash)
{
    internal bool IsUnchanged() => File.Exists(Path) && HashOf(File.ReadAllBytes(Path)) == Hash;

    internal static string HashOf(byte[] bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
}
