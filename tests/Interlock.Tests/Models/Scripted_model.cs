using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using ModelServer;

namespace Interlock.Tests.Models;

/// <summary>The model that real CLIs are tried with, asked in each of its four forms as they ask it.</summary>
public sealed class Scripted_model : IAsyncLifetime
{
    private const string Worktree = "/home/ada/tree";

    private const string Steps = """
        {
          "variables": { "cwd": ["working directory: (/\\S+)"] },
          "parts": [
            { "when": "Task 1\\.1: ", "steps": [ { "edit": "src/a.txt", "old": "a\n", "new": "b\n" }, { "call": "(^|_)send_message$", "args": { "to": ["all"] } }, { "say": "Done." } ] },
            { "when": "Task 1\\.2: ", "steps": [ { "trouble": { "status": 429, "times": 1, "headers": { "retry-after": "3" } }, "say": "At last." } ] }
          ]
        }
        """;

    private readonly HttpClient client = new();
    private readonly string log = Path.Combine(Path.GetTempPath(), $"interlock-model-{Guid.NewGuid():N}.jsonl");
    private readonly WebApplication server;

    public Scripted_model() => server = Server.Create(Script.Parse(Steps), 0, log);

    public static TheoryData<string> Forms { get; } = ["messages", "responses", "chat", "gemini"];

    public async ValueTask InitializeAsync() => await server.StartAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        client.Dispose();
        File.Delete(log);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task An_edit_is_a_call_of_whichever_tool_is_offered_for_it_in_the_words_of_that_form(string form)
    {
        var call = (await AskAsync(form, "Task 1.1: edit it", 0)).Call!;

        if (form == "responses")
        {
            Assert.Equal("apply_patch", call.Name);
            Assert.Equal("*** Begin Patch\n*** Update File: src/a.txt\n@@\n-a\n\n+b\n\n*** End Patch\n", call.Arguments);
            return;
        }

        var arguments = JsonNode.Parse(call.Arguments)!;
        Assert.Equal(form == "gemini" ? "replace" : "edit", call.Name);
        Assert.Equal(($"{Worktree}/src/a.txt", "a\n", "b\n"), ((string)arguments["file_path"]!, (string)arguments["old_string"]!, (string)arguments["new_string"]!));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task What_comes_next_is_counted_from_what_was_answered_already(string form)
    {
        Assert.EndsWith("send_message", (await AskAsync(form, "Task 1.1: edit it", 1)).Call!.Name, StringComparison.Ordinal);
        Assert.Equal("Done.", (await AskAsync(form, "Task 1.1: edit it", 2)).Text);
        Assert.Equal("the script ends here", (await AskAsync(form, "Task 1.1: edit it", 3)).Text);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task An_error_comes_as_often_as_the_script_says_with_what_it_says(string form)
    {
        using var refused = await SendAsync(form, "Task 1.2: wait", 0, tools: true);

        Assert.Equal((HttpStatusCode.TooManyRequests, "3"), (refused.StatusCode, refused.Headers.GetValues("retry-after").Single()));
        Assert.Equal("At last.", (await AskAsync(form, "Task 1.2: wait", 0)).Text);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_question_without_tools_is_no_step_and_an_unknown_task_is_said_to_be_one(string form)
    {
        using var aside = await SendAsync(form, "Task 1.1: edit it", 0, tools: false);

        Assert.Contains("side call", await aside.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal("the script has no part for this conversation", (await AskAsync(form, "Task 9.9: what", 0)).Text);
    }

    [Fact]
    public async Task Each_request_is_in_the_log_with_what_was_answered_and_without_its_key()
    {
        await AskAsync("messages", "Task 1.1: edit it", 1);

        var line = Assert.Single(File.ReadAllLines(log));
        Assert.Contains("call: send_message", line, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-secret", line, StringComparison.Ordinal);
    }

    private async Task<Said> AskAsync(string form, string task, int answered)
    {
        using var response = await SendAsync(form, task, answered, tools: true);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, text);
        var data = text.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => JsonNode.Parse(line["data: ".Length..])!).ToList();
        return form switch
        {
            "messages" => OfMessages(data),
            "responses" => OfResponses(data),
            "chat" => OfChat(data),
            _ => OfGemini(data),
        };
    }

    private async Task<HttpResponseMessage> SendAsync(string form, string task, int answered, bool tools)
    {
        var (path, body) = Requests.Of(form, $"working directory: {Worktree}\n{task}", answered, tools);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(server.Urls.First()), path)) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("x-api-key", "sk-secret");
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static Said OfMessages(List<JsonNode> events)
    {
        var begun = events.Single(entry => (string?)entry["type"] == "content_block_start")["content_block"]!;
        var delta = events.Single(entry => (string?)entry["type"] == "content_block_delta")["delta"]!;
        Assert.Equal("message_stop", (string?)events[^1]["type"]);
        return (string?)begun["type"] == "tool_use" ? new Said(null, new Call((string)begun["name"]!, (string)delta["partial_json"]!)) : new Said((string)delta["text"]!, null);
    }

    private static Said OfResponses(List<JsonNode> events)
    {
        var item = events.Single(entry => (string?)entry["type"] == "response.output_item.done")["item"]!;
        Assert.True((int)events[^1]["response"]!["usage"]!["total_tokens"]! > 0);
        return (string?)item["type"] switch
        {
            "custom_tool_call" => new Said(null, new Call((string)item["name"]!, (string)item["input"]!)),
            "function_call" => new Said(null, new Call((string)item["name"]!, (string)item["arguments"]!)),
            _ => new Said((string)item["content"]![0]!["text"]!, null),
        };
    }

    private static Said OfChat(List<JsonNode> chunks)
    {
        var delta = chunks[0]["choices"]![0]!["delta"]!;
        Assert.True((int)chunks[^1]["usage"]!["total_tokens"]! > 0);
        return delta["tool_calls"] is { } calls ? new Said(null, new Call((string)calls[0]!["function"]!["name"]!, (string)calls[0]!["function"]!["arguments"]!)) : new Said((string)delta["content"]!, null);
    }

    private static Said OfGemini(List<JsonNode> chunks)
    {
        var part = Assert.Single(chunks)["candidates"]![0]!["content"]!["parts"]![0]!;
        return part["functionCall"] is { } call ? new Said(null, new Call((string)call["name"]!, call["args"]!.ToJsonString())) : new Said((string)part["text"]!, null);
    }

    private sealed record Said(string? Text, Call? Call);

    private sealed record Call(string Name, string Arguments);
}
