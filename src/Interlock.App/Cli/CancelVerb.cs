using System.CommandLine;
using Interlock.Engine.Running;

namespace Interlock.App.Cli;

internal static class CancelVerb
{
    public static Command Create(VerbHost host)
    {
        var task = VerbHost.TaskArgument();
        var reason = VerbHost.ReasonOption();
        var command = new Command("cancel", "Take a task out of the story, stopping whoever works on it") { task, reason };
        host.Bind(command, async (context, cancellation) =>
        {
            var id = context.Parse.GetRequiredValue(task);
            var reply = context.Protocol.Cancel(id, context.Parse.GetValue(reason) ?? "cancelled by hand");
            if (reply.Lease is { } taken)
            {
                await new Recovery(context.Workspace).TakeOverAsync(taken, cancellation);
            }

            return Answers.Give(context, reply, terminal => terminal.Line($"{id} is cancelled; to open it again: interlock retry {id}"));
        });
        return command;
    }
}
