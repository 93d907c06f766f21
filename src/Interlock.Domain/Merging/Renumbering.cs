namespace Interlock.Domain.Merging;

/// <summary>Gives files that were added under a number somebody else used meanwhile the next free one.</summary>
public static class Renumbering
{
    /// <param name="taken">Names of the tip that count in sequences.</param>
    /// <param name="collides">Of the added ones, those the tip leaves no room for.</param>
    /// <returns>From old path to new, only of those that move. Files with one number stay together, and the order of the added ones is kept.</returns>
    public static IReadOnlyDictionary<string, string> Plan(
        IReadOnlyCollection<NumberedName> taken, IReadOnlyCollection<NumberedName> added, Func<NumberedName, bool> collides)
    {
        var moves = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var sequence in added.GroupBy(name => (name.Folder, name.Mark.ToUpperInvariant())))
        {
            var highest = taken.Where(name => name.SameSequence(sequence.First())).Select(name => name.Number).DefaultIfEmpty(0).Max();
            var moving = false;
            foreach (var together in sequence.GroupBy(name => name.Number).OrderBy(group => group.Key))
            {
                moving |= together.Any(collides);
                if (!moving || (together.Key > highest && !together.Any(collides)))
                {
                    highest = Math.Max(highest, together.Key);
                    continue;
                }

                highest++;
                foreach (var name in together)
                {
                    moves[name.Path] = (name with { Number = highest }).Path;
                }
            }
        }

        return moves;
    }
}
