using System.Diagnostics;
using System.Text;
using Interlock.Domain.Guarding;
using Interlock.Engine;
using Interlock.Engine.Guarding;

namespace Interlock.App.Hooks;

/// <summary>What git's own hooks ask: early feedback for agents whose CLI has none. A person, who is no agent, is asked nothing.</summary>
internal static class GitHookProgram
{
    public static HookAnswer Answer(HookArguments arguments, TimeProvider time)
    {
        if (HookCallers.Who(arguments, null, null) is not { } agent || Facts(arguments) is not { Count: > 0 } facts)
        {
            return new HookAnswer([], 0);
        }

        if (arguments.Hatch is { } hatch)
        {
            var body = Encoding.UTF8.GetBytes(string.Join('\0', facts));
            var reply = HatchClient.AskAsync(hatch, new HatchRequest("git", [arguments.GitHook!], Environment.CurrentDirectory, body), CancellationToken.None).GetAwaiter().GetResult();
            return new HookAnswer([], reply.ExitCode, reply.Error);
        }

        if (HookCallers.Place(arguments, null) is not { } place)
        {
            return new HookAnswer([], 0);
        }

        using var workspace = Workspace.Open(place, time);
        var root = GuardPaths.TopOf(Environment.CurrentDirectory) ?? workspace.Root;
        var problem = new HookDesk(workspace).AnswerGit(HookCallers.CallerOf(agent, root), arguments.GitHook!, facts);
        return new HookAnswer([], problem is null ? 0 : 1, problem is null ? null : $"interlock: {problem}");
    }

    private static IReadOnlyList<string>? Facts(HookArguments arguments) => arguments.GitHook switch
    {
        "pre-commit" => Staged(),
        "commit-msg" when arguments.Rest is [var file, ..] => [.. File.ReadLines(file).Take(200)],
        "pre-push" => Encoding.UTF8.GetString(HookQuestion.Read()).Split('\n', StringSplitOptions.RemoveEmptyEntries),
        _ => null,
    };

    // Started by git, so its variables name the right index, also of a partial commit.
    private static IReadOnlyList<string> Staged()
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["diff", "--cached", "--name-only", "--no-renames", "--no-ext-diff", "-z"]) { RedirectStandardOutput = true })!;
        var text = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return git.ExitCode == 0 ? text.Split('\0', StringSplitOptions.RemoveEmptyEntries) : throw new IOException("git could not say what is staged");
    }
}
