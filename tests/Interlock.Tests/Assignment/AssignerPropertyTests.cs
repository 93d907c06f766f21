using CsCheck;
using Interlock.Domain.Assignment;
using Interlock.Domain.Plans;

namespace Interlock.Tests.Assignment;

public sealed class AssignerPropertyTests
{
    private static readonly string[] Titles =
        ["Polish", "Create endpoint", "Validate input", "Store token", "Add OAuth scopes", "Tidy", "Rename", "Write tests"];

    private static readonly Gen<AgentId?> MaybeAgent = Gen.Int[0, 20].Select(i =>
        i < 7 ? Roster.Default.Agents[i].Id : i == 7 ? AgentId.Parse("stranger-1") : (AgentId?)null);

    private static readonly Gen<AssignableTask> Task = Gen.Select(
        Gen.Int[0, Titles.Length - 1], Gen.Int[0, 4], Gen.Int[0, 2], Gen.Int[0, 5], MaybeAgent, MaybeAgent,
        (title, group, complexity, file, annotation, current) => new AssignableTask(
            new TaskId(""), Titles[title], group == 0 ? null : $"Group {group}", (Complexity)complexity,
            file < 3 ? [$"src/{file}.ts"] : [], annotation, current));

    private static readonly Gen<AssignableTask[]> Tasks = Task.Array[0, 40].Select(Numbered);

    private static readonly Gen<AssignableTask[]> NewTasks =
        Tasks.Select(tasks => tasks.Select(task => task with { Annotation = null, Current = null }).ToArray());

    [Fact]
    public void Every_task_is_assigned_once_and_the_order_of_the_input_does_not_count() =>
        Gen.Select(Tasks, Gen.Int[0, 40]).Sample((tasks, turn) =>
        {
            var assignments = Assigner.Assign(tasks, Roster.Default);
            var turned = tasks.Skip(turn).Concat(tasks.Take(turn)).Reverse().ToList();

            Assert.Equal(tasks.Select(task => task.Id), assignments.Select(a => a.Task));
            Assert.Equal(assignments, Assigner.Assign(turned, Roster.Default));
            Assert.All(assignments, a => Assert.Contains(new RosterAgent(a.Agent, a.Type), Roster.Default.Agents));
            Assert.All(assignments, a => Assert.NotEmpty(a.Reason));
        });

    [Fact]
    public void Reasons_do_not_depend_on_the_order_and_explaining_changes_nobody() =>
        Gen.Select(Tasks, Gen.Int[0, 40]).Sample((tasks, turn) =>
        {
            var explained = Assigner.Explain(tasks, Roster.Default);

            Assert.Equal(explained, Assigner.Explain(tasks.Skip(turn).Concat(tasks.Take(turn)).Reverse().ToList(), Roster.Default));
            Assert.Equal(Assigner.Assign(tasks, Roster.Default).Select(given => (given.Task, given.Agent)), explained.Select(given => (given.Task, given.Agent)));
        });

    [Fact]
    public void Annotations_are_respected_and_assignments_kept() => Tasks.Sample(tasks =>
    {
        foreach (var (task, given) in tasks.Zip(Assigner.Assign(tasks, Roster.Default)))
        {
            var known = new[] { task.Annotation, task.Current }.FirstOrDefault(a => Roster.Default.Agents.Any(r => r.Id == a));
            Assert.Equal(known ?? given.Agent, given.Agent);
        }
    });

    [Fact]
    public void A_new_task_moves_no_other() => Gen.Select(NewTasks, Task).Sample((tasks, added) =>
    {
        var before = Assigner.Assign(tasks, Roster.Default);
        var kept = tasks.Zip(before, (task, given) => task with { Current = given.Agent });
        var after = Assigner.Assign([added with { Id = TaskId.Parse("0") }, .. kept], Roster.Default);

        Assert.Equal(before.Select(a => (a.Task, a.Agent)), after.Skip(1).Select(a => (a.Task, a.Agent)));
    });

    [Fact]
    public void A_title_is_never_overruled_by_the_load() => NewTasks.Sample(tasks =>
    {
        foreach (var (task, given) in tasks.Zip(Assigner.Assign(tasks, Roster.Default)))
        {
            var type = Array.IndexOf(Titles, task.Title) switch { 1 => "dev-backend", 2 or 7 => "qa", 3 or 4 => "dev-oauth", _ => given.Type };
            Assert.Equal(type, given.Type);
        }
    });

    [Fact]
    public void Nobody_has_more_than_twice_anothers_work_where_weights_are_equal() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 4].Array[14, 45]).Sample((complexity, groups) =>
        {
            var tasks = Numbered([.. groups.Select(group => NewTask((Complexity)complexity, $"Group {group}"))]);

            var loads = Loads(tasks, Roster.Default);

            Assert.Equal(7, loads.Count);
            Assert.All(loads.GroupBy(load => load.Type), type => Assert.True(type.Max(t => t.Load) <= 2 * type.Min(t => t.Load)));
        });

    [Fact]
    public void Nobody_has_more_than_twice_anothers_work_where_any_division_allows_it() =>
        Gen.Select(Gen.Int[2, 3], Gen.Select(Gen.Int[0, 2], Gen.Int[0, 3], Gen.Int[0, 6]).Array[2, 8]).Sample((agents, drawn) =>
        {
            var roster = new Roster([new AgentType("dev", agents, [])]);
            var tasks = Numbered([.. drawn.Select(d => NewTask((Complexity)d.Item1, $"Group {d.Item2}") with
            {
                Annotation = d.Item3 < agents ? roster.Agents[d.Item3].Id : null,
            })]);
            var given = roster.Agents.Select(agent => Weights(tasks.Where(task => task.Annotation == agent.Id)).Sum()).ToArray();
            var loads = Loads(tasks, roster);

            var isEven = loads.Count == agents && loads.Max(l => l.Load) <= 2 * loads.Min(l => l.Load);

            Assert.Equal(Divisible([.. Weights(tasks.Where(task => task.Annotation is null))], given), isEven);
        });

    private static IEnumerable<int> Weights(IEnumerable<AssignableTask> tasks) => tasks.Select(task => task.Complexity.Weight());

    private static bool Divisible(ReadOnlySpan<int> weights, int[] loads)
    {
        if (weights.IsEmpty)
        {
            return loads.Min() > 0 && loads.Max() <= 2 * loads.Min();
        }

        for (var i = 0; i < loads.Length; i++)
        {
            var next = (int[])loads.Clone();
            next[i] += weights[0];
            if (Divisible(weights[1..], next))
            {
                return true;
            }
        }

        return false;
    }

    private static List<(string Type, int Load)> Loads(AssignableTask[] tasks, Roster roster) =>
        [.. Assigner.Assign(tasks, roster).Zip(tasks).GroupBy(pair => pair.First.Agent)
            .Select(mine => (mine.First().First.Type, mine.Sum(pair => pair.Second.Complexity.Weight())))];

    private static AssignableTask NewTask(Complexity complexity, string group) =>
        new(new TaskId(""), "Polish", group, complexity, [], null, null);

    private static AssignableTask[] Numbered(AssignableTask[] tasks) =>
        [.. tasks.Select((task, i) => task with { Id = TaskId.Parse($"1.{i + 1}") })];
}
