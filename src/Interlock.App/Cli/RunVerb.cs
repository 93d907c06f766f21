using System.CommandLine;
using System.Runtime.InteropServices;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Engine.Agents;
using Interlock.Engine.Agents.Adapters;
using Interlock.Engine.Configuration;
using Interlock.Engine.Importers;
using Interlock.Engine.Projections;
using Interlock.Engine.Running;
using Interlock.Engine.Verification;

namespace Interlock.App.Cli;

internal static class RunVerb
{
    public static Command Create(VerbHost host)
    {
        var story = VerbHost.StoryOption();
        story.Required = true;
        var agents = new Option<int?>("--agents") { Description = "Most agents at once; the limits of the configuration unless given", HelpName = "N" };
        var agent = new Option<string>("--agent") { Description = "Which CLI agents are: claude, codex, cursor-agent, … or an entry of agents in interlock.json", HelpName = "NAME" };
        var agentCommand = new Option<string>("--agent-command") { Description = "What an agent is: a shell command that reads its prompt on stdin", HelpName = "COMMAND" };
        var checks = new Option<string[]>("--check") { Description = "A shell command that landed work must pass; may be repeated", HelpName = "COMMAND" };
        var trust = new Option<bool>("--trust") { Description = "Trust the commands in interlock.json and .cursor/worktrees.json as they are now" };
        var allowDirty = new Option<bool>("--allow-dirty") { Description = "Run although the checkout has uncommitted changes, which agents will not see" };
        var into = new Option<string>("--into") { Description = "A branch of yours, such as main, that is fast-forwarded to what landed", HelpName = "BRANCH" };
        var intoWhen = new Option<string>("--into-when") { Description = "When: at the end of the run (end), or after each landing (landing)", HelpName = "WHEN", DefaultValueFactory = _ => "end" };
        intoWhen.AcceptOnlyFromAmong("end", "landing");
        var durations = DurationsOption.Create();
        var command = new Command("run", "Run a story with headless agents: each task in its own worktree, verified, landed on interlock/<story>")
        {
            story, agents, agent, agentCommand, checks, trust, allowDirty, into, intoWhen, durations,
        };
        var plan = new PlanOptions(command);
        host.Bind(command, async (context, _) =>
        {
            var id = context.Parse.GetValue(story)!.Value;
            if (context.Parse.GetValue(trust))
            {
                RunSettings.GrantTrust(context.Workspace);
            }

            var read = plan.Read(context);
            PlanVerb.RequireStory(read, id);
            RunSettings.RequireTrustOfSurroundings(context.Workspace);
            var options = new RunOptions(
                id,
                context.Parse.GetValue(agents),
                Presets(context, context.Parse.GetValue(agent), context.Parse.GetValue(agentCommand)),
                Checks(context, context.Parse.GetValue(checks) ?? []),
                context.Parse.GetValue(allowDirty))
            {
                Into = context.Parse.GetValue(into) is { } branch
                    ? new IntoOptions(branch, context.Parse.GetValue(intoWhen) == "landing" ? IntoWhen.Landing : IntoWhen.End)
                    : null,
                AgentTyped = context.Parse.GetValue(agentCommand) is { Length: > 0 } || context.Parse.GetValue(agent) is { Length: > 0 },
                Durations = DurationsOption.Read(context, durations, DurationsOption.TasksOf(PlanImport.Preview(read, id, context.Workspace.Config, context.Protocol))),
                ChecksTyped = context.Parse.GetValue(checks) is { Length: > 0 },
            };
            AssignVerb.Import(context, plan, id, read);
            return await RunAsync(context, options);
        });
        return command;
    }

    private static AgentPresets Presets(VerbContext context, string? name, string? command)
    {
        var config = context.Workspace.Config.Config;
        if (command is { Length: > 0 })
        {
            return name is null ? AgentPresets.TypedCommand(config, command)
                : throw new BadInputException("--agent and --agent-command both say what an agent is", "Give one of them", ExitCodes.Usage);
        }

        if (name is { Length: > 0 })
        {
            if (config.Agents.ContainsKey(name))
            {
                RunSettings.RequireTrust(context.Workspace);
            }

            return AgentPresets.Typed(config, name) ?? throw new BadInputException(
                $"there is no agent '{name}'", $"Name one of {AdapterRegistry.Names}, or an entry of agents in {InterlockConfig.FileName}; acp and shell need an entry", ExitCodes.Usage);
        }

        var presets = AgentPresets.Configured(config) ?? throw new BadInputException(
            "no agent is configured",
            $"Name an installed CLI (interlock agents lists them): --agent claude; or say it in {InterlockConfig.FileName}: {{ \"agent\": {{ \"adapter\": \"claude\" }} }}");
        RunSettings.RequireTrust(context.Workspace);
        return presets;
    }

    private static IReadOnlyList<Check> Checks(VerbContext context, string[] typed) => typed.Length > 0
        ? [.. typed.Select(RunSettings.Typed)]
        : RunSettings.Checks(context.Workspace) ?? throw new BadInputException(
            "no checks are configured, so nothing could be verified before it lands",
            $"List them in {InterlockConfig.FileName} (interlock init proposes some), give --check 'npm test', or write \"checks\": \"none\"");

    private static async Task<int> RunAsync(VerbContext context, RunOptions options)
    {
        using var drain = new CancellationTokenSource();
        using var cancel = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true;
            if (!drain.IsCancellationRequested)
            {
                Console.Error.WriteLine("Draining: running tasks finish, nothing new starts. Ctrl-C again stops the agents; their work is kept.");
                drain.Cancel();
            }
            else
            {
                Console.Error.WriteLine("Stopping the agents; their work is kept.");
                cancel.Cancel();
            }
        });
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            drain.Cancel();
            cancel.Cancel();
        });

        var report = await Coordinator.RunAsync(context.Workspace, options, news => Tell(context.Terminal, news), drain.Token, cancel.Token);
        if (context.Terminal.Json)
        {
            Terminal.WriteJson(writer => RunReportText.Write(writer, report));
        }
        else
        {
            RunReportText.Print(context.Terminal, report);
        }

        return report.Complete ? ExitCodes.Done : ExitCodes.Refused;
    }

    internal static void Tell(Terminal terminal, RunNews news)
    {
        var local = TimeZoneInfo.ConvertTime(news.At, TimeZoneInfo.Local);
        var line = $"{local:HH:mm:ss}  {news.Kind,-11} {news.Task?.Value,-8} {news.Agent?.Value,-14} {news.Text}";
        if (terminal.Json)
        {
            Console.Error.WriteLine(Terminal.Safe(line));
        }
        else
        {
            terminal.Line(line);
        }
    }
}
