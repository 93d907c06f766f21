using Interlock.Domain.Leasing;
using Interlock.Domain.Spending;
using Interlock.Engine.Agents.Adapters;

namespace Interlock.Engine.Agents;

/// <summary>What an agent's end means for its attempt. Whether the work is any good is for the checks to say.</summary>
public abstract record AgentVerdict
{
    private AgentVerdict()
    {
    }

    /// <summary>It says that it is done.</summary>
    public sealed record Done : AgentVerdict;

    public sealed record Failed(string Reason) : AgentVerdict;

    /// <summary>Its provider refused: nobody's fault, and no failed attempt.</summary>
    public sealed record Limited(ProviderLimit Limit) : AgentVerdict;

    public static AgentVerdict Of(AdapterProfile profile, AgentOutcome outcome)
    {
        var heard = outcome.Heard;
        if (heard.Result is { Ok: true })
        {
            return new Done();
        }

        if (heard.Limit is { } limit)
        {
            return new Limited(limit);
        }

        if (heard.Result is { } result && outcome.End is AgentEnd.Exited or AgentEnd.Finished)
        {
            return new Failed($"the agent reported an error: {Line(heard.Error ?? result.Words)}");
        }

        return outcome is not { End: AgentEnd.Exited, ExitCode: 0 } ? new Failed(Describe(outcome))
            : profile.Result ? new Failed("the agent ended with exit code 0 but without a result: it stopped in the middle, as after a permission that was refused")
            : new Done();
    }

    private static string Describe(AgentOutcome outcome) => outcome switch
    {
        { End: AgentEnd.TimedOut } => $"the agent ran into its time limit after {Ages.Text(outcome.Duration)}",
        { End: AgentEnd.Silent } => $"the agent printed nothing for too long and was stopped after {Ages.Text(outcome.Duration)}",
        { Signal: { } signal } => $"the agent was killed by signal {signal}",
        _ => $"the agent failed with exit code {outcome.ExitCode}{Because(outcome)}",
    };

    private static string Because(AgentOutcome outcome)
    {
        var words = outcome.Heard.Error ?? outcome.Tail.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();
        return words is null ? "" : $": {Line(words)}";
    }

    private static string Line(string text)
    {
        var line = text.ReplaceLineEndings(" ").Trim();
        return line.Length > 200 ? line[..200] : line;
    }
}
