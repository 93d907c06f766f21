using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;

namespace Interlock.Domain.Assignment;

/// <summary>
/// Divides one type's tasks among its agents: tasks that share a group or a file stay together as long as no agent has
/// more than twice the weight of another.
/// </summary>
internal sealed class Division
{
    private readonly int[] _agentOf;
    private readonly int[] _weights;
    private readonly int[] _clusters;
    private readonly int[] _loads;
    private readonly int[,] _mates;
    private readonly int _fixedFrom;

    private Division(int agents, int[] weights, int[] clusters, int[] pins)
    {
        (_weights, _clusters, _fixedFrom) = (weights, clusters, weights.Length - pins.Length);
        _loads = new int[agents];
        _agentOf = new int[weights.Length];
        _mates = new int[weights.Length, agents];
        Array.Fill(_agentOf, -1);
        for (var i = 0; i < pins.Length; i++)
        {
            Place(_fixedFrom + i, pins[i]);
        }
    }

    public bool IsBalanced => _loads.Min() > 0 && _loads.Max() <= 2 * _loads.Min();

    public int AgentOf(int index) => _agentOf[index];

    public static Division Of(
        int agents, IReadOnlyList<AssignableTask> free, IReadOnlyList<(AssignableTask Task, int Agent)> given)
    {
        AssignableTask[] all = [.. free, .. given.Select(pair => pair.Task)];
        int[] weights = [.. all.Select(task => task.Complexity.Weight())];
        int[] pins = [.. given.Select(pair => pair.Agent)];
        var clusters = Clusters(all);
        var together = new Division(agents, weights, clusters, pins);
        together.PlaceClusters();
        together.Even();
        if (together.IsBalanced)
        {
            return together;
        }

        // Single moves can end beside a heavy task that joined the agent of its group; then evenness comes first.
        var even = new Division(agents, weights, clusters, pins);
        even.PlaceHeaviestFirst();
        return even.IsBalanced ? even : together;
    }

    /// <summary>True when every agent can have work and none more than twice another's, whoever gets what.</summary>
    public static bool CanBalance(int agents, IEnumerable<int> free, IReadOnlyList<(int Weight, int Agent)> given)
    {
        int[] weights = [.. free, .. given.Select(pair => pair.Weight)];
        var even = new Division(agents, weights, new int[weights.Length], [.. given.Select(pair => pair.Agent)]);
        even.PlaceHeaviestFirst();
        return even.IsBalanced;
    }

    private void PlaceClusters()
    {
        var clusters = Enumerable.Range(0, _fixedFrom).GroupBy(i => _clusters[i])
            .OrderByDescending(cluster => cluster.Sum(i => _weights[i])).ThenBy(cluster => cluster.Min());
        foreach (var cluster in clusters)
        {
            var known = Enumerable.Range(_fixedFrom, _weights.Length - _fixedFrom).Where(i => _clusters[i] == cluster.Key)
                .GroupBy(i => _agentOf[i]).OrderByDescending(same => same.Sum(i => _weights[i])).ThenBy(same => same.Key)
                .FirstOrDefault();
            var agent = known?.Key ?? Lightest();
            foreach (var i in cluster)
            {
                Place(i, agent);
            }
        }
    }

    /// <summary>Heavy before light, always to the lightest: with weights 1, 2 and 4 nothing evens out better.</summary>
    private void PlaceHeaviestFirst()
    {
        foreach (var i in Enumerable.Range(0, _fixedFrom).OrderByDescending(i => _weights[i]).ThenBy(i => _clusters[i]))
        {
            Place(i, Lightest());
        }
    }

    /// <summary>Each move lowers the sum of the squared loads, so this ends.</summary>
    private void Even()
    {
        while (!IsBalanced && BestMove() is var (task, agent))
        {
            _loads[_agentOf[task]] -= _weights[task];
            _mates[_clusters[task], _agentOf[task]]--;
            Place(task, agent);
        }
    }

    private (int Task, int Agent)? BestMove()
    {
        var (highest, lowest) = (_loads.Max(), _loads.Min());
        return (from task in Enumerable.Range(0, _fixedFrom)
                from agent in Enumerable.Range(0, _loads.Length)
                let holder = _agentOf[task]
                where _weights[task] < _loads[holder] - _loads[agent] && (_loads[holder] == highest || _loads[agent] == lowest)
                orderby _loads[holder] - _loads[agent] descending, Mates(task, holder) - Mates(task, agent),
                    _weights[task] descending, task descending, agent
                select ((int, int)?)(task, agent)).FirstOrDefault();
    }

    private int Mates(int task, int agent) => _mates[_clusters[task], agent];

    private int Lightest() => Array.IndexOf(_loads, _loads.Min());

    private void Place(int task, int agent)
    {
        _agentOf[task] = agent;
        _loads[agent] += _weights[task];
        _mates[_clusters[task], agent]++;
    }

    /// <summary>The lowest index that a task reaches through shared groups and files.</summary>
    private static int[] Clusters(AssignableTask[] tasks)
    {
        var parent = Enumerable.Range(0, tasks.Length).ToArray();
        var firstOfGroup = new Dictionary<string, int>(StringComparer.Ordinal);
        var firstOfFile = new Dictionary<FilePattern, int>();
        for (var i = 0; i < tasks.Length; i++)
        {
            if (tasks[i].Group is { } group && !firstOfGroup.TryAdd(group, i))
            {
                Join(i, firstOfGroup[group]);
            }

            foreach (var text in tasks[i].Files)
            {
                if (FilePattern.TryParse(text, out var file, out _) && !firstOfFile.TryAdd(file, i))
                {
                    Join(i, firstOfFile[file]);
                }
            }
        }

        var files = firstOfFile.OrderBy(pair => pair.Key.Text, StringComparer.Ordinal).ToArray();
        for (var i = 0; i < files.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (Root(files[i].Value) != Root(files[j].Value) && files[i].Key.Overlaps(files[j].Key))
                {
                    Join(files[i].Value, files[j].Value);
                }
            }
        }

        return [.. parent.Select((_, i) => Root(i))];

        int Root(int i)
        {
            while (parent[i] != i)
            {
                i = parent[i] = parent[parent[i]];
            }

            return i;
        }

        void Join(int left, int right)
        {
            var (low, high) = (Math.Min(Root(left), Root(right)), Math.Max(Root(left), Root(right)));
            parent[high] = low;
        }
    }
}
