using Interlock.Domain.Guarding;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;

namespace Interlock.Tests.Guarding;

public sealed class Deciding_about_files
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
    private static readonly AgentId Ada = new("ada");
    private static readonly AgentId Ben = new("ben");

    [Fact]
    public void A_leased_file_is_allowed() => Assert.IsType<GuardVerdict.Allow>(Decide(["src/a.ts"], Of(Ada, 1, "src/")));

    [Fact]
    public void A_free_file_is_leased_on_first_touch_and_only_that_one()
    {
        var touch = Assert.IsType<GuardVerdict.Touch>(Decide(["src/a.ts", "src/b.ts"], Of(Ada, 1, "src/a.ts")));

        Assert.Equal(["src/b.ts"], touch.Files);
        Assert.Equal(1, touch.Lease.Fence);
    }

    [Fact]
    public void Anothers_file_is_denied_with_the_holder_until_when_and_what_to_do()
    {
        var deny = Assert.IsType<GuardVerdict.Deny>(Decide(["src/b.ts"], Of(Ada, 1, "src/a.ts"), Of(Ben, 2, "src/b.ts")));

        Assert.Equal("src/b.ts is leased by ben (task 1.2) for 10 min 0 s now, until 2026-11-25 13:50Z at the latest", deny.Reason);
        Assert.Contains("interlock send --from ada --to ben", deny.Instead, StringComparison.Ordinal);
    }

    [Fact]
    public void One_busy_file_denies_the_whole_patch() => Assert.IsType<GuardVerdict.Deny>(Decide(["free.ts", "src/b.ts"], Of(Ada, 1, "src/a.ts"), Of(Ben, 2, "src/b.ts")));

    [Fact]
    public void Anothers_files_stay_guarded_while_its_work_is_in_review() =>
        Assert.IsType<GuardVerdict.Deny>(Decide(["src/b.ts"], Of(Ada, 1, "src/a.ts"), Of(Ben, 2, "src/b.ts") with { InReview = true }));

    [Fact]
    public void Submitted_work_of_ones_own_is_closed_too() =>
        Assert.IsType<GuardVerdict.Deny>(Decide(["src/a.ts"], Of(Ada, 1, "src/a.ts") with { InReview = true }));

    [Fact]
    public void Without_a_task_nothing_is_allowed() => Assert.Contains("has no task", Assert.IsType<GuardVerdict.Deny>(Decide(["free.ts"])).Reason, StringComparison.Ordinal);

    [Fact]
    public void An_attempt_has_only_its_own_lease_not_an_earlier_one_of_the_same_name() =>
        Assert.IsType<GuardVerdict.Deny>(Decide(["src/a.ts"], facts => facts with { Fence = 9 }, Of(Ada, 1, "src/a.ts")));

    [Fact]
    public void A_persons_hold_is_kept_also_of_files_that_many_may_change()
    {
        var hot = FileSet.Parse(["CHANGELOG.md"]);
        var ours = Of(Ada, 1, "src/a.ts");

        Assert.IsType<GuardVerdict.Touch>(Decide(["CHANGELOG.md"], facts => facts with { Hot = hot }, ours, Of(Ben, 2, "CHANGELOG.md")));
        Assert.IsType<GuardVerdict.Deny>(Decide(["CHANGELOG.md"], facts => facts with { Hot = hot }, ours, Of(Ben, 2, "CHANGELOG.md") with { Kind = LeaseKind.Hold, Task = null }));
    }

    [Fact]
    public void The_plan_and_the_status_files_are_nobodys_even_when_a_lease_names_them() =>
        Assert.Contains("kept by interlock", Assert.IsType<GuardVerdict.Deny>(Decide(["plan.md"], Of(Ada, 1, "plan.md"))).Reason, StringComparison.Ordinal);

    [Theory]
    [InlineData("src/a.ts", false)]
    [InlineData(".cursor/rules.mdc", true)]
    public void What_steers_agents_is_allowed_only_to_a_task_that_names_it(string leased, bool allowed) =>
        Assert.Equal(allowed, Decide([".cursor/rules.mdc"], Of(Ada, 1, leased)) is GuardVerdict.Allow);

    [Fact]
    public void A_file_in_a_folder_that_another_leased_by_name_is_denied() =>
        Assert.IsType<GuardVerdict.Deny>(Decide(["lib/new.ts"], Of(Ada, 1, "src/a.ts"), Of(Ben, 2, "lib")));

    [Theory]
    [InlineData("SRC/B.ts", true, false)]
    [InlineData("SRC/B.ts", false, true)]
    [InlineData("src/u\u0308.ts", false, false)]
    public void Other_spellings_of_anothers_file_are_that_file_where_they_are(string path, bool ignoreCase, bool allowed) =>
        Assert.Equal(allowed, Decide([path], facts => facts with { IgnoreCase = ignoreCase }, Of(Ada, 1, "x.ts"), Of(Ben, 2, "src/b.ts", "src/\u00fc.ts")) is GuardVerdict.Touch);

    [Theory]
    [InlineData(61, true)]
    [InlineData(59, false)]
    public void Asking_renews_a_lease_that_has_passed_its_half(int minutes, bool renewed)
    {
        var verdict = Decide(["src/a.ts"], facts => facts with { Clock = new LeaseClock(Noon, TimeSpan.FromMinutes(minutes), "boot") }, Of(Ada, 1, "src/a.ts"));

        Assert.Equal(renewed, Assert.IsType<GuardVerdict.Allow>(verdict).Renew is not null);
    }

    private static GuardVerdict Decide(string[] paths, params Lease[] live) => Decide(paths, facts => facts, live);

    private static GuardVerdict Decide(string[] paths, Func<GuardFacts, GuardFacts> with, params Lease[] live) => GuardRules.Decide(with(new GuardFacts(
        Ada, [.. paths.Select(path => new GuardedPath(path, path, null))], live, new LeaseClock(Noon, TimeSpan.Zero, "boot"),
        path => path == "plan.md", path => path.StartsWith(".cursor/", StringComparison.Ordinal), FileSet.Empty, IgnoreCase: false)));

    private static Lease Of(AgentId agent, long fence, params string[] files) => new()
    {
        Fence = fence,
        Kind = LeaseKind.Task,
        Task = new TaskId($"1.{fence}"),
        Agent = agent,
        Files = files,
        AcquiredAt = Noon.AddMinutes(-10),
        ExpiresAt = Noon.AddMinutes(110),
        Duration = TimeSpan.FromHours(2),
        Deadline = TimeSpan.FromHours(2),
        ClockBoot = "boot",
    };
}
