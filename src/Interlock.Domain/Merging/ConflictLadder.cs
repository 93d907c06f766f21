namespace Interlock.Domain.Merging;

/// <summary>Who gets work that conflicts with what landed meanwhile.</summary>
public enum ConflictTurn
{
    /// <summary>Whoever wrote it, with both diffs.</summary>
    Author,

    /// <summary>An agent that has not seen it, once.</summary>
    FreshAgent,
    Person,
}

public static class ConflictLadder
{
    private const int TurnsOfAuthor = 2;

    /// <param name="conflicts">How often the work of this task has conflicted, this time included.</param>
    public static ConflictTurn Next(int conflicts) =>
        conflicts <= TurnsOfAuthor ? ConflictTurn.Author
        : conflicts == TurnsOfAuthor + 1 ? ConflictTurn.FreshAgent
        : ConflictTurn.Person;
}
