using Interlock.Engine.Platform;
using Interlock.Engine.Projections;
using Interlock.Tests.Projections;

namespace Interlock.Tests.Platform;

/// <summary>Below the state are tokens and prompts, and its folder may be deleted while somebody is about to write there.</summary>
public sealed class Private_folders : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string state = Path.Combine(Directory.CreateTempSubdirectory("interlock-private-").FullName, "state");

    public Private_folders() => Assert.SkipWhen(OperatingSystem.IsWindows(), "there a folder inherits what its parent allows");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(state)!, recursive: true);

    [Fact]
    public async Task A_slot_for_a_build_makes_the_state_for_its_owner_alone()
    {
        using var slot = await new BuildSlots(state, () => 1).TakeAsync(CancellationToken.None);

        AssertPrivate(state);
        AssertPrivate(Path.Combine(state, "builds"));
    }

    [Fact]
    public void A_log_of_an_agent_makes_the_state_for_its_owner_alone()
    {
        using var log = new OutputLog(Path.Combine(state, "logs", "1.1.1.log"), cap: 1000);

        AssertPrivate(state);
        AssertPrivate(Path.Combine(state, "logs"));
    }

    [Fact]
    public void A_copy_of_a_file_that_could_not_be_used_makes_the_state_for_its_owner_alone()
    {
        using var repository = new OpenedRepository();
        repository.Write(".lock/what is this.lock", "?");

        new Doors(repository.Root, state, repository.Protocol, repository.Workspace.Mailbox, () => false).Reconcile();

        Assert.False(repository.Has(".lock/what is this.lock"));
        AssertPrivate(state);
        AssertPrivate(Path.Combine(state, "quarantine"));
    }

    private static void AssertPrivate(string folder)
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(folder));
        }
    }
}
