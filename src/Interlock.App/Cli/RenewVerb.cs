using System.CommandLine;

namespace Interlock.App.Cli;

internal static class RenewVerb
{
    public static Command Create(VerbHost host)
    {
        var task = VerbHost.TaskArgument();
        var agent = VerbHost.AgentOption();
        var token = VerbHost.TokenOption();
        var duration = VerbHost.DurationOption("--for", "How long from now");
        var request = VerbHost.RequestOption();
        var command = new Command("renew", "Keep a task longer") { task, agent, token, duration, request };
        host.Bind(command, context =>
        {
            var id = context.Parse.GetRequiredValue(task);
            var reply = context.Protocol.Renew(id, context.Token(token, id, agent), context.Parse.GetValue(duration), context.Parse.GetValue(request));
            return Answers.Give(context, reply, terminal => terminal.Line($"{id} is yours until {Answers.Time(reply.Lease!.ExpiresAt, context.Protocol.Clock.Now)}"));
        });
        return command;
    }
}
