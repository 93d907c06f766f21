using Interlock.Domain.Leasing;
using Interlock.Domain.Verification;

namespace Interlock.Engine.Protocol;

public sealed partial class TaskProtocol
{
    private const int MostCheckRuns = 10_000;

    /// <summary>Stores what a check said, so that it is not asked again about the same, and can be relied on or not.</summary>
    /// <param name="label">Names the verification it was part of.</param>
    /// <returns>How far the check can be relied on, this answer included.</returns>
    public Flakiness RecordCheck(CheckRun run, string label) => store.Write(transaction =>
    {
        transaction.Add(run, MostCheckRuns);
        var (kind, word) = run.Result switch
        {
            CheckResult.Passed => ("check.passed", "passed"),
            CheckResult.Flaky => ("check.flaky", "was red, then green in the same state"),
            _ => ("check.failed", "failed twice"),
        };
        transaction.Append(run.At, kind, $"{label}: '{run.Check}' {word}; {Ages.Text(run.Took)}, runs {run.Runs}, key {run.Key[..12]}");
        return Flakiness.Of(run.Check, transaction.LatestRuns(run.Check, Flakiness.Window));
    });

    /// <summary>The checks that were flaky of late, the least reliable first.</summary>
    public IReadOnlyList<Flakiness> FlakyChecks() => store.Read(reader => (IReadOnlyList<Flakiness>)[.. reader.CheckNames()
        .Select(name => Flakiness.Of(name, reader.LatestRuns(name, Flakiness.Window)))
        .Where(check => check.Flakes > 0)
        .OrderByDescending(check => check.Flakes)
        .ThenBy(check => check.Check, StringComparer.Ordinal)]);
}
