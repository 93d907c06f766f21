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

    private CursorSetup? Read(string text)
    {
        Directory.CreateDirectory(Path.Combine(folder, ".cursor"));
        File.WriteAllText(Path.Combine(folder, ".cursor", "worktrees.json"), text);
        return CursorSetup.Read(folder, new InterlockConfig());
    }
}
