using System.CommandLine;

namespace Interlock.App.Cli;

internal static class ExtendVerb
{
    public static Command Create(VerbHost host)
    {
        var task = VerbHost.TaskArgument();
        var files = new Argument<string[]>("file") { Description = "Files or globs, relative to the repository root", HelpName = "FILE", Arity = ArgumentArity.OneOrMore };
        var agent = VerbHost.AgentOption();
        var token = VerbHost.TokenOption();
        var request = VerbHost.RequestOption();
        var command = new Command("extend", "Lease more files for a claimed task; answers at once, never waits") { task, files, agent, token, request };
        host.Bind(command, context =>
        {
            var id = context.Parse.GetRequiredValue(task);
            var reply = context.Protocol.Extend(id, context.Token(token, id, agent), context.Parse.GetRequiredValue(files), context.Parse.GetValue(request));
            return Answers.Give(context, reply, terminal => terminal.Line($"{id} now holds {string.Join(", ", reply.Lease!.Files)}"));
        });
        return command;
    }
}
