using System.Text;
using Interlock.Domain.Guarding;

namespace Interlock.Tests.Guarding;

public sealed class Questions_of_clis
{
    [Theory]
    [MemberData(nameof(Questions.Clis), MemberType = typeof(Questions))]
    public void Every_cli_names_the_file_the_folder_and_the_conversation(GuardedCli cli)
    {
        var call = Read(Questions.Edit(cli, "/w/src/a.ts", "/w", "s1"), cli);

        Assert.Equal(ToolEffect.Files, call.Effect);
        Assert.Equal(["/w/src/a.ts"], call.Paths);
        Assert.Equal(("/w", "s1"), (call.Folder, call.Session));
    }

    [Fact]
    public void A_patch_names_every_file_it_adds_changes_deletes_and_moves()
    {
        const string Patch = "*** Begin Patch\\n*** Add File: new.ts\\n+x\\n*** Update File: old.ts\\n*** Move to: moved.ts\\n@@\\n-a\\n+b\\n*** Delete File: gone.ts\\n*** End Patch";

        Assert.Equal(["new.ts", "old.ts", "moved.ts", "gone.ts"], Read($$$"""{"tool_name":"apply_patch","tool_input":{"command":"{{{Patch}}}"}}""", GuardedCli.Codex).Paths);
        Assert.Equal(["new.ts", "old.ts", "moved.ts", "gone.ts"], Read($$$"""{"tool_name":"Bash","tool_input":{"command":"apply_patch <<'P'\n{{{Patch}}}\nP"}}""", GuardedCli.Codex).Paths);
        Assert.Equal(["new.ts", "old.ts", "moved.ts", "gone.ts"], Read($$$"""{"toolName":"apply_patch","toolArgs":"{{{Patch}}}"}""", GuardedCli.Copilot).Paths);
    }

    [Theory]
    [InlineData("Bash", "command", "echo x > a.ts", ToolEffect.Command)]
    [InlineData("run_shell_command", "command", "ls", ToolEffect.Command)]
    [InlineData("Read", "file_path", "a.ts", ToolEffect.None)]
    [InlineData("read_file", "absolute_path", "/w/a.ts", ToolEffect.None)]
    [InlineData("Grep", "path", "src", ToolEffect.None)]
    [InlineData("mcp__coord__claim_file", "path", "a.ts", ToolEffect.None)]
    [InlineData("mcp__disk__write_file", "path", "a.ts", ToolEffect.Files)]
    [InlineData("TodoWrite", "todos", "x", ToolEffect.None)]
    [InlineData("paint_over", "path", "a.ts", ToolEffect.Files)]
    [InlineData("think", "thought", "x", ToolEffect.None)]
    public void A_tool_counts_by_what_it_does_and_an_unknown_one_with_a_path_as_a_write(string tool, string name, string value, ToolEffect effect) =>
        Assert.Equal(effect, Read($$$"""{"tool_name":"{{{tool}}}","tool_input":{"{{{name}}}":"{{{value}}}"}}""", GuardedCli.Claude).Effect);

    [Fact]
    public void Arguments_that_are_text_with_json_in_it_are_read_too() =>
        Assert.Equal(["a.ts"], Read("""{"toolName":"create","toolArgs":"{\"path\":\"a.ts\",\"file_text\":\"x\"}"}""", GuardedCli.Copilot).Paths);

    [Fact]
    public void Of_a_tool_with_several_edits_every_file_counts() =>
        Assert.Equal(["a.ts", "b.ts"], Read("""{"tool_name":"MultiEdit","tool_input":{"edits":[{"file_path":"a.ts"},{"file_path":"b.ts"},{"file_path":"a.ts"}]}}""", GuardedCli.Claude).Paths);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"tool_name":"Edit"}""")]
    [InlineData("""{"tool_name":"Edit","tool_input":{"file_path":""}}""")]
    [InlineData("""{"tool_name":"Edit","tool_input":{"file_path":7}}""")]
    [InlineData("""{"tool_name":"Edit","tool_input":{"file_path":"\ud800"}}""")]
    [InlineData("""{"tool_name":"apply_patch","tool_input":{"command":"no headers"}}""")]
    public void What_cannot_be_read_is_an_error_and_never_a_question_without_files(string json) =>
        Assert.Throws<FormatException>(() => Read(json, GuardedCli.Claude));

    [Fact]
    public void A_question_nested_without_end_is_refused() =>
        Assert.Throws<FormatException>(() => Read(new string('[', 100_000), GuardedCli.Claude));

    private static ToolCall Read(string json, GuardedCli cli) => HookInput.Read(Encoding.UTF8.GetBytes(json), cli);
}
