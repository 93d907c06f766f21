using System.CommandLine;
using Interlock.Engine.Configuration;

namespace Interlock.App.Cli;

internal static class TrustVerb
{
    public static Command Create(VerbHost host)
    {
        var yes = new Option<bool>("--yes") { Description = "Do not ask" };
        var command = new Command("trust", "Allow the commands in interlock.json to run, as the file is now") { yes };
        host.Bind(command, context =>
        {
            var config = context.Workspace.Config;
            if (config.Hash is not { } hash)
            {
                throw new BadInputException($"{config.Path} does not exist", "Create it with: interlock init");
            }

            if (!context.Terminal.Json)
            {
                Show(context.Terminal, config.Config);
            }

            if (!context.Parse.GetValue(yes))
            {
                if (Console.IsInputRedirected)
                {
                    throw new BadInputException("nobody is there to answer", "After reading the file: interlock trust --yes", ExitCodes.Usage);
                }

                Console.Error.Write("Trust these commands? [y/N] ");
                if (Console.ReadLine()?.Trim() is not ("y" or "Y" or "yes"))
                {
                    return ExitCodes.Refused;
                }
            }

            Trust.ForUser().Grant(context.Workspace.Root, hash);
            if (context.Terminal.Json)
            {
                Terminal.WriteJson(writer => writer.WriteString("trusted", hash));
            }
            else
            {
                context.Terminal.Line("Trusted as it is now; any change to the file asks again.");
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static void Show(Terminal terminal, InterlockConfig config)
    {
        if (config.Agent is { } agent)
        {
            terminal.Line($"agent    {agent.Command}");
        }

        foreach (var check in config.Checks?.Entries ?? [])
        {
            terminal.Line($"check    {check.Name}: {check.Command}{(check.Network ? "  (with network)" : "")}");
        }

        foreach (var line in config.Toolchain)
        {
            terminal.Line($"asks     {line}");
        }

        if (config.Worktrees.Setup is { } setup)
        {
            terminal.Line($"setup    {setup}");
        }

        terminal.Line(config.Sandbox == SandboxModes.None ? "sandbox  none: checks can reach everything you can" : $"sandbox  {config.Sandbox}");
        foreach (var path in config.SandboxWrite)
        {
            terminal.Line($"writes   {path}");
        }
    }
}
