using System.Text.Json;
using System.Text.RegularExpressions;

namespace Interlock.Engine.Agents.Adapters;

/// <summary>Which files a tool call is about, whatever its CLI calls the argument.</summary>
public static partial class ToolInput
{
    private static readonly string[] PathNames = ["file_path", "filePath", "path", "notebook_path", "absolute_path", "target_file"];

    private static readonly string[] PatchNames = ["command", "input", "patch", "patchText"];

    private static readonly HashSet<string> Editing = new(StringComparer.OrdinalIgnoreCase)
    {
        "edit", "write", "multiedit", "notebookedit", "write_file", "replace", "create", "create_file", "edit_file", "str_replace", "str_replace_editor",
        "insert", "delete", "apply_patch", "patch", "text_editor", "developer__text_editor", "developer__write", "developer__edit", "file_change",
    };

    /// <summary>Whether a tool of this name writes the files it names.</summary>
    public static bool Edits(string tool) => Editing.Contains(tool);

    public static IReadOnlyList<string> Paths(JsonElement? input)
    {
        if (input is { ValueKind: JsonValueKind.String } text)
        {
            return InPatch(text.GetString()!);
        }

        if (input is not { ValueKind: JsonValueKind.Object } arguments)
        {
            return [];
        }

        var named = PathNames.Select(name => arguments.TextAt(name)).OfType<string>().ToList();
        return named.Count > 0 ? [.. named.Distinct(StringComparer.Ordinal)]
            : [.. PatchNames.Select(name => arguments.TextAt(name)).OfType<string>().SelectMany(InPatch).Distinct(StringComparer.Ordinal)];
    }

    private static IReadOnlyList<string> InPatch(string text) => [.. PatchLine().Matches(text).Select(match => match.Groups[1].Value.Trim())];

    [GeneratedRegex(@"^\*\*\* (?:Add File|Update File|Delete File|Move to): (.+)$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex PatchLine();
}
