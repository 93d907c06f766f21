using System.Text.Json.Nodes;

namespace ModelServer;

/// <summary>What matters of one request, whichever maker's form it came in.</summary>
/// <param name="Text">Everything said so far, as one text: scripts are chosen by what stands in it.</param>
/// <param name="Turn">Answers given so far in this conversation: results of tools, and texts of the model.</param>
/// <param name="Results">What tools answered, in order.</param>
internal sealed record Conversation(string Text, int Turn, IReadOnlyList<Tool> Tools, IReadOnlyList<string> Results);

/// <param name="Namespace">Of tools that are offered in groups; null otherwise.</param>
/// <param name="Parameters">JSON schema of its arguments; null for one that takes free text.</param>
internal sealed record Tool(string Name, JsonObject? Parameters, string? Namespace = null)
{
    public bool IsFreeText { get; init; }

    /// <summary>The first of the names that the tool has as an argument.</summary>
    public string? Argument(params string[] names) => names.FirstOrDefault(name => Parameters?["properties"] is JsonObject properties && properties.ContainsKey(name));
}

/// <summary>What the model answers.</summary>
internal abstract record Reply
{
    /// <summary>One line for the journal.</summary>
    public string Short => this switch
    {
        Say say => $"say: {say.Text}",
        Call call => $"call: {call.Tool.Name} {call.Input ?? call.Arguments.ToJsonString()}",
        Failure failure => $"failure: {failure.Status}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    internal sealed record Say(string Text) : Reply;

    /// <param name="Input">Text for a tool that takes free text instead of arguments.</param>
    internal sealed record Call(Tool Tool, JsonObject Arguments, string? Input) : Reply;

    internal sealed record Failure(int Status, IReadOnlyDictionary<string, string> Headers, string Body) : Reply;
}
