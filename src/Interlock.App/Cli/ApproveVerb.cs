using System.CommandLine;
using Interlock.Domain.Leasing;
using Interlock.Engine.Protocol;
using Interlock.Engine.Running;

namespace Interlock.App.Cli;

internal static class ApproveVerb
{
    public static Command Create(VerbHost host)
    {
        var task = VerbHost.TaskArgument();
        var by = QueuedAnswer.ByOption();
        var command = new Command("approve", "Let finished work land although it changes protected files, such as CI or agent settings") { task, by };
        host.Bind(command, async (context, cancellation) =>
        {
            var id = context.Parse.GetRequiredValue(task);
            if (context.Workspace.Repository is not { } repository || context.Protocol.Store.Read(reader => reader.FindTask(id)) is not { } known)
            {
                return Answers.Refuse(context.Terminal, new Refusal(RefusalCodes.UnknownTask, $"there is no task {id}", "List them: interlock status --all"));
            }

            var branch = new IntegrationBranch(repository, known.Story);
            return await QueuedAnswer.GiveAsync(context, known.Story, () => Task.FromResult(context.Protocol.Approve(id, branch.Ref, context.Parse.GetValue(by)!)), cancellation);
        });
        return command;
    }
}
