using CsCheck;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Tests.Stores;

namespace Interlock.Tests.Leasing;

/// <summary>Leases are looked up by where their files are; looking at each of them says the same.</summary>
public sealed class Finding_who_holds_a_file
{
    private static readonly LeaseClock Now = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), TimeSpan.FromHours(1), "boot");

    private static readonly string[] Texts =
    [
        "a", "A", "a/b", "a/B/c", "a/b/c.cs", "a/**", "a/*", "a/*/c", "**", "**/c.cs", "*", "b/", "b/x", "ab/c", "a/[b]/c", "a/{b,d}/c", "d/é", "D/É", "[ab]/x", "a/b/",
    ];

    private static readonly Gen<string[]> Files = Gen.Int[0, Texts.Length - 1].Select(i => Texts[i]).Array[0, 3];

    [Fact]
    public void Looking_up_agrees_with_looking_at_each_lease() => Gen.Select(
        Files, Gen.Select(Files, Gen.Bool).Array[0, 6], Files, Gen.Bool, Gen.Int[0, 7]).Sample((wanted, held, hotTexts, ignoreCase, own) =>
    {
        var hot = FileSet.Parse(hotTexts.Take(1));
        var leases = held.Select((files, i) => Rows.Lease(files.Item2 ? null : new TaskId($"{i}"), new AgentId($"dev-{i}")) with { Files = files.Item1, AcquiredAt = Now.Wall }).ToList();
        var refusal = ClaimRules.CheckFiles(FileSet.Parse(wanted), leases, new TaskId($"{own}"), Now, ignoreCase, hot);
        var expected = leases.Find(lease => lease.Task?.Value != $"{own}" && Meets(lease));
        Assert.Equal(expected?.Agent, refusal?.Holder);

        bool Meets(Lease lease)
        {
            var (ours, theirs) = (FileSet.Parse(wanted), FileSet.Parse(lease.Files));
            return lease.Kind == LeaseKind.Hold ? ours.Overlaps(theirs, ignoreCase) : ours.Without(hot, ignoreCase).Overlaps(theirs.Without(hot, ignoreCase), ignoreCase);
        }
    });
}
