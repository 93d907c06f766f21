using Interlock.Engine;
using Interlock.Engine.Stores;
using Interlock.Tests.Worktrees;

namespace Interlock.Tests.Faults.PowerLoss;

public sealed class Durability_setting : IDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("interlock-durability-").FullName;

    public void Dispose() => Directory.Delete(home, recursive: true);

    [Theory]
    [InlineData("{}", Durability.Full)]
    [InlineData("""{ "durability": "full" }""", Durability.Full)]
    [InlineData("""{ "durability": "normal" }""", Durability.Normal)]
    public void Each_commit_waits_for_the_disk_unless_the_configuration_says_otherwise(string configuration, Durability expected)
    {
        TestRepository.RunIn(home, "init", "-q");
        TestRepository.WriteIn(home, "interlock.json", configuration);
        using var workspace = Workspace.Open(home, TimeProvider.System);

        Assert.Equal(expected, workspace.Store.Examine().Durability);
    }
}
