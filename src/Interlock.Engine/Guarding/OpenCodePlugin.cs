using System.Text.Json;

namespace Interlock.Engine.Guarding;

/// <summary>OpenCode asks a plugin instead of a command; this one asks our hook and throws what it denies, also when it cannot be asked.</summary>
internal static class OpenCodePlugin
{
    private const string Lead = "const command = ";

    public static string Text(string command) => $$"""
        // interlock: asks "interlock hook --for opencode" before each tool. Written by "interlock hooks install"; remove with "interlock hooks uninstall".
        import { spawnSync } from "node:child_process";
        {{Lead}}"{{JsonEncodedText.Encode(command)}}";
        export const Interlock = async ({ directory }) => ({
          "tool.execute.before": async (input, output) => {
            const question = JSON.stringify({ tool: input.tool, session_id: input.sessionID, cwd: directory, args: output.args ?? {} });
            const asked = spawnSync(command, { shell: true, input: question, cwd: directory, encoding: "utf8", timeout: 8000 });
            let answer;
            try { answer = JSON.parse(asked.stdout); } catch { answer = null; }
            if (answer?.decision !== "allow") {
              throw new Error(answer?.reason ?? `interlock could not be asked, so nothing may be changed: ${asked.error?.message ?? asked.stderr}`);
            }
          },
        });

        """.ReplaceLineEndings("\n");

    public static string? CommandIn(string text)
    {
        var line = text.Split('\n').FirstOrDefault(line => line.StartsWith(Lead, StringComparison.Ordinal));
        try
        {
            using var document = line is null ? null : JsonDocument.Parse(line[Lead.Length..].TrimEnd().TrimEnd(';'));
            return document?.RootElement.GetString();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
