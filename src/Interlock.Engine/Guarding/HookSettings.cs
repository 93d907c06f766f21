using System.Text.Json.Nodes;
using Interlock.Domain.Guarding;
using Interlock.Engine.Configuration;

namespace Interlock.Engine.Guarding;

/// <summary>
/// The hook in the words of each CLI's own settings: added to what is there, found again and taken out. An entry is ours when its
/// command calls <c>hook --for</c>; nothing else in the file is touched.
/// </summary>
public static class HookSettings
{
    private const string Mark = " hook --for ";

    /// <summary>
    /// How long a CLI shall wait for the hook, in seconds. Most let the edit through after it, so it is far beyond the 4 seconds in which
    /// the hook answers on its own: only a machine that cannot even start it takes longer.
    /// </summary>
    public const int Seconds = 60;

    /// <summary>The text with our entry in it, once.</summary>
    /// <param name="text">Null when there is no file yet.</param>
    /// <param name="path">For the message.</param>
    /// <exception cref="BadInputException">The text is not such a file.</exception>
    public static string With(GuardedCli cli, string? text, string path, string command)
    {
        if (cli == GuardedCli.OpenCode)
        {
            return OpenCodePlugin.Text(command);
        }

        var root = SettingsFile.Read(text, path);
        Remove(root, cli, path);
        if (cli is GuardedCli.Cursor or GuardedCli.Copilot && !root.ContainsKey("version"))
        {
            root["version"] = 1;
        }

        var (eventName, entry) = EntryOf(cli, command);
        var hooks = SettingsFile.Section(root, "hooks", () => new JsonObject(), path);
        SettingsFile.Section(hooks, eventName, () => new JsonArray(), path).Add((JsonNode)entry);
        return SettingsFile.Text(root);
    }

    /// <summary>The text without our entry; null when nothing of anybody's is left in it.</summary>
    /// <exception cref="BadInputException">The text is not such a file.</exception>
    public static string? Without(GuardedCli cli, string text, string path)
    {
        if (cli == GuardedCli.OpenCode)
        {
            return text.Contains(Mark.Trim(), StringComparison.Ordinal) ? null : text;
        }

        var root = SettingsFile.Read(text, path);
        Remove(root, cli, path);
        return root.All(member => member.Key == "version") ? null : SettingsFile.Text(root);
    }

    /// <summary>The command of our entry; null when there is none.</summary>
    /// <exception cref="BadInputException">The text is not such a file.</exception>
    public static string? CommandIn(GuardedCli cli, string text, string path) =>
        cli == GuardedCli.OpenCode ? OpenCodePlugin.CommandIn(text) : Commands(SettingsFile.Read(text, path)).FirstOrDefault(IsOurs);

    private static bool IsOurs(string command) => command.Contains(Mark, StringComparison.Ordinal) && command.Contains("interlock", StringComparison.OrdinalIgnoreCase);

    private static (string Event, JsonObject Entry) EntryOf(GuardedCli cli, string command) => cli switch
    {
        GuardedCli.Cursor => ("preToolUse", new JsonObject { ["command"] = command, ["matcher"] = "Write|Delete", ["timeout"] = Seconds, ["failClosed"] = true }),
        GuardedCli.Claude => ("PreToolUse", Grouped("Edit|MultiEdit|Write|NotebookEdit", new JsonObject { ["type"] = "command", ["command"] = command, ["timeout"] = Seconds })),
        GuardedCli.Codex => ("PreToolUse", Grouped("apply_patch|Edit|Write|Bash", new JsonObject { ["type"] = "command", ["command"] = command, ["timeout"] = Seconds })),
        GuardedCli.Gemini => ("BeforeTool", Grouped("write_file|replace", new JsonObject { ["name"] = "interlock", ["type"] = "command", ["command"] = command, ["timeout"] = Seconds * 1000 })),
        GuardedCli.Qwen => ("PreToolUse", Grouped("edit|write_file|replace", new JsonObject { ["name"] = "interlock", ["type"] = "command", ["command"] = command, ["timeout"] = Seconds * 1000 })),
        GuardedCli.Copilot => ("preToolUse", new JsonObject { ["type"] = "command", [OperatingSystem.IsWindows() ? "powershell" : "bash"] = OperatingSystem.IsWindows() ? $"& {command}" : command, ["timeoutSec"] = Seconds }),
        GuardedCli.Goose => ("PreToolUse", new JsonObject
        {
            ["matcher"] = "developer__(write|edit|text_editor|shell)",
            ["hooks"] = new JsonArray(new JsonObject { ["type"] = "command", ["command"] = command, ["timeout"] = Seconds, ["on_failure"] = "block" }),
        }),
        _ => throw new BadInputException($"{cli.Word()} has no settings for hooks", $"One of: {string.Join(", ", HookPlaces.Words)}", 2),
    };

    private static JsonObject Grouped(string matcher, JsonObject hook) => new() { ["matcher"] = matcher, ["hooks"] = new JsonArray(hook) };

    private static void Remove(JsonObject root, GuardedCli cli, string path)
    {
        if (root["hooks"] is not { } found)
        {
            return;
        }

        var hooks = found as JsonObject ?? throw new BadInputException($"{path}:1: 'hooks' is not an object", "Correct the file, or move it away, and install again; nothing was changed");
        foreach (var (name, list) in hooks.ToList())
        {
            if (list is JsonArray entries)
            {
                RemoveFrom(entries);
                if (entries.Count == 0)
                {
                    hooks.Remove(name);
                }
            }
        }

        if (hooks.Count == 0)
        {
            root.Remove("hooks");
        }
    }

    private static void RemoveFrom(JsonArray entries)
    {
        foreach (var entry in entries.ToList())
        {
            if (entry is JsonObject { } group && group["hooks"] is JsonArray { Count: > 0 } inner)
            {
                RemoveFrom(inner);
                if (inner.Count == 0)
                {
                    entries.Remove(entry);
                }
            }
            else if (entry is not null && Commands(entry).Any(IsOurs))
            {
                entries.Remove(entry);
            }
        }
    }

    private static IEnumerable<string> Commands(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member =>
            member.Key is "command" or "bash" or "powershell" && member.Value is JsonValue value && value.TryGetValue<string>(out var text) ? [text] : Commands(member.Value)),
        JsonArray items => items.SelectMany(Commands),
        _ => [],
    };
}
