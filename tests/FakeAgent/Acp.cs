using System.Text.Json;
using System.Text.Json.Nodes;

/// <summary>An agent that speaks the Agent Client Protocol: asks before it edits a file, and does as it is told.</summary>
internal static class Acp
{
    /// <param name="folder">Gets every message it was sent, one a line.</param>
    /// <param name="file">What it wants to edit.</param>
    internal static int Run(string folder, string file)
    {
        while (Console.In.ReadLine() is { } line)
        {
            File.AppendAllText(Path.Combine(folder, "received"), line + "\n");
            var message = JsonNode.Parse(line)!;
            var id = message["id"]?.GetValue<long>();
            switch ((string?)message["method"])
            {
                case "initialize":
                    Reply(id, """{"protocolVersion":1,"agentCapabilities":{"loadSession":true},"authMethods":[]}""");
                    break;
                case "session/new":
                    Reply(id, """{"sessionId":"s-1"}""");
                    break;
                case "session/load":
                    Reply(id, "{}");
                    break;
                case "session/prompt" when line.Contains("You may not change", StringComparison.Ordinal):
                    Reply(id, """{"stopReason":"end_turn","usage":{"inputTokens":300,"cachedReadTokens":3000,"outputTokens":50}}""");
                    break;
                case "session/prompt":
                    Work(id!.Value, file, folder);
                    break;
                case "session/cancel":
                    return 0;
                case null when message["result"] is not null:
                    break;
            }
        }

        return 0;
    }

    private static void Work(long prompt, string file, string folder)
    {
        Say("""{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s-1","update":{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"all done"}}}}""");
        if (file == "never")
        {
            return;
        }

        var named = JsonEncodedText.Encode(file).ToString();
        Say("""{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s-1","update":{"sessionUpdate":"tool_call","toolCallId":"c-1","kind":"edit","title":"Edit","status":"pending","locations":[{"path":"FILE"}]}}}""".Replace("FILE", named, StringComparison.Ordinal));
        Say("""{"jsonrpc":"2.0","id":77,"method":"session/request_permission","params":{"sessionId":"s-1","toolCall":{"toolCallId":"c-1","kind":"edit","locations":[{"path":"FILE"}]},"options":[{"optionId":"yes","kind":"allow_once"},{"optionId":"no","kind":"reject_once"}]}}""".Replace("FILE", named, StringComparison.Ordinal));
        var answer = Console.In.ReadLine()!;
        File.AppendAllText(Path.Combine(folder, "received"), answer + "\n");
        var allowed = (string?)JsonNode.Parse(answer)!["result"]?["outcome"]?["optionId"] == "yes";
        if (allowed)
        {
            File.WriteAllText(file, "edited\n");
        }

        Say("""{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s-1","update":{"sessionUpdate":"tool_call_update","toolCallId":"c-1","status":"STATUS"}}}""".Replace("STATUS", allowed ? "completed" : "failed", StringComparison.Ordinal));
        Say("""{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s-1","update":{"sessionUpdate":"usage_update","used":1,"size":2,"cost":{"amount":0.25,"currency":"USD"}}}}""");
        Reply(prompt, """{"stopReason":"end_turn","usage":{"inputTokens":300,"cachedReadTokens":3000,"outputTokens":50}}""");
    }

    private static void Reply(long? id, string result) => Say($$"""{"jsonrpc":"2.0","id":{{id}},"result":{{result}}}""");

    private static void Say(string line)
    {
        Console.Out.WriteLine(line);
        Console.Out.Flush();
    }
}
