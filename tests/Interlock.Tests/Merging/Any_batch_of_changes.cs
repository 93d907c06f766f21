using System.Collections.Concurrent;
using Interlock.Tests.Faults;
using Interlock.Tests.Merging.Campaign;

namespace Interlock.Tests.Merging;

/// <summary>
/// The merge queue against generated repositories and everything that can go wrong on a branch: part T16 of the fault
/// programme, counted in batches. Without a seed it starts with the first, so that an ordinary run plays the same stories.
/// </summary>
public sealed class Any_batch_of_changes(ITestOutputHelper output)
{
    private const int BatchesInAStory = 14;

    // Without one of these the stories prove less than they say. From 250 batches on each must have happened.
    private static readonly string[] Kinds =
    [
        "bad change", "binary change", "branch deleted", "cancelled", "cancelled while landing", "crash between intent and swap",
        "crash between swap and record", "crash outside of landing", "deletion", "file for a folder", "flake", "forced while landing",
        "foreign push", "foreign push while landing", "four or more landed together", "fsck", "half of a semantic conflict", "healed by a push",
        "helped while landing", "landed alone", "landed together", "link", "mode change", "moved line", "new file", "paused and resumed", "rebased",
        "red branch", "rename", "repair submitted", "reset", "returned: conflict", "returned: red", "same line by two", "same new file", "undone",
        "verified ahead",
    ];

    [Fact]
    [Trait(Programme.Trait, "T16")]
    public async Task Lands_green_trees_only_each_change_once_and_takes_no_line_back()
    {
        var batches = Programme.Size("T16", quick: 250, ci: 500, full: 5_000);
        var first = Environment.GetEnvironmentVariable("INTERLOCK_FAULTS_SEED") is null ? 1 : Programme.Seed();
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
        Assert.Empty(batches < 250 ? [] : Kinds.Where(kind => total[kind] == 0));
        Programme.Report(
            "T16", first, output,
            Figure.AtLeast("batches", total["batch"], batches),
            Figure.None("stories that broke a rule", faults.Count),
            Figure.AtLeast("kinds of trouble in them", Kinds.Count(kind => total[kind] > 0), batches < 250 ? 0 : Kinds.Length));
    }
}
