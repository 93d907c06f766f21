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

    /// <summary>Those of the plan, then what agents suggest.</summary>
    /// <param name="stories">Null for all.</param>
    public static IReadOnlyList<PlanProposal> Of(Snapshot snapshot, IReadOnlyCollection<StoryId>? stories = null) =>
    [
        .. snapshot.Tasks.Where(task => stories?.Contains(task.Story) != false).SelectMany(PlanMerge.Proposals),
        .. snapshot.Suggestions.Where(suggestion => stories?.Contains(suggestion.Story) != false).Select(suggestion => suggestion.AsProposal()),
    ];

    private static string First(IReadOnlyList<PlanProposal> proposals) => proposals[0].Task.Value;
}
