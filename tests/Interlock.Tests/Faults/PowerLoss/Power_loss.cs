using System.Globalization;
using Interlock.Engine.Platform;

namespace Interlock.Tests.Faults.PowerLoss;

public sealed class Power_loss(ITestOutputHelper output)
{
    [Fact]
    [Trait(Programme.Trait, "T11")]
    public void What_was_acknowledged_is_there_when_the_power_comes_back_and_nothing_is_half_there()
    {
        var seed = Programme.Seed();
        var size = Programme.Size("T11", quick: 200, ci: 1_000, full: 10_000);
        var chance = new Random(seed);
        using var written = new Written();
        var (lost, misread) = Files(written, written.Steps, chance, size - (size / 2));
        var broken = Stores(chance, size / 2);
        foreach (var what in lost.Concat(misread).Concat(broken).Take(10))
        {
            output.WriteLine(what);
        }

        Programme.Report("T11", seed, output,
            Figure.AtLeast("images", size, size),
            new Figure("images of the store", size / 2),
            Figure.None("files lost or torn", lost.Count),
            Figure.None("files misread", misread.Count),
            Figure.None("stores that lost an operation or are half one", broken.Count));
    }

    [Theory]
    [InlineData(typeof(DiskStep.Synchronized))]
    [InlineData(typeof(DiskStep.FolderSynchronized))]
    public void A_writer_that_does_not_wait_for_the_disk_would_be_found(Type left)
    {
        using var written = new Written();
        var (lost, _) = Files(written, [.. written.Steps.Select(step => left.IsInstanceOfType(step) ? new NothingDone() : step)], new Random(1), 300);
        Assert.NotEmpty(lost);
    }

    private static (List<string> Lost, List<string> Misread) Files(Written written, IReadOnlyList<DiskStep> steps, Random chance, int images)
    {
        var (lost, misread) = (new List<string>(), new List<string>());
        var disk = new SimulatedDisk(steps);
        for (var i = 0; i < images; i++)
        {
            var count = chance.Next(steps.Count + 1);
            var image = disk.After(count, chance);
            Add(lost, written.Wrong(image, count), i);
            Add(misread, written.Misread(image), i);
        }

        return (lost, misread);
    }

    private static List<string> Stores(Random chance, int images)
    {
        var broken = new List<string>();
        const int EachStore = 250;
        for (var done = 0; done < images; done += EachStore)
        {
            using var store = new StoreImages(24, chance);
            for (var i = 0; i < Math.Min(EachStore, images - done); i++)
            {
                Add(broken, store.Wrong(chance), done + i);
            }
        }

        return broken;
    }

    private static void Add(List<string> found, string? what, int image)
    {
        if (what is not null)
        {
            found.Add($"image {image.ToString(CultureInfo.InvariantCulture)}: {what}");
        }
    }

    private sealed record NothingDone : DiskStep;
}
