using System.CommandLine;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Merging;
using Interlock.Engine.Running;

namespace Interlock.App.Cli;

internal static class UndoVerb
{
    public static Command Create(VerbHost host)
    {
        var task = VerbHost.TaskArgument();
        var reason = VerbHost.ReasonOption();
        var by = QueuedAnswer.ByOption();
        var command = new Command("undo", "Take a landed task's work back: its reverse is verified and lands through the same queue") { task, reason, by };
        host.Bind(command, async (context, cancellation) =>
        {
            var id = context.Parse.GetRequiredValue(task);
            var tasks = context.Protocol.Store.Read(reader => reader.Tasks());
            if (tasks.FirstOrDefault(other => other.Id == id) is not { } known)
            {
                return Answers.Refuse(context.Terminal, new Refusal(RefusalCodes.UnknownTask, $"there is no task {id}", "List them: interlock status --all"));
            }

            if (context.Workspace.Repository is not { } repository || known is not { State: TaskState.Merged, CompletedHow: "landed", Commit: { } commit })
            {
                return Answers.Refuse(context.Terminal, new Refusal(RefusalCodes.NotOpen, $"task {id} is {StatusWords.Of(known.State)} and has no landed commit to take back", "See: interlock status --all"));
            }

            var branch = new IntegrationBranch(repository, known.Story);
            if (await repository.ResolveAsync(branch.Ref, cancellation) is not { } tip || !await repository.IsAncestorAsync(commit, tip, cancellation))
            {
                return Answers.Refuse(context.Terminal, new Refusal(RefusalCodes.NotOpen, $"the commit of task {id} is not on {branch.Name}", $"Revert it where it is: git revert {Commits.Brief(commit)}"));
            }

            Warn(context.Terminal, tasks, id);
            var reverse = await OneLanding.ReverseAsync(context.Workspace, repository, id, commit, cancellation);
            var why = context.Parse.GetValue(reason) ?? "taken back by hand";
            var who = new AgentId(context.Parse.GetValue(by)!);
            return await QueuedAnswer.GiveAsync(context, known.Story, () => Task.FromResult(context.Protocol.Undo(id, branch.Ref, reverse, who, why)), cancellation);
        });
        return command;
    }

    private static void Warn(Terminal terminal, IReadOnlyList<WorkTask> tasks, TaskId id)
    {
        var built = tasks.Where(task => task.State == TaskState.Merged && task.Dependencies.Contains(id)).Select(task => task.Id.Value).ToList();
        if (built.Count > 0)
        {
            Terminal.Complain($"{string.Join(", ", built)} landed on top of {id} and may need it", "The checks decide; undo those first if they go red");
        }
    }
}
