using System.Diagnostics;
using System.Globalization;
using System.Text;
using Interlock.Domain.Plans;
using Interlock.Engine.Configuration;
using Interlock.Engine.Platform;

namespace Interlock.Engine.Guarding;

/// <summary>
/// Git's own hooks for agents whose CLI asks nobody. They stand in a folder of their own and call the hooks that were there before,
/// so a person's stay as they are. Early feedback only: <c>--no-verify</c> passes them, the landing does not.
/// </summary>
public static class GitHooks
{
    /// <summary>Names them beside the CLIs.</summary>
    public const string Word = "git";

    private const string FolderName = "interlock-hooks";

    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static readonly string[] Asked = ["pre-commit", "commit-msg", "pre-push"];

    public static bool Wanted(string? words) => (words ?? "").Split(',', StringSplitOptions.TrimEntries).Contains(Word);

    /// <summary>For the checkout around a folder alone, in the settings git keeps for one worktree.</summary>
    /// <exception cref="BadInputException">Git does not let them be set here.</exception>
    public static void InstallFor(string root, AgentId? agent)
    {
        var gitDir = Git(root, "rev-parse", "--absolute-git-dir") ?? throw new BadInputException($"{root} is not in a git repository", "Git hooks need one; leave 'git' out of --for", 3);
        var folder = Path.Combine(gitDir, FolderName);
        var before = Git(root, "config", "--type=path", "--get", "core.hooksPath");
        if (before != folder)
        {
            Write(folder, Path.GetFullPath(before ?? Path.Combine(Git(root, "rev-parse", "--git-common-dir")!, "hooks"), root), agent);
        }

        if (Git(root, "config", "extensions.worktreeConfig", "true") is null || Git(root, "config", "--worktree", "core.hooksPath", folder) is null)
        {
            throw new BadInputException("git did not take the setting core.hooksPath for this worktree", "Git 2.20 or newer is needed; look at: git config --worktree --list", 3);
        }
    }

    /// <summary>The folder of the hooks that <see cref="InstallFor"/> put into the checkout around a folder; null when there are none.</summary>
    public static string? FindFor(string root) =>
        Git(root, "rev-parse", "--absolute-git-dir") is { } gitDir && Path.Combine(gitDir, FolderName) is var folder && Git(root, "config", "--type=path", "--get", "core.hooksPath") == folder
            ? folder
            : null;

    public static void UninstallFor(string root)
    {
        if (FindFor(root) is { } folder)
        {
            _ = Git(root, "config", "--worktree", "--unset", "core.hooksPath");
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Variables that make an agent's git use the hooks in a folder, whatever is configured.</summary>
    public static IReadOnlyDictionary<string, string> VariablesFor(string folder, IReadOnlyDictionary<string, string> environment)
    {
        // Agents may have been given settings this way already.
        var count = environment.TryGetValue("GIT_CONFIG_COUNT", out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        return new Dictionary<string, string>
        {
            [string.Create(CultureInfo.InvariantCulture, $"GIT_CONFIG_KEY_{count}")] = "core.hooksPath",
            [string.Create(CultureInfo.InvariantCulture, $"GIT_CONFIG_VALUE_{count}")] = folder,
            ["GIT_CONFIG_COUNT"] = string.Create(CultureInfo.InvariantCulture, $"{count + 1}"),
        };
    }

    /// <summary>Writes the scripts for all agents of a run; each finds its agent in its environment.</summary>
    public static string WriteForRun(Workspace workspace)
    {
        var folder = Path.Combine(workspace.StateDir, "git-hooks");
        var common = workspace.Repository!.CommonDir;
        var before = Git(workspace.Root, "config", "--type=path", "--get", "core.hooksPath");
        Write(folder, Path.GetFullPath(before ?? Path.Combine(common, "hooks"), workspace.Root), null);
        return folder;
    }

    private static void Write(string folder, string before, AgentId? agent)
    {
        PrivateFolder.Create(folder);
        var others = Directory.Exists(before)
            ? Directory.EnumerateFiles(before).Select(Path.GetFileName).OfType<string>().Where(name => Identifiers.IsValid(name) && !name.Contains('.', StringComparison.Ordinal))
            : [];
        foreach (var name in Asked.Union(others))
        {
            var path = Path.Combine(folder, name);
            var text = Encoding.UTF8.GetBytes(Script(name, Path.Combine(before, name), agent));
            if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(text))
            {
                AtomicFile.Write(path, text);
            }

            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, Executable);
            }
        }
    }

    private static string Script(string name, string before, AgentId? agent)
    {
        var program = Quoted(Environment.ProcessPath!);
        var more = agent is { } named ? $" --agent {named}" : "";
        var ask = !Asked.Contains(name) ? ""
            : name == "pre-push" ? $"[ ! -x {program} ] || printf '%s\\n' \"$input\" | {program} hook{more} --git {name} \"$@\" || exit 1\n"
            : $"[ ! -x {program} ] || {program} hook{more} --git {name} \"$@\" || exit 1\n";
        var input = name is "pre-push" or "post-rewrite" or "pre-receive" or "reference-transaction" ? "input=$(cat)\n" : "";
        var call = input.Length > 0 ? $"printf '%s\\n' \"$input\" | {Quoted(before)} \"$@\"; exit $?" : $"exec {Quoted(before)} \"$@\"";
        return $"#!/bin/sh\n# interlock: asks before, then goes on with the hook that was here already.\n{input}{ask}if [ -x {Quoted(before)} ]; then {call}; fi\nexit 0\n";
    }

    private static string Quoted(string path) => $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    // A person's own git with a person's own settings: this is asked by a person, about their own checkout.
    private static string? Git(string folder, params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = git.StandardError.ReadToEndAsync();
        var text = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        _ = error.Result;
        return git.ExitCode == 0 ? text.TrimEnd('\n', '\r') : null;
    }
}
