using Interlock.Domain.Plans;

namespace Interlock.Domain.Graph;

/// <summary>Says in linear time and without sorting whether tasks wait for one another: almost every plan does not.</summary>
internal static class AcyclicCheck
{
    /// <param name="ids">Each once.</param>
    /// <param name="dependenciesOf">By index; ids that are not among the others do not matter.</param>
    public static bool IsAcyclic(IReadOnlyList<TaskId> ids, Func<int, IEnumerable<TaskId>> dependenciesOf)
    {
        var indexes = new Dictionary<TaskId, int>(ids.Count);
        for (var i = 0; i < ids.Count; i++)
        {
            indexes[ids[i]] = i;
        }

        var open = new int[ids.Count];
        var dependants = new List<int>?[ids.Count];
        for (var i = 0; i < ids.Count; i++)
        {
            foreach (var id in dependenciesOf(i))
            {
                if (indexes.TryGetValue(id, out var on))
                {
                    open[i]++;
                    (dependants[on] ??= []).Add(i);
                }
            }
        }

        var ready = new Stack<int>(Enumerable.Range(0, ids.Count).Where(i => open[i] == 0));
        var done = 0;
        while (ready.TryPop(out var next))
        {
            done++;
            foreach (var dependant in dependants[next] ?? [])
            {
                if (--open[dependant] == 0)
                {
                    ready.Push(dependant);
                }
            }
        }

        return done == ids.Count;
    }
}
