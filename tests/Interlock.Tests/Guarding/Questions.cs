using System.Text.Json.Nodes;
using Interlock.Domain.Guarding;

namespace Interlock.Tests.Guarding;

/// <summary>What each CLI says before it edits a file, in the shape its hooks were seen to use.</summary>
internal static class Questions
{
    public static readonly TheoryData<GuardedCli> Clis = [.. Enum.GetValues<GuardedCli>()];

    /// <summary>An edit of one file.</summary>
    public static string Edit(GuardedCli cli, string path, string folder, string session = "6d9f0f0e-session") => Of(cli, path, folder, session).ToJsonString();

    private static JsonObject Of(GuardedCli cli, string path, string folder, string session) => cli switch
    {
        GuardedCli.Cursor => new JsonObject
        {
            ["conversation_id"] = session,
            ["generation_id"] = "g1",
            ["model"] = "m",
            ["hook_event_name"] = "preToolUse",
            ["cursor_version"] = "2026.09.10",
            ["workspace_roots"] = new JsonArray(folder),
            ["transcript_path"] = null,
            ["tool_name"] = "Write",
            ["tool_input"] = new JsonObject { ["file_path"] = path, ["contents"] = "x" },
            ["tool_use_id"] = "t1",
            ["cwd"] = "",
        },
        GuardedCli.Codex => new JsonObject
        {
            ["session_id"] = session,
            ["turn_id"] = "1",
            ["cwd"] = folder,
            ["hook_event_name"] = "PreToolUse",
            ["model"] = "m",
            ["permission_mode"] = "default",
            ["tool_name"] = "apply_patch",
            ["tool_input"] = new JsonObject { ["command"] = $"*** Begin Patch\n*** Update File: {path}\n@@\n-a\n+b\n*** End Patch" },
            ["tool_use_id"] = "t1",
        },
        GuardedCli.Gemini => new JsonObject
        {
            ["session_id"] = session,
            ["transcript_path"] = "",
            ["cwd"] = folder,
            ["hook_event_name"] = "BeforeTool",
            ["timestamp"] = "2026-11-25T12:00:00.000Z",
            ["tool_name"] = "replace",
            ["tool_input"] = new JsonObject { ["file_path"] = path, ["instruction"] = "do", ["old_string"] = "a", ["new_string"] = "b" },
        },
        GuardedCli.Qwen => new JsonObject
        {
            ["session_id"] = session,
            ["cwd"] = folder,
            ["hook_event_name"] = "PreToolUse",
            ["tool_name"] = "write_file",
            ["tool_input"] = new JsonObject { ["file_path"] = path, ["content"] = "x" },
        },
        GuardedCli.Copilot => new JsonObject
        {
            ["sessionId"] = session,
            ["timestamp"] = 1764072000000,
            ["cwd"] = folder,
            ["toolName"] = "edit",
            ["toolArgs"] = new JsonObject { ["path"] = path, ["old_str"] = "a", ["new_str"] = "b" },
        },
        GuardedCli.Goose => new JsonObject
        {
            ["event"] = "PreToolUse",
            ["session_id"] = session,
            ["tool_name"] = "developer__write",
            ["tool_input"] = new JsonObject { ["path"] = path, ["content"] = "x" },
            ["working_dir"] = folder,
            ["tool_call_id"] = "c1",
        },
        GuardedCli.OpenCode => new JsonObject
        {
            ["tool"] = "edit",
            ["session_id"] = session,
            ["cwd"] = folder,
            ["args"] = new JsonObject { ["filePath"] = path, ["oldString"] = "a", ["newString"] = "b" },
        },
        GuardedCli.Generic => new JsonObject { ["tool"] = "edit", ["path"] = path, ["cwd"] = folder, ["session_id"] = session },
        _ => new JsonObject
        {
            ["session_id"] = session,
            ["transcript_path"] = "/dev/null",
            ["cwd"] = folder,
            ["permission_mode"] = "acceptEdits",
            ["hook_event_name"] = "PreToolUse",
            ["tool_name"] = "Edit",
            ["tool_input"] = new JsonObject { ["file_path"] = path, ["old_string"] = "a", ["new_string"] = "b", ["replace_all"] = false },
            ["tool_use_id"] = "t1",
        },
    };

    /// <summary>Whether the CLI would go on, reading the answer as it does: what it does not understand lets the edit through.</summary>
    public static bool LetsThrough(GuardedCli cli, int exitCode, string output) => exitCode != 2 && (output.Trim().Length == 0 || Verdict(cli, JsonNode.Parse(output)!.AsObject()) is not ("deny" or "block"));

    /// <summary>The reason the model reads; null when there is none.</summary>
    public static string? Reason(GuardedCli cli, string output) => output.Trim().Length == 0 ? null : Inner(cli, JsonNode.Parse(output)!.AsObject()) switch
    {
        var answer when cli == GuardedCli.Cursor => (string?)answer["user_message"],
        var answer when cli is GuardedCli.Claude or GuardedCli.Codex or GuardedCli.Qwen or GuardedCli.Copilot => (string?)answer["permissionDecisionReason"],
        var answer => (string?)answer["reason"],
    };

    private static string? Verdict(GuardedCli cli, JsonObject answer) => (string?)Inner(cli, answer)[cli switch
    {
        GuardedCli.Cursor => "permission",
        GuardedCli.Claude or GuardedCli.Codex or GuardedCli.Qwen or GuardedCli.Copilot => "permissionDecision",
        _ => "decision",
    }];

    private static JsonObject Inner(GuardedCli cli, JsonObject answer) =>
        cli is GuardedCli.Claude or GuardedCli.Codex or GuardedCli.Qwen ? answer["hookSpecificOutput"]!.AsObject() : answer;
}
