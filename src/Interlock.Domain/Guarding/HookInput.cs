using System.Text.Json;

namespace Interlock.Domain.Guarding;

/// <summary>Reads what a CLI says before it runs a tool.</summary>
public static class HookInput
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64 };

    private static readonly string[] PathNames =
    [
        "file_path", "filePath", "path", "notebook_path", "notebookPath", "absolute_path", "absolutePath", "target_file", "targetFile", "target_notebook", "file", "filename",
        "relative_workspace_path", "source", "destination", "source_path", "destination_path", "old_path", "new_path", "oldPath", "newPath", "target_path", "uri",
    ];

    private static readonly string[] ListNames = ["paths", "files", "file_paths", "filePaths", "edits", "changes"];

    private static readonly string[] PatchNames = ["command", "cmd", "patch", "patchText", "input", "diff"];

    /// <param name="tool">Names the tool where the CLI says it beside its input, as some do in a variable.</param>
    /// <exception cref="FormatException">It is not such a question; the message says why, for whoever asked.</exception>
    public static ToolCall Read(ReadOnlyMemory<byte> json, GuardedCli cli, string? tool = null)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Read(document.RootElement, cli, tool)
                : throw new FormatException("the question is not a JSON object");
        }
        catch (JsonException error)
        {
            throw new FormatException($"the question is not JSON: {error.Message}");
        }
        catch (InvalidOperationException)
        {
            // Text with half a surrogate pair reads as no text at all.
            throw new FormatException("the question holds text that is not Unicode");
        }
    }

    private static ToolCall Read(JsonElement root, GuardedCli cli, string? given)
    {
        var tool = Text(root, "tool_name") ?? Text(root, "toolName") ?? Text(root, "tool") ?? given ?? throw new FormatException("the question names no tool");
        var input = Member(root, "tool_input") ?? Member(root, "toolArgs") ?? Member(root, "args") ?? Member(root, "input") ?? root;
        var folder = Text(root, "cwd") ?? Text(root, "working_dir") ?? FirstRoot(root) ?? Text(root, "directory");
        var session = Text(root, "session_id") ?? Text(root, "sessionId") ?? Text(root, "conversation_id") ?? Text(root, "sessionID");
        if (input.ValueKind != JsonValueKind.String)
        {
            return Of(tool, input, cli, folder, session);
        }

        // One CLI's documentation writes the arguments as text that is JSON itself; a patch may be the text as it is.
        var text = input.GetString()!;
        if (PatchText.IsIn(text))
        {
            return Files(tool, PatchText.Paths(text), folder, session);
        }

        using var inner = JsonDocument.Parse(text, Strict);
        return Of(tool, inner.RootElement, cli, folder, session);
    }

    private static ToolCall Of(string tool, JsonElement input, GuardedCli cli, string? folder, string? session)
    {
        var patches = PatchNames.Select(name => Text(input, name)).OfType<string>().Where(PatchText.IsIn).SelectMany(PatchText.Paths).ToList();
        if (patches.Count > 0)
        {
            return Files(tool, [.. patches.Concat(ToolNames.IsCommand(tool) ? [] : PathsIn(input)).Distinct()], folder, session);
        }

        if (ToolNames.IsCommand(tool))
        {
            return new ToolCall(tool, ToolEffect.Command, [], folder, session);
        }

        var writer = ToolNames.IsWriter(tool) && !(Text(input, "command") == "view");
        if (!writer && (ToolNames.IsReader(tool) || ToolNames.IsForeign(tool, cli) || Text(input, "command") == "view"))
        {
            return new ToolCall(tool, ToolEffect.None, [], folder, session);
        }

        var paths = PathsIn(input);
        return writer || paths.Count > 0 ? Files(tool, paths, folder, session) : new ToolCall(tool, ToolEffect.None, [], folder, session);
    }

    private static ToolCall Files(string tool, IReadOnlyList<string> paths, string? folder, string? session) => paths.Count > 0
        ? new ToolCall(tool, ToolEffect.Files, paths, folder, session)
        : throw new FormatException($"the tool {tool} changes files and the question names none");

    private static List<string> PathsIn(JsonElement input)
    {
        if (input.ValueKind != JsonValueKind.Object)
        {
            return [];
        }

        var paths = PathNames.Select(name => Text(input, name)).OfType<string>().ToList();
        foreach (var list in ListNames.Select(name => Member(input, name)).OfType<JsonElement>().Where(list => list.ValueKind == JsonValueKind.Array))
        {
            foreach (var item in list.EnumerateArray())
            {
                paths.AddRange(item.ValueKind == JsonValueKind.String ? [item.GetString()!] : PathNames.Select(name => Text(item, name)).OfType<string>());
            }
        }

        return [.. paths.Select(path => path.StartsWith("file://", StringComparison.Ordinal) ? path["file://".Length..] : path).Distinct()];
    }

    private static string? FirstRoot(JsonElement root) =>
        Member(root, "workspace_roots") is { ValueKind: JsonValueKind.Array } roots && roots.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.String } first
            ? first.GetString()
            : null;

    private static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string? Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 } value ? value : null;
}
