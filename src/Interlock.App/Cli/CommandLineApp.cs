using System.CommandLine;
using Interlock.Engine.Configuration;
using Interlock.Engine.Projections;
using Interlock.Engine.Stores;
using Interlock.Engine.Worktrees;

namespace Interlock.App.Cli;

/// <summary>The verbs, put together, and the one place where errors become exit codes and advice.</summary>
internal static class CommandLineApp
{
    public static async Task<int> RunAsync(string[] args, TimeProvider time)
    {
        var options = new GlobalOptions();
        var parse = Build(options, time).Parse(ClassicForm.Translate(args));
        var json = parse.GetValue(options.Json);
        if (parse.Errors.Count > 0)
        {
            foreach (var error in parse.Errors)
            {
                await Console.Error.WriteLineAsync(Terminal.Safe(error.Message));
            }

            await Console.Error.WriteLineAsync("  Try: interlock --help");
            return ExitCodes.Usage;
        }

        try
        {
            return await parse.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (BadInputException error)
        {
            return Report(json, error.ExitCode, "bad-input", error.Message, error.Hint);
        }
        catch (StoreException error)
        {
            return Report(json, ExitCodes.Environment, "store", error.Message, error.Hint);
        }
        catch (ProjectionException error)
        {
            return Report(json, ExitCodes.Environment, "environment", error.Message, error.Hint);
        }
        catch (GitException error)
        {
            return Report(json, ExitCodes.Environment, "git", error.Message, error.Hint);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            return Report(json, ExitCodes.Environment, "environment", error.Message, "Nothing was left half done; run the command again when it is mended");
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Refused;
        }
    }

    private static RootCommand Build(GlobalOptions options, TimeProvider time)
    {
        var root = new RootCommand("Runs many coding agents in parallel on one git repository and lands only verified, conflict-free work.");
        foreach (var option in options.All)
        {
            root.Options.Add(option);
        }

        var verbs = new VerbHost(options, time);
        root.Subcommands.Add(InitVerb.Create(verbs));
        root.Subcommands.Add(PlanVerb.Create(verbs));
        root.Subcommands.Add(SimulateVerb.Create(verbs));
        root.Subcommands.Add(ImportVerb.Create(verbs));
        root.Subcommands.Add(ExportVerb.Create(verbs));
        root.Subcommands.Add(AssignVerb.Create(verbs));
        root.Subcommands.Add(RunVerb.Create(verbs));
        root.Subcommands.Add(AgentsVerb.Create(verbs));
        root.Subcommands.Add(TrustVerb.Create(verbs));
        root.Subcommands.Add(StatusVerb.Create(verbs));
        root.Subcommands.Add(ExplainVerb.Create(verbs));
        root.Subcommands.Add(GraphVerb.Create(verbs));
        root.Subcommands.Add(LogVerb.Create(verbs));
        root.Subcommands.Add(ReplayVerb.Create(verbs));
        root.Subcommands.Add(DoctorVerb.Create(verbs));
        root.Subcommands.Add(SalvageVerb.Create(verbs));
        root.Subcommands.Add(NextVerb.Create(verbs));
        root.Subcommands.Add(ClaimVerb.Create(verbs));
        root.Subcommands.Add(RenewVerb.Create(verbs));
        root.Subcommands.Add(ExtendVerb.Create(verbs));
        root.Subcommands.Add(CompleteVerb.Create(verbs));
        root.Subcommands.Add(FailVerb.Create(verbs));
        root.Subcommands.Add(BlockVerb.Create(verbs));
        root.Subcommands.Add(ReleaseVerb.Create(verbs));
        root.Subcommands.Add(RetryVerb.Create(verbs));
        root.Subcommands.Add(ReassignVerb.Create(verbs));
        root.Subcommands.Add(CancelVerb.Create(verbs));
        root.Subcommands.Add(ApproveVerb.Create(verbs));
        root.Subcommands.Add(UndoVerb.Create(verbs));
        root.Subcommands.Add(QueueVerb.Create(verbs));
        root.Subcommands.Add(LockVerb.Create(verbs));
        root.Subcommands.Add(UnlockVerb.Create(verbs));
        root.Subcommands.Add(LocksVerb.Create(verbs));
        root.Subcommands.Add(LimitsVerb.Create(verbs));
        root.Subcommands.Add(SendVerb.Create(verbs));
        root.Subcommands.Add(InboxVerb.Create(verbs));
        root.Subcommands.Add(HookVerb.Create(verbs));
        root.Subcommands.Add(HooksVerb.Create(verbs));
        root.Subcommands.Add(McpVerb.Create(verbs));
        root.Subcommands.Add(ServeVerb.Create(verbs));
        root.Subcommands.Add(WatchVerb.Create(verbs));
        return root;
    }

    private static int Report(bool json, int exitCode, string code, string message, string hint)
    {
        if (json)
        {
            Terminal.WriteJson(writer =>
            {
                writer.WriteStartObject("error");
                writer.WriteString("code", code);
                writer.WriteString("message", message);
                writer.WriteString("hint", hint);
                writer.WriteEndObject();
            });
        }
        else
        {
            Terminal.Complain(message, hint);
        }

        return exitCode;
    }
}
