using System.Text;
using Interlock.Domain.Guarding;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;

namespace Interlock.Engine.Guarding;

/// <summary>
/// Answers the questions of hooks, wherever they come in. Whatever goes wrong is answered with a denial: a CLI lets through
/// what its hook does not forbid.
/// </summary>
public sealed class HookDesk(Workspace workspace)
{
    private readonly Guard guard = new(workspace);

    /// <param name="tool">The tool's name where the CLI says it beside the question.</param>
    /// <param name="at">Where relative paths start, unless the question says.</param>
    public HookAnswer Answer(GuardCaller caller, GuardedCli cli, ReadOnlyMemory<byte> question, string? tool, string at)
    {
        try
        {
            return guard.Ask(caller, HookInput.Read(question, cli, tool), at) is { } denied ? HookAnswer.Deny(cli, denied.Text) : HookAnswer.Allow(cli);
        }
        catch (FormatException error)
        {
            return HookAnswer.Deny(cli, $"interlock cannot read what {cli.Word()} asked: {error.Message}. Nothing was changed; check that the hook is installed for the right program");
        }
        catch (Exception error)
        {
            return HookAnswer.Deny(cli, Failed(error.Message));
        }
    }

    public static string Failed(string why) => $"interlock could not decide, so nothing may be changed: {why}. Try again; if it stays, a person should run: interlock doctor";

    /// <summary>What a git hook says; null for nothing. Git hooks are early feedback: what they miss is refused when the work lands.</summary>
    /// <param name="facts">Staged paths, the lines of the message, or the refs that are pushed.</param>
    public string? AnswerGit(GuardCaller caller, string hook, IReadOnlyList<string> facts) => hook switch
    {
        "pre-commit" => guard.AskFiles(caller, facts, caller.Root) is { } denied ? $"{denied.Text}\nTo take it out of this commit: git restore --staged <file>" : null,
        "commit-msg" => MessageProblem(caller, facts),
        "pre-push" => PushProblem(caller, facts),
        _ => null,
    };

    // The run writes the message of what its agents hand in; only windows write their own.
    private string? MessageProblem(GuardCaller caller, IReadOnlyList<string> lines)
    {
        if (caller.Token is not null)
        {
            return null;
        }

        var subject = lines.FirstOrDefault(line => line.Trim().Length > 0 && !line.StartsWith('#')) ?? "";
        var tasks = workspace.Store.Read(reader => reader.LiveLeases()).Where(lease => lease.Kind == LeaseKind.Task && lease.Agent == caller.Agent).Select(lease => lease.Task!.Value).ToList();
        return tasks.Exists(task => subject.StartsWith($"[{caller.Agent}] [{task}] ", StringComparison.Ordinal)) ? null
            : tasks.Count == 0 ? $"{caller.Agent} has no task to commit for. Take one first: interlock next --agent {caller.Agent}"
            : $"the subject has to name you and your task, or the commit is not found when you complete it. Write: [{caller.Agent}] [{tasks[0]}] what it does";
    }

    private string? PushProblem(GuardCaller caller, IReadOnlyList<string> refs)
    {
        if (caller.Token is { } token && workspace.Protocol.Check(caller.Task, token).Refusal is { } stale)
        {
            return $"{stale.Message}. {stale.Hint}";
        }

        // Each line is: local ref, local commit, remote ref, remote commit.
        var target = refs.Select(line => line.Split(' ')).Where(parts => parts.Length >= 3).Select(parts => parts[2])
            .FirstOrDefault(name => name.StartsWith("refs/heads/interlock/", StringComparison.Ordinal) || name.StartsWith("refs/interlock/", StringComparison.Ordinal)
                || (caller.Token is not null && !name.StartsWith("refs/heads/agent/", StringComparison.Ordinal)));
        return target is null ? null : $"{target} moves only when verified work lands, so it cannot be pushed from here. Hand the work in instead; interlock lands it";
    }
}
