using Interlock.App.Cli;
using Interlock.Engine.Guarding;

namespace Interlock.App.Hooks;

/// <summary>Inside an agent's sandbox there is no store: what the agent asks of us goes through its hatch to the run.</summary>
internal static class InsideRun
{
    /// <summary>Set by the sandbox for what runs in it.</summary>
    public const string Variable = "INTERLOCK_SANDBOX";

    public static bool IsHere =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } and not "none" && Environment.GetEnvironmentVariable(HatchClient.Variable) is { Length: > 0 };

    public static async Task<int> ForwardAsync(string[] args)
    {
        try
        {
            if (args is ["mcp", ..])
            {
                await using var input = Console.OpenStandardInput();
                await using var answers = Console.OpenStandardOutput();
                await HatchClient.BridgeAsync(Environment.GetEnvironmentVariable(HatchClient.Variable)!, input, answers, CancellationToken.None);
                return ExitCodes.Done;
            }

            var request = new HatchRequest("verb", args, Environment.CurrentDirectory, []);
            var reply = await HatchClient.AskAsync(Environment.GetEnvironmentVariable(HatchClient.Variable)!, request, CancellationToken.None);
            await Console.Error.WriteAsync(reply.Error);
            await using var output = Console.OpenStandardOutput();
            await output.WriteAsync(reply.Output);
            return reply.ExitCode;
        }
        catch (IOException error)
        {
            Terminal.Complain(error.Message, "The run has ended; there is nothing more to do here");
            return ExitCodes.Environment;
        }
    }
}
