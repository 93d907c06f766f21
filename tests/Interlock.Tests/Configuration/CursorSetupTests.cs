using Interlock.Engine.Configuration;

namespace Interlock.Tests.Configuration;

public sealed class CursorSetupTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("interlock-cursor-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_misspelt_name_is_refused_and_does_not_leave_worktrees_without_their_setup()
    {
        var refused = Assert.Throws<BadInputException>(() => Read("""{ "setup-worktre": ["npm ci"] }"""));

        Assert.Contains("worktrees.json", refused.Message, StringComparison.Ordinal);
        Assert.Contains("it has none of setup-worktree", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ }")]
    [InlineData("""{ "setup-worktree": [] }""")]
    public void A_file_without_commands_is_no_setup(string text) => Assert.Null(Read(text));

    [Theory]
    [InlineData("""{ "setup-worktree": ["npm \ud800"] }""")]
    [InlineData("""{ "setup-worktree": "a\u0000b" }""")]
    [InlineData("{ \"setup-worktree\": [\"\u00ff\"] }")]
    public void Text_that_nobody_could_have_meant_is_refused_with_the_file(string text)
    {
        Directory.CreateDirectory(Path.Combine(folder, ".cursor"));
        File.WriteAllBytes(Path.Combine(folder, ".cursor", "worktrees.json"), System.Text.Encoding.Latin1.GetBytes(text));

        var refused = Assert.Throws<BadInputException>(() => CursorSetup.Read(folder, new InterlockConfig()));

        Assert.Contains("worktrees.json", refused.Message, StringComparison.Ordinal);
    }

    private CursorSetup? Read(string text)
    {
        Directory.CreateDirectory(Path.Combine(folder, ".cursor"));
        File.WriteAllText(Path.Combine(folder, ".cursor", "worktrees.json"), text);
        return CursorSetup.Read(folder, new InterlockConfig());
    }
}
