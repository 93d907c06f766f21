using System.CommandLine;
using System.Globalization;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Engine;
using Interlock.Engine.Configuration;
using Interlock.Engine.Protocol;
using Interlock.Engine.Running;

namespace Interlock.App.Cli;

/// <summary>What a verb works with once the repository is open and its files are taken in.</summary>
internal sealed record VerbContext(Workspace Workspace, Terminal Terminal, ParseResult Parse, string Folder)
{
    public TaskProtocol Protocol => Workspace.Protocol;

    /// <summary>The agent named on the command line or by the environment, which thereby shows that it lives.</summary>
    public AgentId Agent(Option<AgentId?> option)
    {
        var agent = Agent(Parse, option);
        Protocol.Hear(agent, Parse.CommandResult.Command.Name);
        return agent;
    }

    /// <summary>The agent named on the command line or by the environment.</summary>
    public static AgentId Agent(ParseResult parse, Option<AgentId?> option) =>
        parse.GetValue(option)
        ?? Environment.GetEnvironmentVariable("INTERLOCK_AGENT_ID") switch
        {
            null or "" => throw new BadInputException("who is asking?", "Say it: --agent dev-oauth-1, or set INTERLOCK_AGENT_ID", ExitCodes.Usage),
            var name when Identifiers.IsValid(name) => new AgentId(name),
            var name => throw new BadInputException($"'{name}' is not a valid agent id: use {Identifiers.Grammar}", "Correct INTERLOCK_AGENT_ID", ExitCodes.Usage),
        };

    /// <summary>The token given, else the one this user's earlier claim left behind.</summary>
    public LeaseToken Token(Option<string> option, TaskId task, Option<AgentId?> agent)
    {
        if ((Parse.GetValue(option) ?? Environment.GetEnvironmentVariable("INTERLOCK_TOKEN")) is { Length: > 0 } text)
        {
            return LeaseToken.TryParse(text)
                ?? throw new BadInputException("the token is not one: it reads epoch.fence.secret", "Copy it whole from the answer to the claim", ExitCodes.Usage);
        }

        var who = Agent(agent);
        return Workspace.Tokens.Find(task, who)
            ?? throw new BadInputException($"{who} has not claimed task {task} here", $"Claim it first: interlock claim {task} --agent {who}");
    }
}

/// <summary>Opens the workspace around each verb, so that every one starts from files taken in and ends with files written.</summary>
internal sealed class VerbHost(GlobalOptions options, TimeProvider time)
{
    public static Option<AgentId?> AgentOption() => new("--agent")
    {
        Description = "The agent that asks; INTERLOCK_AGENT_ID unless given",
        HelpName = "AGENT",
        CustomParser = result => ParseId(result, "agent", text => (AgentId?)new AgentId(text)),
    };

    public static Option<string> TokenOption() => new("--token")
    {
        Description = "The token of the claim; INTERLOCK_TOKEN or the remembered one unless given",
        HelpName = "TOKEN",
    };

    public static Option<string> RequestOption() => new("--request-id")
    {
        Description = "Repeating a call with the same id returns the first answer",
        HelpName = "ID",
    };

    public static Option<StoryId?> StoryOption() => new("--story")
    {
        Description = "The story, such as 2.5",
        HelpName = "STORY",
        CustomParser = result => ParseId(result, "story", text => (StoryId?)new StoryId(Bare(text))),
    };

    public static Option<string> ReasonOption(bool required = false) => new("--reason") { Description = "Why, in one line", HelpName = "TEXT", Required = required };

    public static Option<TimeSpan?> DurationOption(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "2h",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            var duration = DurationConverter.TryParse(text);
            if (duration is null)
            {
                result.AddError($"'{text}' is not a duration: write 90s, 15m, 2h or 1d");
            }

            return duration;
        },
    };

    public static Argument<TaskId> TaskArgument() => new("task")
    {
        Description = "The task, such as 2.5.1",
        HelpName = "TASK",
        CustomParser = result => ParseId(result, "task", text => new TaskId(text)),
    };

    public static Option<TaskId?> TaskOption(string description) => new("--task")
    {
        Description = description,
        HelpName = "TASK",
        CustomParser = result => ParseId(result, "task", text => (TaskId?)new TaskId(text)),
    };

    public TimeProvider Time => time;

    /// <summary>Runs a verb that opens the workspace itself, if it can, and finds everything as it was left.</summary>
    public void BindClosed(Command command, Func<ParseResult, Terminal, string, CancellationToken, Task<int>> verb) => command.SetAction((parse, cancellation) => verb(
        parse,
        new Terminal(parse.GetValue(options.Json), parse.GetValue(options.NoColor) || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 }),
        parse.GetValue(options.Root) ?? Environment.CurrentDirectory,
        cancellation));

    /// <summary>Runs a verb on an open workspace, after freeing what dead processes left behind.</summary>
    public void Bind(Command command, Func<VerbContext, CancellationToken, Task<int>> verb) =>
        command.SetAction(async (parse, cancellation) =>
        {
            var terminal = new Terminal(parse.GetValue(options.Json), parse.GetValue(options.NoColor) || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 });
            var folder = parse.GetValue(options.Root) ?? Environment.CurrentDirectory;
            using var workspace = Workspace.Open(folder, time);
            workspace.Sync();
            await new Recovery(workspace).ReclaimAsync(cancellation);
            try
            {
                return await verb(new VerbContext(workspace, terminal, parse, folder), cancellation);
            }
            finally
            {
                // What the verb did is done and said, so its exit code stands.
                if (workspace.TrySync() is { } problem)
                {
                    Terminal.Complain($"WARNING: {problem.Message}", problem.Hint);
                }
            }
        });

    public void Bind(Command command, Func<VerbContext, int> verb) => Bind(command, (context, _) => Task.FromResult(verb(context)));

    private static string Bare(string story) => story.StartsWith("story-", StringComparison.OrdinalIgnoreCase) ? story["story-".Length..] : story;

    internal static T? ParseId<T>(System.CommandLine.Parsing.ArgumentResult result, string noun, Func<string, T> make)
    {
        var text = result.Tokens[0].Value;
        if (Identifiers.IsValid(noun == "story" ? Bare(text) : text))
        {
            return make(text);
        }

        result.AddError(string.Create(CultureInfo.InvariantCulture, $"'{text}' is not a valid {noun} id: use {Identifiers.Grammar}"));
        return default;
    }
}
