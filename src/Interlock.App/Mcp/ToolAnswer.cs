using System.Text.Json;
using Interlock.App.Cli;
using Interlock.Domain.Leasing;
using Interlock.Engine;
using Interlock.Engine.Projections;
using Interlock.Engine.Protocol;
using ModelContextProtocol.Protocol;

namespace Interlock.App.Mcp;

/// <summary>
/// What a call is answered: in words, for clients that show their model the text, and as members, for those that show it the
/// structure. Either alone says enough.
/// </summary>
internal sealed record ToolAnswer(string Say, string Next, Action<Utf8JsonWriter>? Members = null, bool Failed = false)
{
    public static ToolAnswer Error(string code, string message, string hint) => new(
        $"{code}: {message}",
        ToolWords.Of(hint),
        writer =>
        {
            writer.WriteStartObject("error");
            writer.WriteString("code", code);
            writer.WriteString("message", message);
            writer.WriteEndObject();
        },
        Failed: true);

    public static ToolAnswer Refused(Refusal refusal)
    {
        var hint = ToolWords.Of(refusal.Hint);
        return new(
            $"refused ({refusal.Code}): {refusal.Message}",
            hint,
            writer =>
            {
                writer.WritePropertyName("refused");
                Answers.Write(writer, refusal with { Hint = hint });
            },
            Failed: true);
    }

    /// <summary>A refusal as it is, else what <paramref name="say"/> makes of success, with the task and its lease.</summary>
    public static ToolAnswer Of(Workspace workspace, Reply reply, Func<Reply, (string Say, string Next)> say)
    {
        if (reply.Refusal is { } refusal)
        {
            return Refused(refusal);
        }

        var (words, next) = say(reply);
        return new ToolAnswer(words, next, writer =>
        {
            if (reply.Task is { } task)
            {
                writer.WritePropertyName("task");
                StatusFile.Write(writer, task);
            }

            if (reply.Lease is { } lease)
            {
                writer.WritePropertyName("lease");
                Answers.Write(writer, lease, workspace.Store.Epoch);
            }
        });
    }

    public CallToolResult ToResult() => new()
    {
        IsError = Failed,
        Content = [new TextContentBlock { Text = $"{Terminal.SafeLines(Say)}\n{Terminal.SafeLines(Next)}" }],
        StructuredContent = Schemas.Build(writer =>
        {
            writer.WriteString("say", Terminal.SafeLines(Say));
            writer.WriteString("next", Terminal.SafeLines(Next));
            Members?.Invoke(writer);
        }),
    };
}
