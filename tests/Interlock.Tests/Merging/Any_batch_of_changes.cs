using System.Collections.Concurrent;
using System.Globalization;
using Interlock.Tests.Merging.Campaign;

namespace Interlock.Tests.Merging;

/// <summary>
/// The merge queue against generated repositories and everything that can go wrong on a branch. <c>INTERLOCK_FAULTS_BATCHES</c>
/// sets how many batches, <c>INTERLOCK_FAULTS_SEED</c> the first seed.
/// </summary>
public sealed class Any_batch_of_changes(ITestOutputHelper output)
{
    private const int BatchesInAStory = 14;

    [Fact]
    public async Task Lands_green_trees_only_each_change_once_and_takes_no_line_back()
    {
        var batches = Number("INTERLOCK_FAULTS_BATCHES", 250);
        var first = Number("INTERLOCK_FAULTS_SEED", 1);
        var total = new Counts();
        var faults = new ConcurrentBag<string>();
        var stories = Enumerable.Range(first, (batches + BatchesInAStory - 1) / BatchesInAStory);
        var options = new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForEachAsync(stories, options, async (seed, _) =>
        {
            try
            {
                using var story = new Story(seed);
                total.Add(await story.PlayAsync(BatchesInAStory, inspect: seed % 5 == 0));
                total.Add("story");
            }
            catch (OracleException fault)
            {
                faults.Add(fault.Message);
            }
        });
        output.WriteLine($"seeds {first} to {stories.Last()}: {total}");
        Assert.True(faults.IsEmpty, $"{faults.Count} stories broke a rule:\n{string.Join("\n\n", faults.Take(5))}");
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
