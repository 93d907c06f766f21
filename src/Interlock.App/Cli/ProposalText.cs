using System.Text.Json;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;

namespace Interlock.App.Cli;

/// <summary>What a plan proposes, with the command that carries it out.</summary>
internal static class ProposalText
{
    public static void Print(Terminal terminal, IReadOnlyList<PlanProposal> proposals)
    {
        foreach (var proposal in proposals)
        {
            terminal.Line($"Proposal: {proposal.Message}");
        }

        if (proposals.Count > 0)
        {
            terminal.Line($"  To carry it out: interlock import --accept {First(proposals)}; to leave it as it is here: --decline {First(proposals)}; all: --accept all");
        }
    }

    public static void Write(Utf8JsonWriter writer, IReadOnlyList<PlanProposal> proposals)
    {
        writer.WriteStartArray("proposals");
        foreach (var proposal in proposals)
        {
            writer.WriteStartObject();
            writer.WriteString("task_id", proposal.Task.Value);
            writer.WriteString("kind", proposal.Kind.ToString().ToLowerInvariant());
            writer.WriteString("message", proposal.Message);
            writer.WriteString("accept", $"interlock import --accept {proposal.Task}");
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    public static IReadOnlyList<PlanProposal> Of(IEnumerable<WorkTask> tasks) => [.. tasks.SelectMany(PlanMerge.Proposals)];

    private static string First(IReadOnlyList<PlanProposal> proposals) => proposals[0].Task.Value;
}
