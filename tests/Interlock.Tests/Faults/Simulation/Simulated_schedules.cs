using System.Globalization;

namespace Interlock.Tests.Faults.Simulation;

/// <summary>
/// The product under every schedule one seed can think of, held to its rules after each step. <c>INTERLOCK_FAULTS_SCHEDULE</c>
/// together with <c>INTERLOCK_FAULTS_SEED</c> plays one schedule alone and prints what happened in it.
/// </summary>
public sealed class Simulated_schedules(ITestOutputHelper output)
{
    private const string Schedule = "INTERLOCK_FAULTS_SCHEDULE";
    private const int MostForAMutant = 20_000;

    [Fact]
    [Trait(Programme.Trait, "T1")]
    public void No_schedule_of_faults_breaks_a_rule()
    {
        var seed = Programme.Seed();
        var counts = new FaultCounts();
        if (int.TryParse(Environment.GetEnvironmentVariable(Schedule), NumberStyles.None, CultureInfo.InvariantCulture, out var one))
        {
            output.WriteLine(Campaign.Tell(seed, one, null));
            Assert.Null(Campaign.Play(seed, one, null, counts, null));
            return;
        }

        var size = Programme.Size("T1", quick: 2_000, ci: 20_000, full: 1_000_000);
        var (found, violations) = Campaign.Run(seed, size, null, counts);
        foreach (var (schedule, what) in found)
        {
            output.WriteLine($"schedule {schedule.ToString(CultureInfo.InvariantCulture)}: {what}");
        }

        if (found.Count > 0)
        {
            output.WriteLine(Campaign.Tell(seed, found[0].Schedule, null));
        }

        Programme.Report("T1", seed, output,
        [
            Figure.AtLeast("schedules", size, size),
            Figure.None("violations", violations),
            Figure.AtLeast("kinds of faults", counts.All.Count(entry => entry.Count > 0), size >= 20_000 ? counts.All.Count : 30),
            .. counts.All.Select(entry => Figure.AtLeast(entry.Fault.ToString(), entry.Count, size >= 1_000_000 ? 1_000 : 0)),
        ]);
    }

    [Fact]
    [Trait(Programme.Trait, "T2")]
    public void Every_seeded_bug_is_found()
    {
        var seed = Programme.Seed();
        var size = Math.Min(MostForAMutant, Programme.Size("T2", quick: 3_000, ci: MostForAMutant, full: MostForAMutant));
        var after = Mutant.All.Select(mutant => (mutant.Name, After: Campaign.FirstFound(seed, size, mutant))).ToList();
        foreach (var (name, found) in after)
        {
            output.WriteLine(found is { } first ? $"{name}: found after {first.Count.ToString(CultureInfo.InvariantCulture)} schedules: {first.What}" : $"{name}: NOT FOUND");
        }

        Programme.Report("T2", seed, output,
        [
            Figure.AtLeast("seeded bugs", after.Count, 25),
            Figure.None("not found", after.Count(entry => entry.After is null)),
            .. after.Select(entry => new Figure($"schedules until '{entry.Name}'", entry.After?.Count ?? 0)),
        ]);
    }

    [Fact]
    public void A_schedule_can_be_played_again() => Assert.Equal(Campaign.Tell(7, 11, null), Campaign.Tell(7, 11, null));
}
