using System.CommandLine;
using Interlock.Domain.Leasing;
using Interlock.Engine.Protocol;

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
            var head = context.Workspace.Repository is { } repository ? await repository.ResolveAsync("HEAD", cancellation) : null;
            var reply = context.Protocol.Claim(new ClaimRequest(
                id, who, context.Parse.GetValue(files) is { Length: > 0 } named ? named : null, context.Parse.GetValue(duration),
                BaseCommit: head, Request: context.Parse.GetValue(request)));
            if (reply.Token is { } token)
            {
                context.Workspace.Tokens.Remember(id, who, token);
            }

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
