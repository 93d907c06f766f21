using CsCheck;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Tests.Stores;

namespace Interlock.Tests.Scheduling;

public sealed class SchedulerTests
{
    private static readonly LeaseClock Now = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), TimeSpan.FromHours(1), "boot");
    private static readonly string[][] FileSets = [[], ["a"], ["b"], ["a", "b"], ["src/**"], ["src/x"]];
    private static readonly Worker Dev1 = new(new AgentId("dev-1"), "dev");
    private static readonly Worker Dev2 = new(new AgentId("dev-2"), "dev");
    private static readonly Worker Qa1 = new(new AgentId("qa-1"), "qa");

    private static readonly Gen<Scene> Scenes = Gen.Select(
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 5], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 3], Gen.Int[0, 63]).Array[1, 12],
        Gen.Select(Gen.Int[1, 6], Gen.Int[1, 3], Gen.Int[1, 4], Gen.Int[1, 2]),
        Gen.Int[0, 5], Gen.Int[0, 6], Gen.Int).Select(Scene.Of);

    [Fact]
    public void Whatever_it_starts_may_start_and_nothing_startable_is_left_while_agent_and_slot_are_free() => Scenes.Sample(scene =>
    {
        var decisions = scene.Decide();
        var claims = decisions.OfType<Decision.Claim>().ToList();
        Assert.True(claims.Count <= scene.Slots);
        Assert.Equal(claims.Count, claims.Select(claim => claim.Agent).Distinct().Count());
        Assert.Equal(decisions.Count, decisions.Select(decision => decision.Task).Distinct().Count());
        Assert.Equal(scene.Tasks.Where(task => task.IsOpen).Select(task => task.Id).Order(), decisions.Select(decision => decision.Task).Order());

        var live = scene.Leases.ToList();
        foreach (var claim in claims)
        {
            var task = scene.Snapshot.Find(claim.Task)!;
            Assert.Null(scene.WhyNot(task, live, claim.AgentType));
            live.Add(LeaseOf(task, claim.Agent, claim.AgentType));
        }

        var idle = scene.Idle.Where(worker => claims.TrueForAll(claim => claim.Agent != worker.Id)).ToList();
        foreach (var wait in decisions.OfType<Decision.Wait>().Where(_ => claims.Count < scene.Slots))
        {
            Assert.All(idle, worker => Assert.NotNull(scene.WhyNot(scene.Snapshot.Find(wait.Task)!, live, worker.Type)));
        }
    });

    [Fact]
    public void What_keeps_a_task_waiting_is_what_the_rules_say_of_it_alone() => Scenes.Sample(scene =>
    {
        var held = scene.Tasks.Where(task => task.IsOpen).Take(1).Select(task => LeaseOf(task, new AgentId("person"), null) with { Kind = LeaseKind.Hold });
        var still = scene with { Slots = 0, Leases = [.. scene.Leases, .. held] };
        foreach (var wait in still.Decide().Cast<Decision.Wait>())
        {
            var task = scene.Snapshot.Find(wait.Task)!;
            Assert.Equal(still.WhyNot(task, still.Leases, task.AgentType)?.Message ?? "every agent of this run is busy", wait.Because.Message);
        }
    });

    [Fact]
    public void The_order_in_which_the_store_lists_things_does_not_matter() => Scenes.Sample(scene =>
        Assert.Equal(Claims(scene.Decide()), Claims(scene.Shuffled().Decide())));

    [Fact]
    public void Dependencies_come_first_whatever_the_order_of_the_plan()
    {
        var tasks = new[] { After("1", "2"), After("2", "3"), After("3") };
        Assert.Equal(["3"], Started(tasks, 5));
        Assert.Equal(["2"], Started([tasks[0], tasks[1], tasks[2] with { State = TaskState.Merged }], 5));
        Assert.Equal([], Started([tasks[0], tasks[1] with { State = TaskState.Submitted }, tasks[2] with { State = TaskState.Merged }], 5));
    }

    [Fact]
    public void The_longest_remaining_path_goes_first()
    {
        var tasks = new[] { After("1") with { Complexity = Complexity.High }, After("2"), After("3", "2") with { Complexity = Complexity.High } };
        Assert.Equal(["2"], Started(tasks, 1));
        Assert.Equal(["2", "1"], Started(tasks, 2));
        Assert.Equal(["1"], Started([tasks[0], tasks[1], tasks[2] with { State = TaskState.Merged }], 1));
    }

    [Fact]
    public void Priority_goes_before_length_and_waiting_before_the_plans_order()
    {
        Assert.Equal(["2"], Started([After("1") with { Complexity = Complexity.High, Priority = 2 }, After("2")], 1));
        Assert.Equal(["2"], Started([After("1"), After("2") with { WaitingSince = Now.Wall }], 1));
        Assert.Equal(["2"], Started([After("1") with { Order = 2 }, After("2") with { Order = 1 }], 1));
        Assert.Equal(["1.9"], Started([After("1.10"), After("1.9")], 1));
    }

    [Fact]
    public void Assignment_is_an_affinity_and_no_cage()
    {
        var task = After("1") with { AssignedAgent = Dev2.Id, AgentType = "dev" };
        Assert.Equal(Dev2.Id, Claim(task, Qa1, Dev1, Dev2).Agent);
        Assert.Equal(Dev1.Id, Claim(task, Qa1, Dev1).Agent);
        Assert.Equal((Qa1.Id, "qa"), (Claim(task, Qa1).Agent, Claim(task, Qa1).AgentType));
    }

    [Fact]
    public void The_limit_of_one_type_does_not_keep_another_idle()
    {
        var task = After("1") with { AgentType = "dev" };
        var snapshot = new Snapshot([task], [], new Limits { PerType = new Dictionary<string, int> { ["dev"] = 0 } }, Now);
        Assert.Equal(Qa1.Id, Assert.IsType<Decision.Claim>(Assert.Single(Scheduler.Decide(snapshot, Ids([task]), [Dev1, Dev2, Qa1], 3))).Agent);
        Assert.Equal(RefusalCodes.TypeLimit, Assert.IsType<Decision.Wait>(Assert.Single(Scheduler.Decide(snapshot, Ids([task]), [Dev1, Dev2], 3))).Because.Code);
    }

    [Fact]
    public void The_limit_of_one_provider_does_not_keep_another_idle()
    {
        var (one, other) = (new Worker(new AgentId("dev-1"), "dev") { Provider = "near" }, new Worker(new AgentId("qa-1"), "qa") { Provider = "far" });
        WorkTask[] tasks = [After("1"), After("2"), After("3")];
        var limits = new Limits { PerProvider = new Dictionary<string, int> { ["near"] = 1 } };
        Worker[] idle = [one, one with { Id = new AgentId("dev-2") }, other];

        var decisions = Scheduler.Decide(new Snapshot(tasks, [], limits, Now), Ids(tasks), idle, 3);

        Assert.Equal(["1 dev-1", "2 qa-1"], Claims(decisions));
        Assert.Equal(RefusalCodes.ProviderLimit, Assert.Single(decisions.OfType<Decision.Wait>()).Because.Code);
    }

    [Fact]
    public void Tasks_outside_the_scope_only_take_part_in_limits_and_files()
    {
        var (mine, other) = (After("1") with { Files = ["a"] }, After("2") with { Files = ["a"], State = TaskState.Running });
        var snapshot = new Snapshot([mine, other, After("3")], [LeaseOf(other, Dev1.Id, "dev")], Limits.Default, Now);
        var wait = Assert.IsType<Decision.Wait>(Assert.Single(Scheduler.Decide(snapshot, Ids([mine]), [Dev2], 1)));
        Assert.Equal((RefusalCodes.FileBusy, other.Id), (wait.Because.Code, wait.Because.HolderTask!.Value));
    }

    [Fact]
    public void Who_must_wait_for_an_agent_is_told_so()
    {
        var wait = Scheduler.Decide(new Snapshot([After("1"), After("2")], [], Limits.Default, Now), Ids([After("1"), After("2")]), [Dev1], 5).OfType<Decision.Wait>().Single();
        Assert.Contains("every agent of this run is busy", wait.Because.Message);
        Assert.Equal(new TaskId("1"), wait.Because.HolderTask);
    }

    private static IEnumerable<string> Started(WorkTask[] tasks, int slots) => Scheduler
        .Decide(new Snapshot(tasks, [], Limits.Default, Now), Ids(tasks), [Dev1, Dev2, Qa1], slots)
        .OfType<Decision.Claim>().Select(claim => claim.Task.Value);

    private static Decision.Claim Claim(WorkTask task, params Worker[] idle) =>
        Assert.IsType<Decision.Claim>(Assert.Single(Scheduler.Decide(new Snapshot([task], [], Limits.Default, Now), Ids([task]), idle, 9)));

    private static IEnumerable<string> Claims(IReadOnlyList<Decision> decisions) => decisions.OfType<Decision.Claim>().Select(claim => $"{claim.Task} {claim.Agent}");

    private static HashSet<TaskId> Ids(IEnumerable<WorkTask> tasks) => [.. tasks.Select(task => task.Id)];

    private static WorkTask After(string id, params string[] dependencies) =>
        Rows.Task(new TaskId(id)) with { Module = id, Dependencies = [.. dependencies.Select(dependency => new TaskId(dependency))] };

    private static Lease LeaseOf(WorkTask task, AgentId agent, string? type) =>
        Rows.Lease(task.Id, agent) with { AgentType = type, Module = task.Module, Epic = task.Epic, Files = task.Files };

    private sealed record Scene(IReadOnlyList<WorkTask> Tasks, IReadOnlyList<Lease> Leases, Limits Limits, IReadOnlyList<Worker> Idle, int Slots, int Seed)
    {
        public Snapshot Snapshot { get; } = new(Tasks, Leases, Limits, Now);

        public static Scene Of((int State, int Files, int Module, int Type, int Age, int After)[] rolls, (int Agents, int Module, int Epic, int Type) limits, int idle, int slots, int seed)
        {
            var tasks = rolls.Select((roll, i) => After($"{i}") with
            {
                Order = i,
                State = roll.State switch { 0 => TaskState.Running, 1 => TaskState.Merged, 2 => TaskState.Submitted, 3 => TaskState.Dead, _ => TaskState.Ready },
                Files = FileSets[roll.Files],
                Module = $"m{roll.Module}",
                Epic = "e",
                AgentType = roll.Type == 0 ? null : roll.Type == 1 ? "dev" : "qa",
                Bypasses = roll.Age,
                WaitingSince = roll.Age > 1 ? Now.Wall.AddMinutes(-roll.Module) : null,
                Dependencies = [.. Enumerable.Range(0, Math.Min(i, 6)).Where(bit => (roll.After & 9 & (1 << bit)) != 0).Select(bit => new TaskId($"{bit}"))],
            }).ToList();
            var leases = tasks.Where(task => task.State == TaskState.Running).Select((task, i) => LeaseOf(task, new AgentId($"old-{i}"), i % 2 == 0 ? "dev" : "qa")).ToList();
            var perType = new Dictionary<string, int> { ["qa"] = limits.Type };
            return new Scene(tasks, leases, new Limits { Agents = limits.Agents, PerModule = limits.Module, PerEpic = limits.Epic, PerType = perType },
                [.. Enumerable.Range(0, idle).Select(i => new Worker(new AgentId($"w-{i}"), i % 2 == 0 ? "qa" : "dev"))], slots, seed);
        }

        public Scene Shuffled()
        {
            var random = new Random(Seed);
            return this with { Tasks = [.. Tasks.OrderBy(_ => random.Next())], Leases = [.. Leases.OrderBy(_ => random.Next())] };
        }

        public IReadOnlyList<Decision> Decide() => Scheduler.Decide(new Snapshot(Tasks, Leases, Limits, Now), Ids(Tasks), Idle, Slots);

        public Refusal? WhyNot(WorkTask task, IReadOnlyList<Lease> live, string? type) => ClaimRules.Check(
            task, new ClaimGround(Limits, Now, Snapshot.Find, live, Tasks.Where(other => other.WaitingSince is not null), Effort.Prior), type);
    }
}
