using System.CommandLine;
using System.Text.Json;
using Interlock.Domain.Guarding;
using Interlock.Domain.Plans;
using Interlock.Engine;
using Interlock.Engine.Configuration;
using Interlock.Engine.Guarding;
using Interlock.Engine.Platform;

namespace Interlock.App.Cli;

/// <summary>Puts the hook into the settings of the CLIs that people's own windows run, and takes it out again.</summary>
internal static class HooksVerb
{
    public static Command Create(VerbHost host)
    {
        var command = new Command("hooks", "Make agent CLIs ask before each edit: install, uninstall, status, bind");
        command.Subcommands.Add(Install(host));
        command.Subcommands.Add(Uninstall(host));
        command.Subcommands.Add(Status(host));
        command.Subcommands.Add(Bind(host));
        return command;
    }

    private static Command Install(VerbHost host)
    {
        var chosen = ForOption();
        var agent = VerbHost.AgentOption();
        agent.Description = "The one agent that works here; without it each conversation says once who it is: hooks bind";
        var user = UserOption();
        var command = new Command("install", "Write the hook into the settings of CLIs; what else is there stays") { chosen, agent, user, ProjectOption() };
        host.BindClosed(command, (parse, terminal, folder, _) =>
        {
            var place = new Place(folder, parse.GetValue(user));
            var clis = Chosen(parse.GetValue(chosen), place);
            var more = new List<string>();
            more.AddRange(parse.GetValue(agent) is { } name ? ["--agent", name.Value] : []);
            more.AddRange(place.User ? ["--where-used"] : []);
            if (!place.User && GitHooks.Wanted(parse.GetValue(chosen)))
            {
                GitHooks.InstallFor(place.Root, parse.GetValue(agent));
            }

            var changes = Installer(host).Install([.. clis.Select(cli => (cli, place.Of(cli), HookInstaller.Command(Environment.ProcessPath!, cli, more)))]);
            Give(terminal, changes, "installed");
            if (!terminal.Json)
            {
                if (!place.User && GitHooks.Wanted(parse.GetValue(chosen)))
                {
                    terminal.Line($"{GitHooks.Word,-9} installed  core.hooksPath of this worktree; the hooks that were there before are called too");
                }

                foreach (var caveat in clis.Select(cli => HookPlaces.Caveat(cli, !place.User)).OfType<string>())
                {
                    terminal.Line($"  note  {caveat}");
                }

                terminal.Line("Windows that are open now may have to be restarted. See whether they ask: interlock hooks status");
            }

            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private static Command Uninstall(VerbHost host)
    {
        var chosen = ForOption();
        var user = UserOption();
        var command = new Command("uninstall", "Take the hook out of the settings of CLIs; what else is there stays") { chosen, user, ProjectOption() };
        host.BindClosed(command, (parse, terminal, folder, _) =>
        {
            var place = new Place(folder, parse.GetValue(user));
            var words = parse.GetValue(chosen);
            var git = place.User || !(words is null || GitHooks.Wanted(words)) ? null : GitHooks.FindFor(place.Root);
            var changes = Installer(host).Uninstall([.. Chosen(words, place, others: git is not null).Select(cli => (cli, place.Of(cli)))]);
            if (git is not null)
            {
                GitHooks.UninstallFor(place.Root);
            }

            Give(terminal, changes, "removed");
            if (git is not null && !terminal.Json)
            {
                terminal.Line($"{GitHooks.Word,-9} {"removed",-10} {git}");
            }

            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private static Command Status(VerbHost host)
    {
        var command = new Command("status", "Show where the hook is installed, and when each agent's windows last asked");
        host.BindClosed(command, (_, terminal, folder, _) =>
        {
            var states = new[] { new Place(folder, false), new Place(folder, true) }
                .SelectMany(place => HookPlaces.Clis.Where(place.Has).Select(cli => HookInstaller.Look(cli, place.Of(cli)))).ToList();
            var git = GitHooks.FindFor(new Place(folder, false).Root);
            var calls = LastCalls(folder, host.Time);
            if (terminal.Json)
            {
                Terminal.WriteJson(writer => Write(writer, states, git, calls));
            }
            else
            {
                Print(terminal, states, git, calls, host.Time);
            }

            return Task.FromResult(states.Exists(state => state.Problem is not null) ? ExitCodes.Refused : ExitCodes.Done);
        });
        return command;
    }

    private static Command Bind(VerbHost host)
    {
        var session = new Argument<string>("session") { Description = "The conversation, as the hook named it", HelpName = "SESSION" };
        var agent = VerbHost.AgentOption();
        var command = new Command("bind", "Say which agent a conversation is, where several share one folder") { session, agent };
        host.Bind(command, context =>
        {
            var who = context.Agent(agent);
            Sessions.Of(context.Workspace).Bind(context.Parse.GetRequiredValue(session), who);
            if (context.Terminal.Json)
            {
                Terminal.WriteJson(writer => writer.WriteString("agent", who.Value));
            }
            else
            {
                context.Terminal.Line($"This conversation is {who} from now on.");
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static IReadOnlyList<(AgentId Agent, HookCall Call)> LastCalls(string folder, TimeProvider time)
    {
        if (Hooks.HookCallers.Place(Hooks.HookArguments.Parse(["--root", folder]), null) is null)
        {
            return [];
        }

        using var workspace = Workspace.Open(folder, time);
        var calls = Guard.Calls(workspace);
        return [.. workspace.Config.Roster.Agents.Select(agent => (agent.Id, calls.Last(agent.Id))).Where(entry => entry.Item2 is not null).Select(entry => (entry.Id, entry.Item2!))];
    }

    private static void Print(Terminal terminal, List<HookState> states, string? git, IReadOnlyList<(AgentId Agent, HookCall Call)> calls, TimeProvider time)
    {
        foreach (var state in states.Where(state => state.Installed is not null || state.Problem is not null))
        {
            terminal.Line(state.Problem is { } problem ? $"{state.Cli.Word(),-9} unreadable  {problem}" : $"{state.Cli.Word(),-9} installed   {state.Path}");
        }

        if (git is not null)
        {
            terminal.Line($"{GitHooks.Word,-9} installed   {git}");
        }
        else if (states.TrueForAll(state => state.Installed is null && state.Problem is null))
        {
            terminal.Line("No hook is installed here. To install: interlock hooks install --for cursor,claude");
        }

        foreach (var (agent, call) in calls)
        {
            terminal.Line($"{agent,-14} last asked {Answers.Time(call.At, time.GetUtcNow())}: {call.Tool}, {call.Verdict}");
        }
    }

    private static void Write(Utf8JsonWriter writer, List<HookState> states, string? git, IReadOnlyList<(AgentId Agent, HookCall Call)> calls)
    {
        writer.WriteStartArray("hooks");
        foreach (var state in states)
        {
            writer.WriteStartObject();
            writer.WriteString("cli", state.Cli.Word());
            writer.WriteString("path", state.Path);
            writer.WriteBoolean("installed", state.Installed is not null);
            writer.WriteString("command", state.Installed);
            writer.WriteString("problem", state.Problem);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("git_hooks", git);
        writer.WriteStartArray("last_calls");
        foreach (var (agent, call) in calls)
        {
            writer.WriteStartObject();
            writer.WriteString("agent", agent.Value);
            writer.WriteString("at", call.At);
            writer.WriteString("tool", call.Tool);
            writer.WriteString("verdict", call.Verdict);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Give(Terminal terminal, IReadOnlyList<HookChange> changes, string done)
    {
        if (terminal.Json)
        {
            Terminal.WriteJson(writer =>
            {
                writer.WriteStartArray("hooks");
                foreach (var change in changes)
                {
                    writer.WriteStartObject();
                    writer.WriteString("cli", change.Cli.Word());
                    writer.WriteString("path", change.Path);
                    writer.WriteBoolean("changed", change.Changed);
                    writer.WriteString("backup", change.Backup);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            });
            return;
        }

        foreach (var change in changes)
        {
            terminal.Line($"{change.Cli.Word(),-9} {(change.Changed ? done : "unchanged"),-10} {change.Path}{(change.Backup is null ? "" : $" (before: {change.Backup})")}");
        }
    }

    private static HookInstaller Installer(VerbHost host) => new(Path.Combine(UserFolders.State, "hook-backups"), host.Time);

    private static Option<string> ForOption() => new("--for") { Description = $"Which CLIs, with commas: {string.Join(", ", HookPlaces.Words)}, git; those whose settings are here unless given", HelpName = "CLIS" };

    private static Option<bool> UserOption() => new("--user") { Description = "In your own settings, for all folders; nothing is asked where interlock is not used" };

    private static Option<bool> ProjectOption() => new("--project") { Description = "In the settings of this checkout; so unless --user" };

    private static IReadOnlyList<GuardedCli> Chosen(string? words, Place place, bool others = false)
    {
        if (words is null)
        {
            var found = HookPlaces.Clis.Where(cli => place.Has(cli) && Directory.Exists(Path.GetDirectoryName(place.Of(cli)))).ToList();
            return found.Count > 0 || others ? found : throw new BadInputException("no settings of a CLI are here, so it is not clear for which the hook should be", $"Say it: --for {string.Join(',', HookPlaces.Words)}", ExitCodes.Usage);
        }

        return [.. words.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(word => word != GitHooks.Word).Select(word =>
            GuardedClis.TryParse(word) is { } cli && HookPlaces.Clis.Contains(cli)
                ? place.Has(cli) ? cli : throw new BadInputException($"{word} reads hooks from a project only", "Leave --user out", ExitCodes.Usage)
                : throw new BadInputException($"'{word}' is no CLI with hooks that interlock knows", $"One of: {string.Join(", ", HookPlaces.Words)}", ExitCodes.Usage))];
    }

    /// <summary>One person's settings or one checkout's.</summary>
    private sealed record Place(string Folder, bool User)
    {
        public string Root => GuardPaths.TopOf(Folder) ?? Path.GetFullPath(Folder);

        public bool Has(GuardedCli cli) => !User || HookPlaces.InHome(cli, "") is not null;

        public string Of(GuardedCli cli) => User ? HookPlaces.InHome(cli, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile))! : HookPlaces.InProject(cli, Root);
    }
}
