using System.Diagnostics;
using System.Globalization;
using Interlock.Domain.Liveness;

namespace Interlock.Engine.Platform;

/// <summary>What one tree of processes has used since it was first looked at.</summary>
/// <param name="Cpu">Null when it could not be seen.</param>
/// <param name="Traffic">Bytes read and written; null when it could not be seen.</param>
internal sealed record TreeUse(ProcessSight Sight, TimeSpan? Cpu, long? Traffic)
{
    internal static TreeUse Unseen { get; } = new(ProcessSight.Unseen, null, null);
}

/// <summary>
/// Looks at several process trees at once. Linux: everything that descends from an agent or is in its session, from <c>/proc</c>. Elsewhere:
/// processor time of the agent's own process alone. A look that fails says so and forgets nothing.
/// </summary>
internal sealed class ProcessUse
{
    private const int TicksPerSecond = 100;
    private readonly Dictionary<int, Tree> trees = [];

    /// <summary>By pid of the root.</summary>
    internal IReadOnlyDictionary<int, TreeUse> Look(IReadOnlyCollection<ProcessIdentity> roots)
    {
        foreach (var gone in trees.Keys.Except(roots.Select(root => root.Pid)).ToList())
        {
            trees.Remove(gone);
        }

        if (!OperatingSystem.IsLinux())
        {
            return roots.ToDictionary(root => root.Pid, LookElsewhere);
        }

        try
        {
            var all = ProcessStatus.All().Where(process => !process.IsGone).ToList();

            // A /proc that shows not even ourselves shows nothing.
            return all.Exists(process => process.Pid == Environment.ProcessId) ? LookAt(roots, all) : Nothing(roots);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Nothing(roots);
        }
    }

    private static Dictionary<int, TreeUse> Nothing(IReadOnlyCollection<ProcessIdentity> roots) => roots.ToDictionary(root => root.Pid, _ => TreeUse.Unseen);

    private Dictionary<int, TreeUse> LookAt(IReadOnlyCollection<ProcessIdentity> roots, List<ProcessStatus> all)
    {
        var children = all.ToLookup(process => process.Parent);
        var sessions = all.ToLookup(process => process.Session);
        return roots.ToDictionary(root => root.Pid, root =>
        {
            var members = new Dictionary<int, ProcessStatus>();
            var next = new Queue<ProcessStatus>(all.Where(process => process.Pid == root.Pid && process.StartTicks == root.StartTicks)
                .Concat(sessions[root.Pid].Where(process => process.StartTicks >= root.StartTicks && process.Pid != Environment.ProcessId)));
            while (next.TryDequeue(out var process))
            {
                if (members.TryAdd(process.Pid, process))
                {
                    foreach (var child in children[process.Pid])
                    {
                        next.Enqueue(child);
                    }
                }
            }

            if (!trees.TryGetValue(root.Pid, out var tree))
            {
                trees[root.Pid] = tree = new Tree();
            }

            return tree.With(members.Values);
        });
    }

    private static TreeUse LookElsewhere(ProcessIdentity root)
    {
        try
        {
            using var process = Process.GetProcessById(root.Pid);
            return root.Probe() == Liveness.Dead ? new TreeUse(ProcessSight.Gone, null, null) : new TreeUse(ProcessSight.Alive, process.TotalProcessorTime, null);
        }
        catch (ArgumentException)
        {
            return new TreeUse(ProcessSight.Gone, null, null);
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception or NotSupportedException)
        {
            return TreeUse.Unseen;
        }
    }

    /// <summary>Adds up what is new at each process: those that ended are no longer there to be asked, and pids come again.</summary>
    private sealed class Tree
    {
        private Dictionary<(int Pid, long Start), (long Ticks, long Bytes)> before = [];
        private long ticks;
        private long bytes;

        internal TreeUse With(IReadOnlyCollection<ProcessStatus> members)
        {
            var now = new Dictionary<(int, long), (long Ticks, long Bytes)>();
            foreach (var process in members)
            {
                var key = (process.Pid, process.StartTicks);
                var earlier = before.GetValueOrDefault(key);
                var moved = TrafficOf(process.Pid) ?? earlier.Bytes;
                now[key] = (process.Ticks, moved);
                ticks += Math.Max(0, process.Ticks - earlier.Ticks);
                bytes += Math.Max(0, moved - earlier.Bytes);
            }

            before = now;
            return new TreeUse(members.Count > 0 ? ProcessSight.Alive : ProcessSight.Gone, TimeSpan.FromSeconds((double)ticks / TicksPerSecond), bytes);
        }

        private static long? TrafficOf(int pid)
        {
            try
            {
                return File.ReadLines($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/io").Take(2)
                    .Sum(line => long.Parse(line.AsSpan(line.IndexOf(' ', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
            {
                return null;
            }
        }
    }
}
