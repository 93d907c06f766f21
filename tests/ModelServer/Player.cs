using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ModelServer;

/// <summary>Finds the step that a conversation has come to.</summary>
internal sealed class Player(Script script)
{
    private const string SideCall = "side call";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly ConcurrentDictionary<(int Part, int Step), int> troubles = new();

    public Reply Next(Conversation conversation)
    {
        // Titles, summaries and the choice of a model are asked for without tools; they are not the work.
        if (conversation.Tools.Count == 0)
        {
            return new Reply.Say(SideCall);
        }

        for (var part = 0; part < script.Parts.Count; part++)
        {
            if (Regex.IsMatch(conversation.Text, script.Parts[part].When, RegexOptions.None, Patience))
            {
                return Play(conversation, part);
            }
        }

        return new Reply.Say("the script has no part for this conversation");
    }

    private Reply Play(Conversation conversation, int part)
    {
        var steps = script.Parts[part].Steps;
        if (conversation.Turn >= steps.Count)
        {
            return new Reply.Say("the script ends here");
        }

        var step = steps[conversation.Turn];
        if (step.Trouble is { } trouble && (trouble.Times == 0 || troubles.AddOrUpdate((part, conversation.Turn), 1, (_, seen) => seen + 1) <= trouble.Times))
        {
            return new Reply.Failure(
                trouble.Status,
                trouble.Headers ?? new Dictionary<string, string>(),
                trouble.Body?.GetRawText() ?? new JsonObject { ["error"] = new JsonObject { ["message"] = "scripted error", ["type"] = "scripted" } }.ToJsonString());
        }

        return new Actions(conversation, text => Fill(text, conversation.Text)).Of(step);
    }

    private string Fill(string text, string conversation) => script.Variables.Aggregate(text, (filled, variable) =>
        filled.Contains($"{{{variable.Key}}}", StringComparison.Ordinal)
            ? filled.Replace($"{{{variable.Key}}}", Find(variable.Value, conversation), StringComparison.Ordinal)
            : filled);

    private static string Find(IReadOnlyList<string> patterns, string conversation) =>
        patterns.Select(pattern => Regex.Match(conversation, pattern, RegexOptions.None, Patience)).FirstOrDefault(match => match.Success)?.Groups[1].Value ?? "";
}
