using Interlock.Domain.Guarding;
using Interlock.Domain.Plans;
using Interlock.Engine.Guarding;

namespace Interlock.App.Hooks;

/// <summary>The few words <c>interlock hook</c> understands.</summary>
/// <param name="Problem">What cannot be understood; then everything is denied.</param>
internal sealed record HookArguments(GuardedCli Cli, AgentId? Agent, string? Root, bool WhereUsed, string? GitHook, IReadOnlyList<string> Rest, string? Problem)
{
    /// <summary>Where the run that started the agent is asked; some CLIs keep variables from their hooks.</summary>
    public string? Hatch { get; init; } = Environment.GetEnvironmentVariable(HatchClient.Variable) is { Length: > 0 } path ? path : null;

    public static HookArguments Parse(ReadOnlySpan<string> words)
    {
        var parsed = new HookArguments(GuardedCli.Generic, null, null, false, null, [], null);
        for (var i = 0; i < words.Length; i++)
        {
            var value = i + 1 < words.Length ? words[i + 1] : null;
            switch (words[i])
            {
                case "--for" when GuardedClis.TryParse(value) is { } cli:
                    parsed = parsed with { Cli = cli };
                    break;
                case "--agent" when Identifiers.IsValid(value):
                    parsed = parsed with { Agent = new AgentId(value!) };
                    break;
                case "--root" when value is not null:
                    parsed = parsed with { Root = value };
                    break;
                case "--hatch" when value is not null:
                    parsed = parsed with { Hatch = value };
                    break;
                case "--git" when value is not null:
                    return parsed with { GitHook = value, Rest = words[(i + 2)..].ToArray() };
                case "--where-used":
                    parsed = parsed with { WhereUsed = true };
                    continue;
                default:
                    return parsed with { Problem = $"'{words[i]}{(value is null ? "" : " " + value)}' is nothing interlock hook understands" };
            }

            i++;
        }

        return parsed;
    }
}
