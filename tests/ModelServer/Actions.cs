using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ModelServer;

/// <summary>Turns a step into a call of whichever tool the program offers for it: each names its tools and arguments in its own way.</summary>
internal sealed class Actions(Conversation conversation, Func<string, string> fill)
{
    // Some read files by their shell alone.
    private const string Readers = "^(read|read_file|view)$";

    private static readonly string[] Paths = ["file_path", "filePath", "absolute_path", "path"];

    public Reply Of(Step step) => step switch
    {
        { Say: { } text } => new Reply.Say(fill(text)),
        { Call: { } name } => Named(name, fill(step.Args?.GetRawText() ?? "{}")),
        { Read: { } path } => Find(Readers) is null ? Line($"cat {fill(path)}") : With(Readers, tool => Arguments(tool, path)),
        { Edit: { } path } => Patch($"*** Update File: {fill(path)}\n@@\n-{fill(step.Old!)}\n+{fill(step.New!)}\n")
            ?? With("^(edit|replace|str_replace)$", tool => Arguments(
                tool, path, (["old_string", "oldString", "old_str"], step.Old!), (["new_string", "newString", "new_str"], step.New!), (["instruction"], "change it"))),
        { Create: { } path } => Patch($"*** Add File: {fill(path)}\n+{fill(step.Content!).TrimEnd('\n').Replace("\n", "\n+", StringComparison.Ordinal)}\n")
            ?? With("^(write|write_file|create)$", tool => Arguments(tool, path, (["content", "file_text"], step.Content!))),
        { Shell: { } line } => Line(fill(line)),
        _ => new Reply.Say("a step of the script says nothing"),
    };

    private Reply Line(string line) => With("^(bash|shell|run_shell_command|exec_command|shell_command)$", tool => Shell(tool, line));

    private Reply Named(string pattern, string arguments) => With(pattern, _ => (JsonObject)JsonNode.Parse(arguments)!);

    private Reply With(string pattern, Func<Tool, JsonObject> arguments) => Find(pattern) is { } tool
        ? new Reply.Call(tool, arguments(tool), null)
        : new Reply.Say($"no tool matches {pattern}: {string.Join(", ", conversation.Tools.Select(tool => tool.Name))}");

    private Tool? Find(string pattern) => conversation.Tools.FirstOrDefault(tool => Regex.IsMatch(tool.Name, pattern, RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1)));

    // A program with a patch tool takes one text for every kind of change.
    private Reply.Call? Patch(string body) => Find("^apply_patch$") is not { } tool ? null
        : tool.IsFreeText ? new Reply.Call(tool, [], Whole(body)) : new Reply.Call(tool, new JsonObject { [tool.Argument("input", "patch", "patchText") ?? "input"] = Whole(body) }, null);

    private static string Whole(string body) => $"*** Begin Patch\n{body}*** End Patch\n";

    private JsonObject Arguments(Tool tool, string path, params (string[] Names, string Value)[] others)
    {
        var folder = fill("{cwd}");
        var full = folder.Length == 0 ? fill(path) : $"{folder.TrimEnd('/')}/{fill(path)}";
        var arguments = new JsonObject();
        foreach (var (names, value) in others.Prepend((Paths, full)))
        {
            if (tool.Argument(names) is { } name)
            {
                arguments[name] = ReferenceEquals(names, Paths) ? value : fill(value);
            }
        }

        return arguments;
    }

    private static JsonObject Shell(Tool tool, string line)
    {
        var arguments = new JsonObject();
        if (tool.Argument("cmd", "command") is { } name)
        {
            arguments[name] = tool.Parameters?["properties"]?[name]?["type"]?.ToString() == "array" ? new JsonArray("sh", "-c", line) : line;
        }

        if (tool.Argument("description") is { } description)
        {
            arguments[description] = "a step of the script";
        }

        return arguments;
    }
}
