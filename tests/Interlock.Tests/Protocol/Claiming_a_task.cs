using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Protocol;
using static Interlock.Tests.Protocol.ProtocolBench;

namespace Interlock.Tests.Protocol;

public sealed class Claiming_a_task : IDisposable
{
    private readonly ProtocolBench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public void A_ready_task_is_granted_with_all_its_files()
    {
        bench.With(Task("1", "src/a.cs", "src/b/"));
        var reply = bench.Claim("1");

        Assert.Equal(TaskState.Running, bench["1"].State);
        Assert.Equal(["src/a.cs", "src/b/"], reply.Lease!.Files);
        Assert.Equal(Noon.AddHours(2), reply.Lease.ExpiresAt);
        Assert.Equal(("epoch1", reply.Lease.Fence), (TokenOf(reply).Epoch, TokenOf(reply).Fence));
        Assert.Equal("dev", reply.Lease.AgentType);
        Assert.Equal("task.claimed", bench.LastEvent);
        Assert.DoesNotContain(TokenOf(reply).Secret, reply.Lease.SecretHash);
    }

    [Fact]
    public void An_unknown_task_is_refused() => AssertRefused(bench.Claim("7"), RefusalCodes.UnknownTask, "no task 7");

    [Fact]
    public void A_task_with_open_dependencies_names_them()
    {
        bench.With(Task("1"), Task("2"), Task("3") with { State = TaskState.Merged }, After("4", "1", "2", "3"));
        var refusal = AssertRefused(bench.Claim("4"), RefusalCodes.DependenciesOpen, "1 (pending), 2 (pending)");
        Assert.DoesNotContain("3", refusal.Message);
        Assert.Equal(new TaskId("1"), refusal.HolderTask);

        bench.Change("1", Merged).Change("2", Merged);
        Assert.True(bench.Claim("4").Done);
    }

    [Theory]
    [InlineData(TaskState.Running)]
    [InlineData(TaskState.Submitted)]
    [InlineData(TaskState.Merging)]
    [InlineData(TaskState.Dead)]
    [InlineData(TaskState.Cancelled)]
    public void Only_a_merged_dependency_counts(TaskState state)
    {
        bench.With(Task("1") with { State = state }, After("2", "1"));
        AssertRefused(bench.Claim("2"), RefusalCodes.DependenciesOpen, "1 (");
    }

    [Fact]
    public void A_claimed_task_names_its_holder_and_for_how_long()
    {
        bench.With(Task("1")).Claim("1", "dev-1");
        bench.Time.Advance(TimeSpan.FromMinutes(5));
        var refusal = AssertRefused(bench.Claim("1", "dev-2"), RefusalCodes.AlreadyClaimed, "dev-1 for 5 min 0 s");
        Assert.Equal((new AgentId("dev-1"), TimeSpan.FromMinutes(5)), (refusal.Holder!.Value, refusal.Age!.Value));
        AssertRefused(bench.Claim("1", "dev-1"), RefusalCodes.AlreadyClaimed, "dev-1");
    }

    [Theory]
    [InlineData(TaskState.Merged, RefusalCodes.NotOpen, "completed")]
    [InlineData(TaskState.Cancelled, RefusalCodes.NotOpen, "cancelled")]
    [InlineData(TaskState.Submitted, RefusalCodes.NotOpen, "in review")]
    [InlineData(TaskState.Merging, RefusalCodes.NotOpen, "in review")]
    [InlineData(TaskState.Dead, RefusalCodes.Held, "needs a person: it broke")]
    public void A_task_that_is_not_open_says_so(TaskState state, string code, string says)
    {
        bench.With(Task("1") with { State = state, LastError = "it broke" });
        AssertRefused(bench.Claim("1"), code, says);
    }

    [Fact]
    public void A_task_with_a_problem_of_the_plan_is_held_back()
    {
        bench.With(Task("1") with { HeldBecause = "it names 9.9.9, which does not exist" });
        AssertRefused(bench.Claim("1"), RefusalCodes.Held, "9.9.9");
    }

    [Fact]
    public void Backoff_ends_at_its_very_instant()
    {
        bench.With(Task("1") with { NotBefore = Noon.AddSeconds(30), LastError = "it broke" });
        AssertRefused(bench.Claim("1"), RefusalCodes.Backoff, "another 30 s: it broke");
        bench.Time.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromTicks(1));
        AssertRefused(bench.Claim("1"), RefusalCodes.Backoff, "it broke");
        bench.Time.Advance(TimeSpan.FromTicks(1));
        Assert.True(bench.Claim("1").Done);
        Assert.Null(bench["1"].NotBefore);
    }

    [Fact]
    public void A_full_disk_starts_nothing_new()
    {
        bench.With(Task("1"), Task("2"));
        var token = bench.Token("1");
        bench.HasSpace = false;
        AssertRefused(bench.Claim("2"), RefusalCodes.NoSpace, "200 MB");
        Assert.Equal(RefusalCodes.NoSpace, bench.Protocol.WhyNot(new TaskId("2"))!.Code);
        Assert.True(bench.Protocol.Renew(new TaskId("1"), token).Done);
    }

    [Fact]
    public void A_request_that_found_the_disk_full_is_heard_again_once_there_is_space()
    {
        bench.With(Task("1"));
        bench.HasSpace = false;
        AssertRefused(bench.Claim("1", request: "r1"), RefusalCodes.NoSpace, "200 MB");
        bench.HasSpace = true;

        var granted = bench.Claim("1", request: "r1");

        Assert.True(granted.Done);
        Assert.Equal(granted.Token, bench.Claim("1", request: "r1").Token);
    }

    [Theory]
    [InlineData("src/a.cs", "src/a.cs")]
    [InlineData("src/**", "src/deep/a.cs")]
    [InlineData("src/*.cs", "src/a*")]
    [InlineData("src/", "src/x/y.ts")]
    [InlineData("{src,lib}/a.cs", "lib/a.cs")]
    [InlineData("a", "a/b.cs")]
    public void Overlapping_files_are_busy(string theirs, string ours)
    {
        bench.With(Task("1", theirs), Task("2", ours)).Claim("1", "dev-1");
        bench.Time.Advance(TimeSpan.FromSeconds(90));
        var refusal = AssertRefused(bench.Claim("2", "dev-2"), RefusalCodes.FileBusy, "dev-1 (task 1) for 1 min 30 s");
        Assert.Equal(new TaskId("1"), refusal.HolderTask);
        Assert.Equal(TaskState.Ready, bench["2"].State);
    }

    [Theory]
    [InlineData("src/a.cs", "src/b.cs")]
    [InlineData("src/*.cs", "src/deep/a.cs")]
    [InlineData("src/A.cs", "src/a.cs")]
    public void Files_apart_are_not(string theirs, string ours)
    {
        bench.With(Task("1", theirs), Task("2", ours)).Claim("1", "dev-1");
        Assert.True(bench.Claim("2", "dev-2").Done);
    }

    [Fact]
    public void Case_alone_tells_files_apart_only_where_the_file_system_does()
    {
        using var folded = new ProtocolBench(ignoreCase: true);
        folded.With(Task("1", "src/A.cs"), Task("2", "src/a.cs")).Claim("1", "dev-1");
        AssertRefused(folded.Claim("2", "dev-2"), RefusalCodes.FileBusy, "src/A.cs");
    }

    [Fact]
    public void A_claim_is_granted_whole_or_not_at_all()
    {
        bench.With(Task("1", "b"), Task("2", "a", "b", "c"), Task("3", "a", "c"));
        bench.Claim("1", "dev-1");
        AssertRefused(bench.Claim("2", "dev-2"), RefusalCodes.FileBusy, "b is leased");
        Assert.Single(bench.Live);
        Assert.True(bench.Claim("3", "dev-3").Done);
    }

    [Theory]
    [InlineData("../other/x")]
    [InlineData("/etc/passwd")]
    [InlineData("")]
    public void A_file_outside_the_repository_is_refused(string file)
    {
        bench.With(Task("1"));
        AssertRefused(bench.Claim("1", files: file), RefusalCodes.BadFile, "pattern");
        Assert.Empty(bench.Live);
    }

    [Fact]
    public void Files_of_work_in_review_stay_guarded_but_its_slot_is_free()
    {
        using var narrow = new ProtocolBench(new Limits { Agents = 1 });
        narrow.With(Task("1", "a"), Task("2", "a"), Task("3", "b"));
        narrow.Submit("1", narrow.Token("1"));
        AssertRefused(narrow.Claim("2", "dev-2"), RefusalCodes.FileBusy, "a is leased");
        Assert.True(narrow.Claim("3", "dev-3").Done);
    }

    [Fact]
    public void Each_limit_lets_through_exactly_its_number()
    {
        AssertLimit(new Limits { Agents = 3 }, 3, RefusalCodes.AgentLimit, task => task);
        AssertLimit(new Limits { PerModule = 2 }, 2, RefusalCodes.ModuleLimit, task => task with { Module = "same" });
        AssertLimit(new Limits { PerEpic = 4 }, 4, RefusalCodes.EpicLimit, task => task with { Epic = "same" });
        AssertLimit(new Limits { PerType = new Dictionary<string, int> { ["dev"] = 1 } }, 1, RefusalCodes.TypeLimit, task => task);
    }

    [Fact]
    public void A_hold_takes_no_slot()
    {
        using var narrow = new ProtocolBench(new Limits { Agents = 1 });
        narrow.With(Task("1"));
        narrow.Protocol.Hold(new AgentId("me"), null, ["x"], null, null);
        Assert.True(narrow.Claim("1").Done);
    }

    private static void AssertLimit(Limits limits, int most, string code, Func<WorkTask, WorkTask> shape)
    {
        using var bench = new ProtocolBench(limits);
        for (var i = 1; i <= most; i++)
        {
            bench.With(shape(Task($"{i}")));
            Assert.True(bench.Claim($"{i}", $"dev-{i}").Done);
        }

        bench.With(shape(Task("99")));
        var refusal = AssertRefused(bench.Claim("99", "dev-99"), code, "is reached: dev-1 (task 1)");
        Assert.Equal(new AgentId("dev-1"), refusal.Holder);
        bench.Protocol.Reclaim(bench.Live[0].Fence, "freed", usesAttempt: false);
        Assert.True(bench.Claim("99", "dev-99").Done);
    }

    private static WorkTask Merged(WorkTask task) => task with { State = TaskState.Merged };

    internal static Refusal AssertRefused(Reply reply, string code, string says)
    {
        Assert.NotNull(reply.Refusal);
        Assert.Equal(code, reply.Refusal.Code);
        Assert.Contains(says, reply.Refusal.Message);
        Assert.NotEmpty(reply.Refusal.Hint);
        Assert.Null(reply.Token);
        return reply.Refusal;
    }
}
