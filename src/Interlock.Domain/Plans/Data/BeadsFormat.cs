namespace Interlock.Domain.Plans.Data;

/// <summary>
/// The export of beads: one issue a line. Read only, because beads writes the file anew from its own database.
/// </summary>
public sealed class BeadsFormat : DataPlanFormat
{
    public const string FormatName = "beads";

    public override string Name => FormatName;

    public override IReadOnlyList<PlanLayout> Layouts { get; } =
        [new(".beads/issues.jsonl", ".beads/issues.jsonl"), new(".beads/beads.jsonl", ".beads/beads.jsonl")];

    public override bool HasMarks => false;

    public override int Score(PlanInput input)
    {
        if (input.Files.Count == 0 || !input.Files.All(file => file.Path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase)))
        {
            return 0;
        }

        if (input.Files.Any(file => file.Path.Contains(".beads/", StringComparison.Ordinal)))
        {
            return 95;
        }

        var content = input.Files[0].Content.Span;
        var first = content[..(content.IndexOf((byte)'\n') is >= 0 and var end ? end : content.Length)];
        var looks = first.IndexOf("\"id\""u8) >= 0 && first.IndexOf("\"title\""u8) >= 0;
        return !looks ? 0 : first.IndexOf("\"issue_type\""u8) >= 0 ? 80 : first.IndexOf("\"status\""u8) >= 0 ? 50 : 20;
    }

    private protected override PlanDraft Read(PlanInput input, PlanReading reading)
    {
        var draft = new PlanDraft(Name, input, reading);
        foreach (var file in input.Files)
        {
            if (RawFile.Open(file, draft) is { } raw)
            {
                new BeadsReader(raw, draft).Read();
            }
        }

        return draft;
    }
}
