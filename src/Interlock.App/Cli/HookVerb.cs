using System.CommandLine;
using Interlock.App.Hooks;
using Interlock.Domain.Guarding;

namespace Interlock.App.Cli;

/// <summary>Here for its help; <c>Program</c> sends the calls of CLIs straight to <see cref="HookProgram"/>.</summary>
internal static class HookVerb
{
    public static Command Create(VerbHost host)
    {
        var cli = new Option<string>("--for") { Description = $"Who asks: {string.Join(", ", GuardedClis.Words)}", HelpName = "CLI", DefaultValueFactory = _ => "generic" };
        var agent = new Option<string>("--agent") { Description = "The agent of this window; INTERLOCK_AGENT_ID or the bound conversation unless given", HelpName = "AGENT" };
        var whereUsed = new Option<bool>("--where-used") { Description = "Allow everything in folders where interlock is not used; for hooks installed for all of a user's folders" };
        var git = new Option<string>("--git") { Description = "Answer a git hook: pre-commit, commit-msg or pre-push", HelpName = "HOOK" };
        var command = new Command("hook", "Answer a CLI that asks on standard input whether its tool may run; every error answers no") { cli, agent, whereUsed, git };
        host.BindClosed(command, (parse, _, folder, _) =>
        {
            var words = new List<string> { "--for", parse.GetValue(cli)!, "--root", folder };
            words.AddRange(parse.GetValue(agent) is { } name ? ["--agent", name] : []);
            words.AddRange(parse.GetValue(whereUsed) ? ["--where-used"] : []);
            words.AddRange(parse.GetValue(git) is { } hook ? ["--git", hook] : []);
            return Task.FromResult(HookProgram.Run(words.ToArray(), host.Time));
        });
        return command;
    }
}
