namespace Interlock.Domain.Plans.Data;

/// <summary>What the formats of data files and folders share: read into a draft, and make the plan or the edit from it.</summary>
public abstract class DataPlanFormat : IPlanFormat
{
    public abstract string Name { get; }

    public abstract IReadOnlyList<PlanLayout> Layouts { get; }

    public virtual bool HasMarks => true;

    public abstract int Score(PlanInput input);

    public Plan Parse(PlanInput input, PlanReading reading) => Read(input, reading).ToPlan();

    public PlanFile? Tick(PlanInput input, TaskId task, out TickOutcome outcome)
    {
        var changed = Tick(input, task, file => Read(file, new PlanReading()), out outcome);
        return changed is null && outcome == TickOutcome.NotFound && ReadOtherwise(input) is not null
            ? Tick(input, task, file => ReadOtherwise(file)!, out outcome)
            : changed;
    }

    private static PlanFile? Tick(PlanInput input, TaskId task, Func<PlanInput, PlanDraft> read, out TickOutcome outcome)
    {
        var changed = read(input).Tick(task, out outcome);
        if (changed is null)
        {
            return null;
        }

        // The edit is taken only when the file then says what it should: an odd spelling is left to a person.
        var files = input.Files.Select(file => file.Path == changed.Path ? changed : file).ToList();
        if (read(input with { Files = files }).ToPlan().Tasks.FirstOrDefault(known => known.Id == task)?.Status == PlanStatus.Done)
        {
            return changed;
        }

        outcome = TickOutcome.NotReplaceable;
        return null;
    }

    private protected abstract PlanDraft Read(PlanInput input, PlanReading reading);

    /// <summary>Another way the same files can be read; null when there is none.</summary>
    private protected virtual PlanDraft? ReadOtherwise(PlanInput input) => null;

    private protected static string FileName(string path) => path[(path.LastIndexOf('/') + 1)..];
}
