using System.CommandLine;
using Interlock.Domain.Plans;
using Interlock.Engine.Platform;

namespace Interlock.App.Cli;

internal static class LockVerb
{
    public static Command Create(VerbHost host)
    {
        var files = new Argument<string[]>("file") { Description = "Files or globs, relative to the repository root", HelpName = "FILE", Arity = ArgumentArity.OneOrMore };
        var agent = VerbHost.AgentOption();
        var duration = VerbHost.DurationOption("--for", "Until when, from now");
        var reason = VerbHost.ReasonOption();
        var command = new Command("lock", "Keep files from every agent for a while") { files, agent, duration, reason };
        host.Bind(command, context =>
        {
            var who = context.Parse.GetValue(agent) ?? new AgentId("manual");
            var reply = context.Protocol.Hold(who, null, context.Parse.GetRequiredValue(files), context.Parse.GetValue(duration), context.Parse.GetValue(reason));
            return Answers.Give(context, reply, terminal =>
            {
                terminal.Line($"{who} holds {string.Join(", ", reply.Lease!.Files)} until {Answers.Time(reply.Lease.ExpiresAt, context.Protocol.Clock.Now)}");
                terminal.Line($"  free     interlock unlock {string.Join(' ', reply.Lease.Files.Select(ShellWord.Of))}");
            });
        });
        return command;
    }
}
