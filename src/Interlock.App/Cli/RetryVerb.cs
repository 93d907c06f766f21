using System.CommandLine;

namespace Interlock.App.Cli;

internal static class RetryVerb
{
    public static Command Create(VerbHost host)
    {
        var task = VerbHost.TaskArgument();
        var command = new Command("retry", "Open a blocked, cancelled or waiting task again, with all its attempts") { task };
        host.Bind(command, context =>
        {
            var id = context.Parse.GetRequiredValue(task);
            return Answers.Give(context, context.Protocol.Retry(id), terminal => terminal.Line($"{id} is open again"));
        });
        return command;
    }
}
