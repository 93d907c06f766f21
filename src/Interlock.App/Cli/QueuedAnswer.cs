using System.CommandLine;
using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Configuration;
using Interlock.Engine.Merging;
using Interlock.Engine.Protocol;
using Interlock.Engine.Running;

namespace Interlock.App.Cli;

/// <summary>For verbs that put a change into the merge queue: lands it now, or leaves it to the run that is active.</summary>
internal static class QueuedAnswer
{
    public static Option<string> ByOption() => new("--by")
    {
        Description = "Who says so; the name of the user unless given",
        HelpName = "NAME",
        DefaultValueFactory = _ => Identifiers.IsValid(Environment.UserName) ? Environment.UserName : "person",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (!Identifiers.IsValid(text))
            {
                result.AddError($"'{text}' is not a name: use {Identifiers.Grammar}");
            }

            return text;
        },
    };

    /// <param name="enqueue">Puts the change into the queue; the reply's lease carries its fence.</param>
    public static async Task<int> GiveAsync(VerbContext context, StoryId story, Func<Task<Reply>> enqueue, CancellationToken cancellation)
    {
        var checks = RunSettings.Checks(context.Workspace) ?? throw new BadInputException(
            "no checks are configured, so nothing could be verified before it lands",
            $"List them in {InterlockConfig.FileName} (interlock init proposes some), or write \"checks\": \"none\"");
        RunSettings.RequireTrustOfSurroundings(context.Workspace);
        var reply = await enqueue();
        if (reply.Refusal is { } refusal)
        {
            return Answers.Refuse(context.Terminal, refusal);
        }

        var fence = reply.Lease!.Fence;
        var alone = await OneLanding.LandAsync(
            context.Workspace, context.Workspace.Repository!, checks, story, fence, news => RunVerb.Tell(context.Terminal, news), cancellation);
        var (landing, task) = context.Workspace.Store.Read(reader => (reader.FindLanding(fence)!, reader.FindTask(reply.Task!.Id)!));
        if (context.Terminal.Json)
        {
            Write(landing, alone);
        }
        else
        {
            context.Terminal.Line(Say(landing, task, alone));
        }

        return landing.State is LandingState.Landed || (!alone && landing.State != LandingState.Returned) ? ExitCodes.Done : ExitCodes.Refused;
    }

    private static string Say(Landing landing, WorkTask task, bool alone) => landing.State switch
    {
        LandingState.Landed when landing.Undoes is { } undone => $"{undone} is taken back by {Commits.Brief(landing.IntentNew!)}; to have it done again: interlock retry {undone}",
        LandingState.Landed => $"{landing.Task} landed as {Commits.Brief(landing.IntentNew!)}",
        LandingState.Returned => $"{landing.Task} did not land: {landing.Reason}{(task.LastLog is { } log ? $"; the log is {log}" : "")}",
        _ when alone => $"{landing.Task} waits: see interlock queue",
        _ => $"{landing.Task} is queued; the run that is active lands it",
    };

    private static void Write(Landing landing, bool alone) => Terminal.WriteJson(writer =>
    {
        writer.WriteString("task_id", landing.Task.Value);
        writer.WriteNumber("fence", landing.Fence);
        writer.WriteString("state", landing.State.ToString().ToLowerInvariant());
        writer.WriteString("commit", landing.IntentNew);
        writer.WriteString("reason", landing.Reason);
        writer.WriteBoolean("left_to_run", !alone);
    });
}
