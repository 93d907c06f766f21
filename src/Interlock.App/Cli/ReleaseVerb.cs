using System.CommandLine;

namespace Interlock.App.Cli;

internal static class ReleaseVerb
{
    public static Command Create(VerbHost host)
    {
        var task = VerbHost.TaskArgument();
        var agent = VerbHost.AgentOption();
        var token = VerbHost.TokenOption();
        var reason = VerbHost.ReasonOption();
        var request = VerbHost.RequestOption();
        var command = new Command("release", "Give a claimed task back untouched") { task, agent, token, reason, request };
        host.Bind(command, context =>
        {
            var id = context.Parse.GetRequiredValue(task);
            var reply = context.Protocol.Release(id, context.Token(token, id, agent), context.Parse.GetValue(reason), context.Parse.GetValue(request));
            return Answers.Give(context, reply, terminal => terminal.Line($"{id} is open again"));
        });
        return command;
    }
}
