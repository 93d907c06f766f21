using System.Security.Cryptography;
using System.Text;

namespace Interlock.Domain.Plans;

/// <summary>Ids for tasks that have none: they survive inserting, reordering and re-marking, and change with the text.</summary>
internal static class StableIds
{
    /// <param name="sectionPath">Headings between the story and the task.</param>
    /// <param name="text">Normalised text of the task.</param>
    /// <param name="ordinal">1 for the first task of this text in the section, 2 for the second, …</param>
    public static string For(StoryId story, string sectionPath, string text, int ordinal)
    {
        // Lengths in front keep two different (path, text) pairs from running together into the same bytes.
        var hashed = SHA256.HashData(Encoding.UTF8.GetBytes($"{sectionPath.Length}:{sectionPath}{text.Length}:{text}{ordinal}"));
        return $"{story}-{Convert.ToHexStringLower(hashed.AsSpan(0, 4))}";
    }
}
