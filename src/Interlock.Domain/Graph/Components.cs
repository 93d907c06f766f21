namespace Interlock.Domain.Graph;

/// <summary>Strongly connected components by Tarjan's algorithm, without recursion so that long chains cannot overflow.</summary>
internal sealed class Components
{
    private readonly int[][] edges;
    private readonly int[] order;
    private readonly int[] low;
    private readonly int[] next;
    private readonly Stack<int> open = new();
    private int visited;
    private int count;

    private Components(int[][] edges)
    {
        this.edges = edges;
        order = new int[edges.Length];
        low = new int[edges.Length];
        next = new int[edges.Length];
        Of = new int[edges.Length];
        Array.Fill(Of, -1);
    }

    /// <summary>Component number of each node.</summary>
    public int[] Of { get; }

    public static int[] Find(int[][] edges)
    {
        var components = new Components(edges);
        for (var node = 0; node < edges.Length; node++)
        {
            if (components.order[node] == 0)
            {
                components.Visit(node);
            }
        }

        return components.Of;
    }

    private void Visit(int root)
    {
        var path = new Stack<int>();
        Enter(root, path);
        while (path.TryPeek(out var node))
        {
            if (next[node] < edges[node].Length)
            {
                var target = edges[node][next[node]++];
                if (order[target] == 0)
                {
                    Enter(target, path);
                }
                else if (Of[target] < 0)
                {
                    low[node] = Math.Min(low[node], order[target]);
                }

                continue;
            }

            path.Pop();
            if (path.TryPeek(out var parent))
            {
                low[parent] = Math.Min(low[parent], low[node]);
            }

            if (low[node] == order[node])
            {
                Close(node);
            }
        }
    }

    private void Enter(int node, Stack<int> path)
    {
        order[node] = low[node] = ++visited;
        open.Push(node);
        path.Push(node);
    }

    private void Close(int root)
    {
        int node;
        do
        {
            node = open.Pop();
            Of[node] = count;
        }
        while (node != root);
        count++;
    }
}
