using Interlock.Domain.Guarding;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Engine;
using Interlock.Engine.Guarding;
using Interlock.Engine.Worktrees;

namespace Interlock.App.Hooks;

/// <summary>Finds out who asks and where, and passes the question on: to the run that started the agent, or to the store itself.</summary>
internal static class HookCallers
{
    public static HookAnswer Answer(HookArguments arguments, byte[] question, TimeProvider time)
    {
        var tool = Environment.GetEnvironmentVariable("AGENT_TOOL_NAME");
        if (arguments.Hatch is { } hatch)
        {
            string[] words = tool is null ? [arguments.Cli.Word()] : [arguments.Cli.Word(), tool];
            var reply = HatchClient.AskAsync(hatch, new HatchRequest("hook", words, Environment.CurrentDirectory, question), CancellationToken.None).GetAwaiter().GetResult();
            return new HookAnswer(reply.Output, reply.ExitCode, reply.Error);
        }

        // Read once here for the place and the session, and again where it is answered; both are bounded.
        ToolCall? call = null;
        try
        {
            call = HookInput.Read(question, arguments.Cli, tool);
        }
        catch (FormatException)
        {
            // The desk words the denial.
        }

        if (Place(arguments, call) is not { } place)
        {
            return arguments.WhereUsed ? HookAnswer.Allow(arguments.Cli) : Deny(arguments, "interlock is not used in this folder, so it cannot tell whose files these are. To remove its hook: interlock hooks uninstall");
        }

        using var workspace = Workspace.Open(place, time);
        if (Who(arguments, workspace, call) is not { } agent)
        {
            return Deny(arguments, Unknown(call));
        }

        var root = Environment.GetEnvironmentVariable("INTERLOCK_WORKTREE") is { Length: > 0 } worktree ? worktree : GuardPaths.TopOf(place) ?? place;
        return new HookDesk(workspace).Answer(CallerOf(agent, root), arguments.Cli, question, tool, root);
    }

    /// <summary>Whose token the environment names; a window's claims are found by its name.</summary>
    public static GuardCaller CallerOf(AgentId agent, string root)
    {
        var token = LeaseToken.TryParse(Environment.GetEnvironmentVariable("INTERLOCK_TOKEN"));
        var task = Environment.GetEnvironmentVariable("INTERLOCK_TASK_ID");
        return new GuardCaller(agent, root, token is not null && Identifiers.IsValid(task) ? new TaskId(task!) : null, token);
    }

    /// <summary>The agent named on the command line, by the environment, or by whoever bound this conversation to it.</summary>
    public static AgentId? Who(HookArguments arguments, Workspace? workspace, ToolCall? call) =>
        arguments.Agent is { } named ? named
        : Environment.GetEnvironmentVariable("INTERLOCK_AGENT_ID") is var name && Identifiers.IsValid(name) ? new AgentId(name!)
        : workspace is not null && call?.Session is { } session ? Sessions.Of(workspace).Find(session)
        : null;

    // A window may have changed into a folder elsewhere, so the first place with a state counts. A hook never makes one.
    public static string? Place(HookArguments arguments, ToolCall? call) =>
        (arguments.Root is { } given ? (string?[])[given] : [call?.Folder, Environment.GetEnvironmentVariable("CLAUDE_PROJECT_DIR"), Environment.CurrentDirectory])
            .FirstOrDefault(folder => folder is { Length: > 0 } && Directory.Exists(folder) && HasState(folder));

    private static bool HasState(string folder) => Repository.DiscoverUsable(folder) is { } repository
        ? File.Exists(Path.Combine(repository.StateDir, "state.db"))
        : File.Exists(Path.Combine(folder, ".interlock", "state.db"));

    private static string Unknown(ToolCall? call) => call?.Session is { } session && session.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or ':')
        ? $"interlock does not know which agent this window is. Say it once, in a shell: interlock hooks bind {session} --agent AGENT (your id is in your prompt), then try again"
        : "interlock does not know which agent this window is. A person has to say it: interlock hooks install --agent AGENT, or set INTERLOCK_AGENT_ID";

    private static HookAnswer Deny(HookArguments arguments, string reason) => HookAnswer.Deny(arguments.Cli, Cli.Terminal.Safe(reason));
}
