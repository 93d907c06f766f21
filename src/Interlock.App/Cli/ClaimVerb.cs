using System.CommandLine;
using Interlock.Engine.Desks;

namespace Interlock.App.Cli;

internal static class ClaimVerb
{
    public static Command Create(VerbHost host)
    {
        var task = VerbHost.TaskArgument();
        var agent = VerbHost.AgentOption();
        var files = new Option<string[]>("--files") { Description = "Files to lease instead of the plan's", HelpName = "FILE", AllowMultipleArgumentsPerToken = true };
        var duration = VerbHost.DurationOption("--for", "How long the lease lasts without renewal");
        var request = VerbHost.RequestOption();
        var command = new Command("claim", "Take a task: the right to work on it and its files until the lease expires") { task, agent, files, duration, request };
        host.Bind(command, async (context, cancellation) =>
        {
            var who = context.Agent(agent);
            var id = context.Parse.GetRequiredValue(task);
            var reply = await new AgentDesk(context.Workspace, who).ClaimAsync(
                id, context.Parse.GetValue(files) is { Length: > 0 } named ? named : null, context.Parse.GetValue(duration), context.Parse.GetValue(request), cancellation);
            return Answers.Give(context, reply, terminal =>
            {
                terminal.Line($"{who} has task {id}: {reply.Task!.Title}");
                terminal.Line($"  until    {Answers.Time(reply.Lease!.ExpiresAt, context.Protocol.Clock.Now)}");
                terminal.Line($"  files    {(reply.Lease.Files.Count == 0 ? "unknown: lease each before you touch it, with interlock extend" : string.Join(", ", reply.Lease.Files))}");
                terminal.Line($"  token    {reply.Token}");
                terminal.Line($"  then     git commit -m \"[{who}] [{id}] …\" and: interlock complete {id} --agent {who}");
            });
        });
        return command;
    }
}
