using System.CommandLine;
using Interlock.Engine.Importers;
using Interlock.Engine.Projections;

namespace Interlock.App.Cli;

internal static class ImportVerb
{
    public static Command Create(VerbHost host)
    {
        var command = new Command("import", "Bring the plan's tasks into the store and show what changed; starts and assigns nothing");
        var plan = new PlanOptions(command);
        host.Bind(command, context =>
        {
            var report = PlanImport.Store(plan.Read(context), context.Workspace.Config, context.Workspace.Protocol);
            if (context.Terminal.Json)
            {
                Terminal.WriteJson(writer =>
                {
                    writer.WriteString("format", report.Plan.Format);
                    AssignVerb.WriteReport(writer, report);
                });
            }
            else
            {
                AssignVerb.PrintReport(context.Terminal, report);
                context.Terminal.Line($"Next: interlock assign --story {(report.Plan.Stories.Count == 1 ? report.Plan.Stories[0].Id.Value : "STORY")}");
            }

            return ExitCodes.Done;
        });
        return command;
    }
}
