using System.CommandLine;
using Interlock.Engine.Configuration;
using Interlock.Engine.Running;

namespace Interlock.App.Cli;

internal static class TrustVerb
{
    public static Command Create(VerbHost host)
    {
        var yes = new Option<bool>("--yes") { Description = "Do not ask" };
        var command = new Command("trust", "Allow the commands in interlock.json and .cursor/worktrees.json to run, as the files are now") { yes };
        host.Bind(command, context =>
        {
            var config = context.Workspace.Config;
            var cursor = CursorSetup.Read(context.Workspace.Root, config.Config);
            if (config.Hash is null && cursor is null)
            {
                throw new BadInputException($"{config.Path} does not exist", "Create it with: interlock init");
            }

            if (!context.Terminal.Json)
            {
                Show(context.Terminal, config.Config, cursor);
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

            RunSettings.GrantTrust(context.Workspace);
            if (context.Terminal.Json)
            {
                Terminal.WriteJson(writer =>
                {
                    writer.WriteString("trusted", config.Hash);
                    if (cursor is not null)
                    {
                        writer.WriteString("trusted_cursor", cursor.Hash);
                    }
                });
            }
            else
            {
                context.Terminal.Line("Trusted as it is now; any change asks again.");
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static string Shown(string adapter, CommandLine? command, IReadOnlyList<string> arguments, IReadOnlyList<string> variables)
    {
        var what = command is null ? adapter : adapter == "shell" ? $"{command}" : $"{adapter}: {command}";
        return string.Join(' ', [what, .. arguments]) + (variables.Count == 0 ? "" : $"  (with {string.Join(", ", variables)})");
    }

    private static void Show(Terminal terminal, InterlockConfig config, CursorSetup? cursor)
    {
        if (config.Agent is { } agent)
        {
            terminal.Line($"agent    {Shown(agent.Adapter, agent.Command, agent.Args, agent.Environment)}");
        }

        foreach (var (name, entry) in config.Agents)
        {
            terminal.Line($"agent    {name}: {Shown(entry.Adapter ?? name, entry.Command, entry.Args, entry.Environment)}");
        }

        foreach (var check in config.Checks?.Entries ?? [])
        {
            terminal.Line($"check    {check.Name}: {check.Command}{(check.Network ? "  (with network)" : "")}");
        }

        foreach (var line in config.Toolchain)
        {
            terminal.Line($"asks     {line}");
        }

        foreach (var rule in config.MergeRules.Where(rule => rule.Command is not null))
        {
            terminal.Line($"merge    {string.Join(", ", rule.Paths)}: {rule.Command}");
        }

        if (config.Worktrees.Setup is { } setup)
        {
            terminal.Line($"setup    {setup}");
        }

        foreach (var step in cursor?.Steps ?? [])
        {
            terminal.Line($"setup    {string.Join(' ', step.Command)} (from {cursor!.Path})");
        }

        foreach (var (name, value) in config.Worktrees.Env)
        {
            terminal.Line($"variable {name}={value}");
        }

        terminal.Line(config.Sandbox == SandboxModes.None ? "sandbox  none: agents and checks can reach everything you can" : $"sandbox  {config.Sandbox}");
        if (config.Guard == GuardModes.Off)
        {
            terminal.Line("guard    off: agents are given no hooks");
        }

        if (config.Environment.Count > 0)
        {
            terminal.Line($"passes   {string.Join(", ", config.Environment)}");
        }

        foreach (var path in config.SandboxWrite)
        {
            terminal.Line($"writes   {path}");
        }
    }
}
