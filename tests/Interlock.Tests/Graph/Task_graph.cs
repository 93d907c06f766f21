using CsCheck;
using Interlock.Domain.Graph;
using Interlock.Domain.Plans;

namespace Interlock.Tests.Graph;

public sealed class Task_graph
{
    /// <summary>Up to 12 tasks with any dependencies, cycles and unknown ids included.</summary>
    private static readonly Gen<TaskNode[]> AnyNodes =
        Gen.Select(Gen.Int[0, 12], Gen.Select(Gen.Int[1, 12], Gen.Int[1, 13]).Array[0, 20]).Select((count, edges) =>
            Enumerable.Range(1, count).Select(task => Node(task, edges.Where(edge => edge.Item1 == task).Select(edge => edge.Item2))).ToArray());

    private static readonly Gen<TaskNode[]> AcyclicNodes = AnyNodes.Select(nodes =>
        nodes.Select(node => node with { DependsOn = [.. node.DependsOn.Where(other => other < node.Id)] }).ToArray());

    [Fact]
    public void Neighbours_come_in_natural_order()
    {
        var graph = Graph("1.10: 1.9 1.2 1.2 x", "1.9:", "1.2:");

        Assert.Equal("1.2 1.9 1.10", Text(graph.Tasks));
        Assert.Equal("1.2 1.9", Text(graph.DependenciesOf(Id("1.10"))));
        Assert.Equal("1.10", Text(graph.DependantsOf(Id("1.9"))));
        Assert.Equal(new UnknownDependency(Id("1.10"), Id("x")), Assert.Single(graph.UnknownDependencies));
        Assert.Throws<KeyNotFoundException>(() => graph.DependenciesOf(Id("x")));
        Assert.False(graph.Contains(Id("x")));
    }

    [Fact]
    public void The_order_is_natural_among_equals_and_cycles_come_last() =>
        Assert.Equal("4 10 11 1 2 3", Text(Graph("1: 2", "2: 1", "3: 1", "4:", "10:", "11: 10").TopologicalOrder));

    [Fact]
    public void Cycles_are_tasks_that_wait_for_one_another_or_themselves()
    {
        var graph = Graph("1: 2", "2: 3", "3: 1", "4: 4", "5: 4", "6: 7", "7: 6");

        Assert.Equal(["1 2 3", "4", "6 7"], graph.Cycles.Select(Text));
        Assert.Equal("1 2 3 1", Text(graph.CycleThrough(Id("1"))));
        Assert.Equal("4 4", Text(graph.CycleThrough(Id("4"))));
        Assert.Empty(graph.CycleThrough(Id("5")));
    }

    [Fact]
    public void The_remaining_path_is_the_longest_to_the_end()
    {
        var graph = Graph("1:", "2: 1", "3: 1", "4: 2 3", "5:");
        var remaining = graph.RemainingPath(Duration);

        Assert.Equal([8d, 6, 7, 4, 5], graph.Tasks.Select(id => remaining[id]));
        var critical = graph.CriticalPath(Duration);
        Assert.Equal(("1 3 4", 8d), (Text(critical.Tasks), critical.Length));
    }

    [Fact]
    public void Width_is_the_widest_level_of_what_can_run() => Assert.Equal(3, Graph("1:", "2: 1", "3: 1", "4: 1", "5: 2", "6: 6", "7: 6", "8: 6", "9: 9").Width);

    [Fact]
    public void The_closure_is_everything_that_must_land_before()
    {
        var graph = Graph("1:", "2: 1", "3: 2", "4: 3 5", "5:", "6: 7", "7: 6");

        Assert.Equal("1 2 3 5", Text(graph.Closure(Id("4")).Order()));
        Assert.Empty(graph.Closure(Id("1")));
        Assert.Equal("6 7", Text(graph.Closure(Id("6")).Order()));
    }

    [Fact]
    public void An_empty_graph_has_answers_too()
    {
        var graph = TaskGraph.Build([]);

        Assert.Equal((0, 0d), (graph.Width, graph.CriticalPath(Duration).Length));
        Assert.Empty(graph.TopologicalOrder);
    }

    [Fact]
    public void Importing_the_same_tasks_twice_or_in_another_order_changes_nothing() =>
        AnyNodes.SelectMany(nodes => Gen.Select(Gen.Const(nodes), Gen.Shuffle(nodes))).Sample((nodes, shuffled) =>
            Assert.Equal(Shown(TaskGraph.Build(nodes)), Shown(TaskGraph.Build([.. shuffled, .. nodes]))));

    [Fact]
    public void Each_task_follows_its_dependencies() =>
        AcyclicNodes.Sample(nodes =>
        {
            var graph = TaskGraph.Build(nodes);
            var place = graph.TopologicalOrder.Index().ToDictionary(entry => entry.Item, entry => entry.Index);
            Assert.Equal(nodes.Length, place.Count);
            Assert.Empty(graph.Cycles);
            Assert.All(graph.Tasks, id => Assert.All(graph.DependenciesOf(id), other => Assert.True(place[other] < place[id])));
        });

    [Fact]
    public void A_task_is_on_a_cycle_exactly_when_it_must_land_before_itself() =>
        AnyNodes.Sample(nodes =>
        {
            var graph = TaskGraph.Build(nodes);
            var cyclic = graph.Cycles.SelectMany(cycle => cycle).Order();
            Assert.Equal(graph.Tasks.Where(id => graph.Closure(id).Contains(id)), cyclic);
            Assert.All(cyclic, id => AssertCycle(graph, graph.CycleThrough(id)));
            Assert.Equal(graph.Tasks, graph.TopologicalOrder.Order());
        });

    [Fact]
    public void The_critical_path_is_a_chain_no_other_chain_outlasts() =>
        AcyclicNodes.Sample(nodes =>
        {
            var graph = TaskGraph.Build(nodes);
            var path = graph.CriticalPath(Duration);
            Assert.Equal(graph.Tasks.Select(id => Longest(graph, id)).DefaultIfEmpty(0).Max(), path.Length);
            Assert.Equal(path.Length, path.Tasks.Sum(Duration));
            Assert.All(path.Tasks.Zip(path.Tasks.Skip(1)), step => Assert.Contains(step.First, graph.DependenciesOf(step.Second)));
        });

    [Fact]
    public void Ten_thousand_tasks_take_well_under_a_second()
    {
        var nodes = Enumerable.Range(1, 10_000).Select(task => Node(task, [task / 2, task / 3, task - 7])).ToArray();
        var clock = System.Diagnostics.Stopwatch.StartNew();

        var graph = TaskGraph.Build(nodes);
        Assert.Equal(10_000, graph.TopologicalOrder.Count + graph.Cycles.Count);
        Assert.True(graph.CriticalPath(Duration).Length > 0 && graph.Width > 0);

        // Ten times what it takes, so that a busy machine stays green.
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 2);
    }

    [Fact]
    public void A_chain_or_ring_of_100000_tasks_does_not_overflow()
    {
        var chain = TaskGraph.Build(Enumerable.Range(1, 100_000).Select(task => Node(task, [task - 1])));
        var ring = TaskGraph.Build(Enumerable.Range(1, 100_000).Select(task => Node(task, [task == 1 ? 100_000 : task - 1])));

        Assert.Equal(100_000, chain.CriticalPath(_ => 1).Length);
        Assert.Equal(99_999, chain.Closure(Id("100000")).Count);
        Assert.Equal(100_000, Assert.Single(ring.Cycles).Count);
        Assert.Equal(100_001, ring.CycleThrough(Id("1")).Count);
    }

    private static double Longest(TaskGraph graph, TaskId id) => Duration(id) + graph.DependantsOf(id).Select(other => Longest(graph, other)).DefaultIfEmpty(0).Max();

    private static void AssertCycle(TaskGraph graph, IReadOnlyList<TaskId> way)
    {
        Assert.Equal(way[0], way[^1]);
        Assert.All(way.Zip(way.Skip(1)), step => Assert.Contains(step.Second, graph.DependenciesOf(step.First)));
    }

    private static string Shown(TaskGraph graph) => string.Join(
        '\n', graph.Tasks.Select(id => $"{id}: {Text(graph.DependenciesOf(id))} / {Text(graph.DependantsOf(id))}")
            .Append(Text(graph.TopologicalOrder)).Append(string.Join(';', graph.Cycles.Select(Text))).Append(string.Join(';', graph.UnknownDependencies)));

    private static double Duration(TaskId id) => double.Parse(id.Value, System.Globalization.CultureInfo.InvariantCulture);

    private static TaskId Id(string text) => new(text);

    private static string Text(IEnumerable<TaskId> ids) => string.Join(' ', ids);

    private static TaskNode Node(int task, IEnumerable<int> dependsOn) => new(Id($"{task}"), [.. dependsOn.Select(other => Id($"{other}"))]);

    private static TaskGraph Graph(params string[] lines) => TaskGraph.Build(lines.Select(line => line.Split(':')).Select(parts =>
        new TaskNode(Id(parts[0]), [.. parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Id)])));
}
