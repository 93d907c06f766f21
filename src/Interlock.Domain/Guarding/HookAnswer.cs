using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Interlock.Domain.Guarding;

/// <summary>What the hook prints and exits with, in the form the CLI understands.</summary>
/// <param name="Output">For standard output; empty for none.</param>
/// <param name="Error">For standard error; null for none.</param>
public sealed record HookAnswer(byte[] Output, int ExitCode, string? Error = null)
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The tool runs as if there were no hook: a person's own permissions still count.</summary>
    public static HookAnswer Allow(GuardedCli cli) => cli switch
    {
        GuardedCli.Cursor => new HookAnswer("{\"permission\":\"allow\"}\n"u8.ToArray(), 0),
        GuardedCli.OpenCode or GuardedCli.Generic => new HookAnswer("{\"decision\":\"allow\"}\n"u8.ToArray(), 0),
        _ => new HookAnswer([], 0),
    };

    /// <summary>The tool does not run, and the model reads why.</summary>
    public static HookAnswer Deny(GuardedCli cli, string reason) => cli switch
    {
        GuardedCli.Cursor => Json(writer =>
        {
            writer.WriteString("permission", "deny");
            writer.WriteString("user_message", reason);
            writer.WriteString("agent_message", reason);
        }),
        GuardedCli.Claude or GuardedCli.Codex or GuardedCli.Qwen => Json(writer =>
        {
            writer.WriteStartObject("hookSpecificOutput");
            writer.WriteString("hookEventName", "PreToolUse");
            writer.WriteString("permissionDecision", "deny");
            writer.WriteString("permissionDecisionReason", reason);
            writer.WriteEndObject();
        }),
        GuardedCli.Copilot => Json(writer =>
        {
            writer.WriteString("permissionDecision", "deny");
            writer.WriteString("permissionDecisionReason", reason);
        }),
        GuardedCli.Goose => Json(writer =>
        {
            writer.WriteString("decision", "block");
            writer.WriteString("reason", reason);
        }),
        GuardedCli.Gemini => Decision(reason),
        _ => Decision(reason) with { ExitCode = 2, Error = reason },
    };

    private static HookAnswer Decision(string reason) => Json(writer =>
    {
        writer.WriteString("decision", "deny");
        writer.WriteString("reason", reason);
    });

    private static HookAnswer Json(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Readable))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return new HookAnswer([.. buffer.WrittenSpan, (byte)'\n'], 0);
    }
}
