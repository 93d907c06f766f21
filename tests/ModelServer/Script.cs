using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModelServer;

/// <summary>What the model does, for each conversation it may find itself in.</summary>
internal sealed record Script
{
    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>Name to patterns; the first group of the first that matches the conversation fills <c>{name}</c> in steps.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Variables { get; set; } = new Dictionary<string, IReadOnlyList<string>>();

    public required IReadOnlyList<Part> Parts { get; set; }

    public static Script Read(string path) => Parse(File.ReadAllText(path));

    public static Script Parse(string text) => JsonSerializer.Deserialize<Script>(text, Form)!;
}

/// <param name="When">Pattern of a conversation this is for.</param>
internal sealed record Part(string When, IReadOnlyList<Step> Steps);

/// <summary>One answer. Exactly one of the first six says which; the paths are relative to the folder the agent works in.</summary>
internal sealed record Step
{
    /// <summary>Pattern of a tool's name.</summary>
    public string? Call { get; set; }
    public JsonElement? Args { get; set; }

    public string? Read { get; set; }
    public string? Edit { get; set; }
    public string? Old { get; set; }
    public string? New { get; set; }
    public string? Create { get; set; }
    public string? Content { get; set; }
    public string? Shell { get; set; }
    public string? Say { get; set; }

    /// <summary>Errors to answer with before this step.</summary>
    public Trouble? Trouble { get; set; }
}

/// <param name="Times">How often, for each conversation part; 0 for always.</param>
internal sealed record Trouble(int Status, int Times, IReadOnlyDictionary<string, string>? Headers, JsonElement? Body);
