using System.CommandLine;
using Interlock.Domain.Plans;
using Interlock.Engine;
using Interlock.Engine.Configuration;
using Interlock.Engine.Importers;
using Interlock.Engine.Protocol;

namespace Interlock.App.Cli;

internal static class ImportVerb
{
    private const string All = "all";

    public static Command Create(VerbHost host)
    {
        var accept = Tasks("--accept", "Carry out what the plan proposes for these tasks, or for all");
        var decline = Tasks("--decline", "Keep these tasks, or all, as they are although the plan says otherwise");
        var command = new Command("import", "Bring the plan's tasks into the store and show what changed; starts and assigns nothing") { accept, decline };
        var plan = new PlanOptions(command);
        host.Bind(command, context =>
        {
            var report = plan.Import(context);
            var protocol = context.Protocol;
            var refused = Settle(context, context.Parse.GetValue(accept) ?? [], id => protocol.AcceptPlan(id, RunLock.IsHeld(context.Workspace.StateDir)))
                ?? Settle(context, context.Parse.GetValue(decline) ?? [], protocol.DeclinePlan);
            if (refused is { Refusal: { } refusal })
            {
                return Answers.Refuse(context.Terminal, refusal);
            }

            Show(context, report with { Proposals = ProposalText.Of(context.Workspace.Snapshot()) });
            return ExitCodes.Done;
        });
        return command;
    }

    private static Option<string[]> Tasks(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TASK",
        AllowMultipleArgumentsPerToken = true,
    };

    /// <summary>The first refusal; null when there is none.</summary>
    private static Reply? Settle(VerbContext context, string[] named, Func<TaskId, Reply> settle)
    {
        if (named.FirstOrDefault(name => name != All && !Identifiers.IsValid(name)) is { } bad)
        {
            throw new BadInputException($"'{bad}' is not a valid task id: use {Identifiers.Grammar}", $"Name tasks, or {All}", ExitCodes.Usage);
        }

        var ids = named.Contains(All)
            ? ProposalText.Of(context.Workspace.Snapshot()).Select(proposal => proposal.Task)
            : named.Select(name => new TaskId(name));
        return ids.Distinct().ToList().Select(settle).FirstOrDefault(reply => !reply.Done);
    }

    private static void Show(VerbContext context, ImportReport report)
    {
        if (context.Terminal.Json)
        {
            Terminal.WriteJson(writer =>
            {
                writer.WriteString("format", report.Plan.Format);
                AssignVerb.WriteReport(writer, report);
            });
            return;
        }

        AssignVerb.PrintReport(context.Terminal, report);
        context.Terminal.Line($"Next: interlock assign --story {(report.Plan.Stories.Count == 1 ? report.Plan.Stories[0].Id.Value : "STORY")}");
    }
}
