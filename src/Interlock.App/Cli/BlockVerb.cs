using System.CommandLine;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;

namespace Interlock.App.Cli;

internal static class BlockVerb
{
    public static Command Create(VerbHost host)
    {
        var task = VerbHost.TaskArgument();
        var agent = VerbHost.AgentOption();
        var token = VerbHost.TokenOption();
        var reason = VerbHost.ReasonOption(required: true);
        var request = VerbHost.RequestOption();
        var command = new Command("block", "Say that a task cannot go on without a person") { task, agent, token, reason, request };
        host.Bind(command, context =>
        {
            var id = context.Parse.GetRequiredValue(task);
            var who = context.Parse.GetValue(agent);
            var proof = Proof(context, token, id, agent, who);
            var reply = context.Protocol.Block(id, proof, context.Parse.GetRequiredValue(reason), who, context.Parse.GetValue(request));
            return Answers.Give(context, reply, terminal => terminal.Line($"{id} waits for a person; when it is settled: interlock retry {id}"));
        });
        return command;
    }

    // A person may block what nobody has claimed; a claimed task takes its holder's token.
    private static LeaseToken? Proof(VerbContext context, Option<string> token, TaskId id, Option<AgentId?> agent, AgentId? who) =>
        context.Parse.GetValue(token) is not null || (who is { } name && context.Workspace.Tokens.Find(id, name) is not null)
            ? context.Token(token, id, agent)
            : null;
}
