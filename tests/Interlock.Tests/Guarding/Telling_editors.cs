using System.Text.Json;

namespace Interlock.Tests.Guarding;

using Cli = Interlock.Tests.Cli.Cli;

public sealed class Telling_editors : IDisposable
{
    private readonly Cli cli = Cli.Repository();

    public void Dispose() => cli.Dispose();

    [Fact]
    public void Nothing_is_written_unless_a_person_says_so()
    {
        cli.Run("assign", "--story", "2.5").Expect(0);

        Assert.False(cli.Has("AGENTS.md") || cli.Has(".cursor/mcp.json") || cli.Has(".mcp.json") || cli.Has(".cursor/rules/interlock.mdc"));
    }

    [Fact]
    public void Twice_is_once_and_what_others_wrote_stays_also_when_it_is_taken_out()
    {
        const string Servers = "{\n  \"mcpServers\": {\n    \"mine\": {\n      \"command\": \"x\"\n    }\n  }\n}\n";
        cli.Write("AGENTS.md", "# Ours\n\nBe kind.\n");
        cli.Write(".mcp.json", Servers);
        string[] words = ["assign", "--story", "2.5", "--editors", "cursor,agents-md,claude"];

        cli.Run(words).Expect(0);
        var (rules, servers) = (cli.Read("AGENTS.md"), cli.Read(".mcp.json"));
        var again = cli.Json(words).Expect(0).Json.GetProperty("editor_files").EnumerateArray().ToList();

        Assert.Equal((rules, servers), (cli.Read("AGENTS.md"), cli.Read(".mcp.json")));
        Assert.All(again, file => Assert.Equal("unchanged", file.GetProperty("done").GetString()));
        Assert.StartsWith("# Ours\n\nBe kind.\n\n", rules, StringComparison.Ordinal);
        Assert.Equal(["mine", "interlock"], JsonDocument.Parse(servers).RootElement.GetProperty("mcpServers").EnumerateObject().Select(server => server.Name));
        Assert.StartsWith("---\n", cli.Read(".cursor/rules/interlock.mdc"), StringComparison.Ordinal);

        cli.Run("assign", "--story", "2.5", "--editors", "none").Expect(0);

        Assert.Equal(("# Ours\n\nBe kind.\n", Servers), (cli.Read("AGENTS.md"), cli.Read(".mcp.json")));
        Assert.False(cli.Has(".cursor/rules/interlock.mdc") || cli.Has(".cursor/mcp.json"));
    }

    [Fact]
    public void Where_there_is_a_CLAUDE_md_Claude_reads_that_one()
    {
        cli.Write("CLAUDE.md", "# Claude\n");

        cli.Run("assign", "--story", "2.5", "--editors", "claude").Expect(0);

        Assert.Contains("interlock claim", cli.Read("CLAUDE.md"), StringComparison.Ordinal);
        Assert.False(cli.Has("AGENTS.md"));
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_named_by_line_and_nothing_is_written()
    {
        cli.Write(".mcp.json", "{\n  \"mcpServers\": [\n");

        var answer = cli.Run("assign", "--story", "2.5", "--editors", "cursor,claude").Expect(1);

        Assert.Contains(".mcp.json:3", answer.Error, StringComparison.Ordinal);
        Assert.False(cli.Has(".cursor/rules/interlock.mdc"));
    }

    [Fact]
    public void A_section_without_its_end_is_left_alone()
    {
        cli.Run("assign", "--story", "2.5", "--editors", "agents-md").Expect(0);
        cli.Replace("AGENTS.md", "<!-- interlock: end -->", "");
        var before = cli.Read("AGENTS.md");

        Assert.Contains("AGENTS.md:1", cli.Run("assign", "--story", "2.5", "--editors", "agents-md").Expect(1).Error, StringComparison.Ordinal);
        Assert.Equal(before, cli.Read("AGENTS.md"));
    }

    [Fact]
    public void An_editor_nobody_knows_is_a_usage_error() => cli.Run("assign", "--story", "2.5", "--editors", "emacs").Expect(2);
}
