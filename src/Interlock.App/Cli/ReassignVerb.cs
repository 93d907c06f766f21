using System.CommandLine;
using Interlock.Domain.Plans;
using Interlock.Engine.Running;

namespace Interlock.App.Cli;

internal static class ReassignVerb
{
    public static Command Create(VerbHost host)
    {
        var task = VerbHost.TaskArgument();
        var to = new Option<AgentId?>("--to")
        {
            Description = "The agent that gets it",
            HelpName = "AGENT",
            Required = true,
            CustomParser = VerbHost.AgentOption().CustomParser,
        };
        var command = new Command("reassign", "Make a task another agent's, taking it from whoever has it") { task, to };
        host.Bind(command, async (context, cancellation) =>
        {
            var id = context.Parse.GetRequiredValue(task);
            var agent = context.Parse.GetValue(to)!.Value;
            var reply = context.Protocol.Reassign(id, agent);
            if (reply.Lease is { } taken)
            {
                await new Recovery(context.Workspace).TakeOverAsync(taken, cancellation);
            }

            return Answers.Give(context, reply, terminal => terminal.Line(
                $"{id} is {agent}'s now{(reply.Lease is { } lease ? $", taken from {lease.Agent}, whose token no longer counts" : "")}"));
        });
        return command;
    }
}
