namespace Interlock.Domain.Assignment;

/// <summary>Where a task and a type's specialties meet, weakest first.</summary>
internal enum MatchPlace
{
    Nowhere,
    Group,
    Files,
    Title,
}

/// <summary>How well a type fits a task: the place first, then its heaviest keyword, then the number of keywords.</summary>
internal sealed record SpecialtyMatch(MatchPlace Place, int Weight, int Count, string Reason) : IComparable<SpecialtyMatch>
{
    public static SpecialtyMatch None { get; } = new(MatchPlace.Nowhere, 0, 0, "");

    public static SpecialtyMatch Of(AssignableTask task, IReadOnlyList<Specialty> specialties)
    {
        return In(MatchPlace.Title, Wording.Of(task.Title), "title")
            ?? In(MatchPlace.Files, Wording.Of(string.Join('/', task.Files)), "a file name")
            ?? In(MatchPlace.Group, Wording.Of(task.Group), "group")
            ?? None;

        SpecialtyMatch? In(MatchPlace place, Wording wording, string what)
        {
            var found = specialties.Where(specialty => specialty.StandsIn(wording)).ToList();
            return found.MaxBy(specialty => specialty.Weight) is { } best
                ? new(place, best.Weight, found.Count, $"{what} says '{best.Text}'")
                : null;
        }
    }

    public int CompareTo(SpecialtyMatch? other) =>
        other is null ? 1 : (Place, Weight, Count).CompareTo((other.Place, other.Weight, other.Count));
}
