using System.CommandLine;
using Interlock.Engine.Desks;

namespace Interlock.App.Cli;

internal static class CompleteVerb
{
    public static Command Create(VerbHost host)
    {
        var task = VerbHost.TaskArgument();
        var agent = VerbHost.AgentOption();
        var token = VerbHost.TokenOption();
        var commit = new Option<string>("--commit") { Description = "Where the work ends; HEAD unless given", HelpName = "REV" };
        var noCode = new Option<bool>("--no-code") { Description = "The task needed no commit; say why with --reason" };
        var reason = VerbHost.ReasonOption();
        var request = VerbHost.RequestOption();
        var command = new Command("complete", "Hand in a claimed task: its commits are looked at and the checks run") { task, agent, token, commit, noCode, reason, request };
        host.Bind(command, async (context, cancellation) =>
        {
            var id = context.Parse.GetRequiredValue(task);
            var proof = context.Token(token, id, agent);
            var handIn = new HandIn(context.Workspace);
            var reply = context.Parse.GetValue(noCode)
                ? handIn.WithoutCode(id, proof, context.Parse.GetValue(reason), context.Parse.GetValue(request))
                : await handIn.CommittedAsync(id, proof, context.Parse.GetValue(commit), context.Parse.GetValue(request), cancellation);
            return Answers.Give(context, reply, terminal =>
            {
                if (!reply.Task!.IsFinished)
                {
                    terminal.Line($"noted: {id} is handed in; end now, and the run verifies and lands it");
                    return;
                }

                terminal.Line(reply.Task.Commit is { } done
                    ? $"{id} is completed with commit {done[..10]}"
                    : $"{id} is completed without code");
                if (reply.Task.Commit is not null && context.Workspace.Config.Config.Checks is null)
                {
                    terminal.Line("  no checks are configured, so nothing was verified; they are named in interlock.json: interlock init");
                }

                terminal.Line("  next     interlock next");
            });
        });
        return command;
    }
}
