using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Interlock.Engine.Platform;
using Interlock.Engine.Running;

namespace Interlock.Engine.Worktrees;

public sealed record GitResult(int ExitCode, byte[] Output, string Error)
{
    internal string Text => Encoding.UTF8.GetString(Output);

    /// <summary>The records of a <c>-z</c> answer, names in them as <see cref="GitName"/> has them.</summary>
    internal IReadOnlyList<string> Records => GitName.Decode(Output).Split('\0', StringSplitOptions.RemoveEmptyEntries);
}

/// <param name="space">What git does not say of a file that it could not write: that there is no room for it.</param>
public sealed class GitException(IReadOnlyList<string> arguments, int exitCode, string error, string? space = null)
    : Exception($"git {string.Join(' ', arguments)} ended with {exitCode}: {error.Trim()}{(space is null ? "" : $"; {space}")}")
{
    public string Hint { get; } = space is null ? "Run the git command by hand to see more" : "Free some space and run the command again";
    public IReadOnlyList<string> Arguments { get; } = arguments;
    public int ExitCode { get; } = exitCode;
    public string Error { get; } = error;
}

/// <summary>
/// Runs git on a git directory named outright: nothing is discovered, so a planted <c>.git</c> pointer leads nowhere,
/// and settings by which a repository could run code are off.
/// </summary>
public sealed class Git
{
    internal static readonly string NullDevice = OperatingSystem.IsWindows() ? "NUL" : "/dev/null";

    private static readonly string[] Settings =
    [
        "core.fsmonitor=false", $"core.hooksPath={NullDevice}", "core.pager=cat", "diff.external=", "protocol.ext.allow=never",
        "safe.bareRepository=explicit", "submodule.recurse=false", "gc.auto=0", "maintenance.auto=false", "commit.gpgSign=false",
        "core.quotePath=false", "core.untrackedCache=false", "advice.addEmbeddedRepo=false", "core.safecrlf=false",
    ];

    // Calls that leave the repository as it is; every other one counts as an effect.
    private static readonly HashSet<string> ReadsOnly = new(StringComparer.Ordinal)
    {
        "cat-file", "check-attr", "check-ignore", "check-ref-format", "config", "diff", "diff-files", "diff-index", "diff-tree", "for-each-ref", "fsck", "log",
        "ls-files", "ls-tree", "merge-base", "refs", "rev-list", "rev-parse", "show", "show-ref", "status", "symbolic-ref", "var", "version",
    };

    private readonly string gitDir;
    private readonly string? workTree;
    private readonly IReadOnlyList<string> extraSettings;
    private readonly IReadOnlyDictionary<string, string> extraEnvironment;

    public Git(string gitDir, string? workTree)
        : this(gitDir, workTree, [], new Dictionary<string, string>())
    {
    }

    /// <param name="environment">Wins over the hermetic one; an empty value removes the variable.</param>
    internal Git(string gitDir, string? workTree, IReadOnlyList<string> settings, IReadOnlyDictionary<string, string> environment)
    {
        this.gitDir = Path.GetFullPath(gitDir);
        this.workTree = workTree is null ? null : Path.GetFullPath(workTree);
        extraSettings = settings;
        extraEnvironment = environment;
    }

    /// <summary>Trimmed standard output.</summary>
    /// <exception cref="GitException">git refused.</exception>
    public async Task<string> RunAsync(
        IReadOnlyList<string> args, CancellationToken cancellation, ReadOnlyMemory<byte> stdin = default, IReadOnlyDictionary<string, string>? env = null) =>
        (await RunToEndAsync(args, cancellation, stdin, env)).Text.Trim();

    internal async Task<GitResult> RunToEndAsync(
        IReadOnlyList<string> args, CancellationToken cancellation, ReadOnlyMemory<byte> stdin = default, IReadOnlyDictionary<string, string>? env = null)
    {
        var result = await TryRunAsync(args, cancellation, stdin, env);
        return result.ExitCode == 0 ? result : throw Failed(args, result);
    }

    /// <summary>What to throw for a call that should have gone well.</summary>
    internal GitException Failed(IReadOnlyList<string> args, GitResult result)
    {
        return new GitException(args, result.ExitCode, result.Error, (workTree is null ? null : Shortage(workTree)) ?? Shortage(gitDir));
    }

    public async Task<GitResult> TryRunAsync(
        IReadOnlyList<string> args, CancellationToken cancellation, ReadOnlyMemory<byte> stdin = default, IReadOnlyDictionary<string, string>? env = null)
    {
        Failpoint.Hit(Failpoint.BeforeGit);
        if (ReadsOnly.Contains(args[0]))
        {
            return await CallAsync(args, stdin, env, cancellation);
        }

        Effects.Pass($"git: {args[0]}");
        var result = await CallAsync(args, stdin, env, cancellation);
        Effects.Pass($"git: {args[0]} done");
        return result;
    }

    private static string? Shortage(string folder) =>
        FreeSpace.On(folder) is < FreeSpace.Needed and var free ? $"the disk with {folder} is full or nearly so: {free >> 10} KB are free" : null;

    private async Task<GitResult> CallAsync(
        IReadOnlyList<string> args, ReadOnlyMemory<byte> stdin, IReadOnlyDictionary<string, string>? env, CancellationToken cancellation)
    {
        using var process = Start(args, env);
        try
        {
            var output = ReadAsync(process.StandardOutput.BaseStream, cancellation);
            var error = ReadAsync(process.StandardError.BaseStream, cancellation);
            await WriteAsync(process, stdin, cancellation);
            await Task.WhenAll(output, error);
            await process.WaitForExitAsync(cancellation);
            return new GitResult(process.ExitCode, await output, Encoding.UTF8.GetString(await error));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private Process Start(IReadOnlyList<string> args, IReadOnlyDictionary<string, string>? env)
    {
        var start = new ProcessStartInfo("git")
        {
            WorkingDirectory = workTree ?? gitDir,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        foreach (var setting in Settings.Concat(extraSettings))
        {
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add(setting);
        }

        start.ArgumentList.Add($"--git-dir={gitDir}");
        if (workTree is not null)
        {
            start.ArgumentList.Add($"--work-tree={workTree}");
        }

        foreach (var argument in args)
        {
            start.ArgumentList.Add(argument);
        }

        SetEnvironment(start.Environment, env);
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new GitException(args, -1, $"git could not be started in '{start.WorkingDirectory}': {e.Message}");
        }
    }

    private void SetEnvironment(IDictionary<string, string?> environment, IReadOnlyDictionary<string, string>? env)
    {
        foreach (var name in environment.Keys.Where(n => n.StartsWith("GIT_", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            environment.Remove(name);
        }

        environment["GIT_CONFIG_NOSYSTEM"] = "1";
        environment["GIT_CONFIG_GLOBAL"] = NullDevice;
        environment["GIT_TERMINAL_PROMPT"] = "0";
        environment["GIT_OPTIONAL_LOCKS"] = "0";
        environment["GIT_NO_REPLACE_OBJECTS"] = "1";
        environment["LC_ALL"] = "C";
        foreach (var (name, value) in extraEnvironment.Concat(env ?? new Dictionary<string, string>()))
        {
            environment[name] = value;
            if (value.Length == 0)
            {
                environment.Remove(name);
            }
        }
    }

    private static async Task WriteAsync(Process process, ReadOnlyMemory<byte> stdin, CancellationToken cancellation)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(stdin, cancellation);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // git ended without reading it all; its exit code says why.
        }
    }

    private static async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        using var memory = new MemoryStream();
        await stream.CopyToAsync(memory, cancellation);
        return memory.ToArray();
    }
}
