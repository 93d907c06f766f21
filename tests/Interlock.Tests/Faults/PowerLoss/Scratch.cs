namespace Interlock.Tests.Faults.PowerLoss;

/// <summary>Where images are laid out: in memory where there is such a place, since what a real disk is made to wait for proves nothing here.</summary>
internal static class Scratch
{
    private const string InMemory = "/dev/shm";

    public static string Make() => Directory.Exists(InMemory)
        ? Directory.CreateDirectory(Path.Combine(InMemory, $"interlock-power-{Guid.NewGuid():N}")).FullName
        : Directory.CreateTempSubdirectory("interlock-power-").FullName;
}
