using System.CommandLine;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Engine.Protocol;
using Interlock.Engine.Running;

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
            var reply = context.Parse.GetValue(noCode)
                ? WithoutCode(context, id, proof, context.Parse.GetValue(reason), context.Parse.GetValue(request))
                : await WithCommitAsync(context, id, proof, context.Parse.GetValue(commit), context.Parse.GetValue(request), cancellation);
            return Answers.Give(context, reply, terminal =>
            {
                terminal.Line(reply.Task!.Commit is { } done
                    ? $"{id} is completed with commit {done[..10]}"
                    : $"{id} is completed without code");
                if (reply.Task.Commit is not null && context.Workspace.Config.Config.Checks is null)
                {
                    terminal.Line("  no checks are configured, so nothing was verified; see interlock init");
                }

                terminal.Line("  next     interlock next");
            });
        });
        return command;
    }

    private static Reply WithoutCode(VerbContext context, TaskId id, LeaseToken token, string? reason, string? request) => reason is { Length: > 0 }
        ? context.Protocol.Complete(id, token, "no-code", null, reason, request)
        : Reply.Refused(new Refusal(RefusalCodes.NoCommit, "work without code needs a reason", $"interlock complete {id} --no-code --reason \"…\""));

    private static async Task<Reply> WithCommitAsync(
        VerbContext context, TaskId id, LeaseToken token, string? revision, string? request, CancellationToken cancellation)
    {
        if (context.Workspace.Repository is not { } repository)
        {
            return Reply.Refused(new Refusal(
                RefusalCodes.NoCommit, "there is no git repository to look for a commit in", $"git init, or: interlock complete {id} --no-code --reason \"…\""));
        }

        var checks = RunSettings.Checks(context.Workspace);
        return await new ManualCompletion(context.Workspace, repository, checks ?? []).CompleteAsync(id, token, revision, request, cancellation);
    }
}
