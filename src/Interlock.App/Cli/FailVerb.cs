using System.CommandLine;
using Interlock.Domain.Scheduling;

namespace Interlock.App.Cli;

internal static class FailVerb
{
    public static Command Create(VerbHost host)
    {
        var task = VerbHost.TaskArgument();
        var agent = VerbHost.AgentOption();
        var token = VerbHost.TokenOption();
        var reason = VerbHost.ReasonOption(required: true);
        var request = VerbHost.RequestOption();
        var command = new Command("fail", "Give up this attempt; the task is tried again after a pause") { task, agent, token, reason, request };
        host.Bind(command, context =>
        {
            var id = context.Parse.GetRequiredValue(task);
            var reply = context.Protocol.Fail(id, context.Token(token, id, agent), context.Parse.GetRequiredValue(reason), request: context.Parse.GetValue(request));
            return Answers.Give(context, reply, terminal => terminal.Line(reply.Task!.State == TaskState.Dead
                ? $"{id} has failed {reply.Task.Attempts} times and now needs a person"
                : $"{id} is open again; attempt {reply.Task.Attempts + 1} may start {Answers.Time(reply.Task.NotBefore!.Value, context.Protocol.Clock.Now)}"));
        });
        return command;
    }
}
