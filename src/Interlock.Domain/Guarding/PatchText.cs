namespace Interlock.Domain.Guarding;

/// <summary>Reads which files a patch in the form <c>*** Begin Patch</c> changes, from its headers alone.</summary>
public static class PatchText
{
    private static readonly string[] Headers = ["*** Add File: ", "*** Update File: ", "*** Delete File: ", "*** Move to: "];

    /// <summary>True for text that holds such a patch, also inside a shell line.</summary>
    public static bool IsIn(string text) => text.Contains("*** Begin Patch", StringComparison.Ordinal);

    /// <summary>Each path once, in the patch's order.</summary>
    public static IReadOnlyList<string> Paths(string text)
    {
        var paths = new List<string>();
        foreach (var line in text.Split('\n'))
        {
            var header = Array.Find(Headers, header => line.StartsWith(header, StringComparison.Ordinal));
            if (header is not null && line[header.Length..].Trim() is { Length: > 0 } path && !paths.Contains(path))
            {
                paths.Add(path);
            }
        }

        return paths;
    }
}
