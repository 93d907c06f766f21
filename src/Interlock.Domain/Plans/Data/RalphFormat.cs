namespace Interlock.Domain.Plans.Data;

/// <summary>
/// The <c>prd.json</c> of Ralph loops: user stories with <c>passes</c>. They are done one after the other by priority, which
/// is an order the user can relax.
/// </summary>
public sealed class RalphFormat : DataPlanFormat
{
    public const string FormatName = "ralph";

    public override string Name => FormatName;

    public override IReadOnlyList<PlanLayout> Layouts { get; } =
        [new("prd.json", "prd.json"), new("scripts/ralph/prd.json", "scripts/ralph/prd.json"), new(".ralph/prd.json", ".ralph/prd.json")];

    public override int Score(PlanInput input)
    {
        if (input.Files is not [{ } file] || !file.Path.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            return 0;
        }

        var content = file.Content.Span;
        var named = FileName(file.Path).StartsWith("prd", StringComparison.OrdinalIgnoreCase);
        var passes = content.IndexOf("\"passes\""u8) >= 0;
        var stories = content.IndexOf("\"userStories\""u8) >= 0;
        return (stories, passes, named) switch
        {
            (true, true, _) => 95,
            (true, false, true) => 85,
            (_, true, true) => 85,
            (true, false, false) or (false, true, false) => 60,
            _ => 0,
        };
    }

    private protected override PlanDraft Read(PlanInput input, PlanReading reading)
    {
        var draft = new PlanDraft(Name, input, reading);
        foreach (var file in input.Files)
        {
            if (RawFile.Open(file, draft) is { } raw)
            {
                new RalphReader(raw, draft).Read();
            }
        }

        return draft;
    }
}
