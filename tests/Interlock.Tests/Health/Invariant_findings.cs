using Interlock.Domain.Health;
using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Tests.Stores;

namespace Interlock.Tests.Health;

public sealed class Invariant_findings
{
    private static readonly TaskId One = new("2.5.1");
    private static readonly TaskId Two = new("2.5.2");
    private static readonly StateView Sound = new(
        [Rows.Task(One) with { State = TaskState.Running }, Rows.Task(Two) with { State = TaskState.Submitted }],
        [Held(1, One, "src/a.cs"), Held(2, Two, "src/b.cs") with { InReview = true }],
        [Landing(2, Two)],
        Limits.Default,
        3);

    [Fact]
    public void A_sound_state_has_no_findings() => Assert.Empty(Invariants.Check(Sound));

    [Fact]
    public void Two_live_leases_of_one_task_are_found() =>
        Is("two-leases", Sound with { Leases = [.. Sound.Leases, Held(3, One)], NextFence = 4 });

    [Fact]
    public void A_fence_that_will_be_or_was_given_out_twice_is_found()
    {
        Is("fence-order", Sound with { NextFence = 2 });
        Is("fence-order", Sound with { Leases = [.. Sound.Leases, Held(1, One) with { Live = false }] });
        Is("fence-order", Sound with { Landings = [.. Sound.Landings, Landing(9, One) with { State = LandingState.Landed }] });
    }

    [Fact]
    public void Overlapping_files_are_found_globs_included_but_not_hot_ones_unless_a_person_holds_them()
    {
        Is("files-overlap", WithFiles("src/*.cs"));
        Is("files-overlap", WithFiles("SRC/A.CS") with { IgnoreCase = true });
        Assert.Empty(Invariants.Check(WithFiles("src/c.cs")));
        var hot = WithFiles("src/a.cs") with { Limits = new Limits { Hot = FileSet.Parse(["src/a.cs"]) } };
        Assert.Empty(Invariants.Check(hot));
        Is("files-overlap", hot with { Leases = [hot.Leases[0], hot.Leases[1] with { Kind = LeaseKind.Hold, InReview = false, Task = null }], Tasks = [hot.Tasks[0]], Landings = [] });
    }

    [Fact]
    public void Each_limit_counts_who_is_at_work_and_not_what_is_in_review()
    {
        Is("limit-exceeded", AtWork(2) with { Limits = new Limits { Agents = 1 } });
        Is("limit-exceeded", AtWork(2) with { Limits = new Limits { PerModule = 1 } });
        Is("limit-exceeded", AtWork(2) with { Limits = new Limits { PerEpic = 1 } });
        Is("limit-exceeded", AtWork(2) with { Limits = new Limits { PerType = new Dictionary<string, int> { ["dev"] = 1 } } });
        Assert.Empty(Invariants.Check(AtWork(2) with { Limits = new Limits { Agents = 2, PerModule = 2, PerEpic = 2, PerType = new Dictionary<string, int> { ["dev"] = 2 } } }));
        Assert.Empty(Invariants.Check(Sound with { Limits = new Limits { Agents = 1, PerModule = 1 } }));
    }

    [Fact]
    public void Tasks_and_leases_that_contradict_each_other_are_found()
    {
        Is("task-without-lease", Sound with { Leases = [Sound.Leases[0] with { Live = false }, Sound.Leases[1]] });
        Is("lease-without-task", Sound with { Tasks = [Sound.Tasks[0] with { State = TaskState.Merged }, Sound.Tasks[1]] });
        Is("lease-without-task", Sound with { Tasks = [Sound.Tasks[1]] });

        // Submitted work may have lost its lease: from then on only the merge queue decides.
        Assert.Empty(Invariants.Check(Sound with { Leases = [Sound.Leases[0], Sound.Leases[1] with { Live = false }] }));
    }

    [Fact]
    public void Tasks_and_the_merge_queue_that_contradict_each_other_are_found()
    {
        Is("landing-without-task", Sound with { Landings = [] });
        Is("landing-without-task", Sound with { Landings = [Sound.Landings[0] with { State = LandingState.Merging }] });
        Is("landing-without-task", Sound with { Landings = [.. Sound.Landings, Landing(1, One)] });
        Is("landing-without-task", Sound with { Landings = [.. Sound.Landings, Landing(1, new TaskId("9.9"))] });
        Is("landing-without-task", Sound with { Landings = [.. Sound.Landings, Landing(1, Two)] });
    }

    private static void Is(string code, StateView state) => Assert.Equal([code], Invariants.Check(state).Select(finding => finding.Kind.Code).Distinct());

    private static StateView WithFiles(string files) => Sound with { Leases = [Sound.Leases[0], Sound.Leases[1] with { Files = [files] }] };

    private static StateView AtWork(int count)
    {
        var ids = Enumerable.Range(1, count).Select(number => new TaskId($"2.5.{number}")).ToList();
        return new StateView(
            [.. ids.Select(id => Rows.Task(id) with { State = TaskState.Running })],
            [.. ids.Select((id, index) => Held(index + 1, id) with { Module = "m", Epic = "e", AgentType = "dev" })],
            [], Limits.Default, count + 1);
    }

    private static Lease Held(long fence, TaskId task, params string[] files) =>
        Rows.Lease(task, new AgentId($"dev-{fence}")) with { Fence = fence, Files = files };

    private static Landing Landing(long fence, TaskId task) => Rows.FullLanding(task) with { Fence = fence, State = LandingState.Submitted };
}
