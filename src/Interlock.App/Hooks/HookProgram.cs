using Interlock.App.Cli;
using Interlock.Domain.Guarding;
using Interlock.Engine.Guarding;

namespace Interlock.App.Hooks;

/// <summary>
/// <c>interlock hook</c>: one question of a CLI on standard input, one answer on standard output. A hook that crashes or is
/// late lets the edit through, so every error and a deadline of its own answer with a denial.
/// </summary>
internal static class HookProgram
{
    // Half of the shortest limit that hooks are installed with.
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(4);

    public static int Run(ReadOnlySpan<string> words, TimeProvider time)
    {
        var arguments = HookArguments.Parse(words);
        HookAnswer? answer = null;
        var asking = new Thread(() => answer = Answer(arguments, time)) { IsBackground = true, Name = "hook" };
        asking.Start();

        // The thread is left behind when it is late: it dies with the process.
        asking.Join(Budget);
        return Give(answer ?? Late(arguments));
    }

    private static HookAnswer Answer(HookArguments arguments, TimeProvider time)
    {
        try
        {
            return arguments switch
            {
                { Problem: { } problem } => Deny(arguments, HookDesk.Failed(problem)),
                { GitHook: not null } => GitHookProgram.Answer(arguments, time),
                _ => HookCallers.Answer(arguments, HookQuestion.Read(), time),
            };
        }
        catch (Exception error)
        {
            return Deny(arguments, HookDesk.Failed(error.Message));
        }
    }

    private static HookAnswer Late(HookArguments arguments) => Deny(arguments, HookDesk.Failed("the state was not free within 4 seconds"));

    private static HookAnswer Deny(HookArguments arguments, string reason) =>
        arguments.GitHook is null ? HookAnswer.Deny(arguments.Cli, Terminal.Safe(reason)) : new HookAnswer([], 1, reason);

    private static int Give(HookAnswer answer)
    {
        try
        {
            if (answer.Error is { Length: > 0 } error)
            {
                Console.Error.WriteLine(string.Join('\n', error.TrimEnd('\n').Split('\n').Select(Terminal.Safe)));
            }

            using var output = Console.OpenStandardOutput();
            output.Write(answer.Output);
            output.Flush();
            return answer.ExitCode;
        }
        catch (Exception)
        {
            // Nobody reads the answer; 2 denies in every CLI that looks at exit codes.
            return 2;
        }
    }
}
