using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;

namespace Interlock.Domain.Simulation;

/// <summary>
/// Plays a workload in virtual time. What starts when is asked of <see cref="Scheduler"/>, tick by tick as a run does, so
/// that a simulation cannot differ from it in its rules. Same workload, same schedule.
/// </summary>
public sealed class Simulator
{
    private static readonly DateTimeOffset Origin = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Workload workload;
    private readonly List<WorkTask> tasks;
    private readonly Dictionary<TaskId, int> places;
    private readonly HashSet<TaskId> scope;
    private readonly List<Lease> leases = [];
    private readonly PriorityQueue<(TaskId Task, bool Landed), (TimeSpan At, int Order)> agenda = new();
    private readonly Dictionary<TaskId, Assigned> done = [];
    private readonly List<IdleSpan> idle = [];
    private readonly Queue<(TaskId Task, int Order)> handedIn = [];
    private readonly List<(TaskId Task, int Order)> ahead = [];
    private MergeWindow window = MergeWindow.Start;
    private int landing;
    private TimeSpan aheadSince;
    private TimeSpan now;
    private long turn;
    private IReadOnlyList<TaskId>? order;

    private Simulator(Workload workload)
    {
        this.workload = workload;
        tasks = [.. workload.Tasks.Select(Opened)];
        places = tasks.Select((task, place) => (task.Id, place)).ToDictionary(entry => entry.Id, entry => entry.place);
        scope = [.. tasks.Where(task => task.IsOpen).Select(task => task.Id)];
    }

    /// <exception cref="ArgumentException">Two tasks have one id.</exception>
    public static Schedule Run(Workload workload)
    {
        var simulator = new Simulator(workload);
        while (true)
        {
            simulator.CompleteWholes();
            var waits = simulator.Dispatch();
            if (simulator.agenda.Count == 0)
            {
                return simulator.Result();
            }

            simulator.Advance(waits);
        }
    }

    // An attempt of the past says nothing about how the work would go from here.
    private static WorkTask Opened(WorkTask task) => task.IsFinished ? task
        : Reservations.Served(task) with { State = TaskState.Ready, NotBefore = null, AvoidAgent = null };

    private List<Decision.Wait> Dispatch()
    {
        var busy = leases.Where(lease => !lease.InReview).Select(lease => lease.Agent).ToHashSet();
        var free = workload.Workers.Where(worker => !busy.Contains(worker.Id)).ToList();
        var snapshot = new Snapshot([.. tasks], [.. leases], workload.Limits, new LeaseClock(Origin + now, now, ""));
        var plan = Scheduler.Plan(snapshot, scope, free, free.Count, workload.IgnoreCase, workload.SlotTime, workload.Landing, order);
        var decisions = plan.Decisions;
        order = plan.Order;
        turn++;
        foreach (var claim in decisions.OfType<Decision.Claim>())
        {
            Start(snapshot, claim);
        }

        var waits = decisions.OfType<Decision.Wait>().ToList();
        foreach (var wait in waits)
        {
            var task = tasks[places[wait.Task]];
            tasks[places[wait.Task]] = Reservations.Refused(task, wait.Code, turn, snapshot.Clock) ?? task;
        }

        return waits;
    }

    private void Start(Snapshot snapshot, Decision.Claim claim)
    {
        var task = tasks[places[claim.Task]];
        var passed = Reservations.PassedBy(
            task, FileSet.Parse(task.Files), tasks.Where(other => other.WaitingSince is not null),
            id => places.TryGetValue(id, out var place) ? tasks[place] : null, workload.Limits.Hot, snapshot.Clock, workload.IgnoreCase);
        foreach (var other in passed.ToList())
        {
            tasks[places[other.Id]] = Reservations.Passed(other, snapshot.Clock);
        }

        leases.Add(Scheduler.LeaseFor(task, new Worker(claim.Agent, claim.AgentType), snapshot.Clock) with { Fence = done.Count + 1 });
        tasks[places[task.Id]] = Reservations.Served(task) with { State = TaskState.Running };
        var end = now + workload.SlotTime(task);
        done.Add(task.Id, new Assigned(task.Id, claim.Agent, now, end, end));
        agenda.Enqueue((task.Id, Landed: false), (end, done.Count));
        scope.Remove(task.Id);
    }

    // Everything of one moment happens before the next decision, as the ends of several agents wake a run once.
    private void Advance(List<Decision.Wait> waits)
    {
        var from = now;
        agenda.TryPeek(out _, out var next);
        now = next.At;
        NoteIdle(waits, from);
        var landed = 0;
        while (agenda.TryPeek(out var due, out var when) && when.At == now)
        {
            agenda.Dequeue();
            var place = places[due.Task];
            var lease = leases.FindIndex(lease => lease.Task == due.Task);
            if (!due.Landed && workload.Landing > TimeSpan.Zero)
            {
                handedIn.Enqueue((due.Task, when.Order));
                leases[lease] = leases[lease] with { InReview = true };
                tasks[place] = tasks[place] with { State = TaskState.Submitted };
                continue;
            }

            done[due.Task] = done[due.Task] with { Landed = now };
            leases.RemoveAt(lease);
            tasks[place] = tasks[place] with { State = TaskState.Merged };
            landed += due.Landed ? 1 : 0;
        }

        Land(landed);
    }

    // As the merge queue does: one batch after the other, each of what was handed in when it begins, and the next one on top of it.
    private void Land(int landed)
    {
        if (landed > 0)
        {
            window = window.AfterGreen(landed, workload.LandTogether);
            landing -= landed;
        }

        if (landing == 0)
        {
            Begin(ahead.Count > 0 ? aheadSince : now);
        }

        if (landing > 0 && workload.LandAhead && (ahead.Count == 0 || now - aheadSince < workload.Landing / 2))
        {
            aheadSince = Gather() ? now : aheadSince;
        }
    }

    private void Begin(TimeSpan since)
    {
        if (ahead.Count == 0)
        {
            Gather();
        }

        foreach (var (task, order) in ahead)
        {
            agenda.Enqueue((task, Landed: true), (since + workload.Landing, order));
        }

        landing = ahead.Count;
        ahead.Clear();
    }

    // Fills the next batch; false when nothing came to it.
    private bool Gather()
    {
        var before = ahead.Count;
        while (ahead.Count < window.Effective(workload.LandTogether) && handedIn.TryDequeue(out var next))
        {
            ahead.Add(next);
        }

        return ahead.Count > before;
    }

    private void CompleteWholes()
    {
        WorkTask? Find(TaskId id) => places.TryGetValue(id, out var place) ? tasks[place] : null;
        for (var more = true; more;)
        {
            more = false;
            for (var place = 0; place < tasks.Count; place++)
            {
                if (WholeRule.IsDone(tasks[place], Find))
                {
                    tasks[place] = tasks[place] with { State = TaskState.Merged };
                    scope.Remove(tasks[place].Id);
                    more = true;
                }
            }
        }
    }

    // Of the tasks that wait, those nearest to a start explain the gaps: an agent each, in the order they would have been given out.
    private void NoteIdle(List<Decision.Wait> waits, TimeSpan from)
    {
        var busy = leases.Where(lease => !lease.InReview).Select(lease => lease.Agent).ToHashSet();
        var reasons = waits.Where(wait => !tasks[places[wait.Task]].IsWhole).Select(wait => (wait.Task, Cause: IdleCauses.Of(wait.Code)))
            .OrderBy(reason => reason.Cause == IdleCause.Dependencies).ToList();
        var gap = 0;
        foreach (var worker in workload.Workers.Where(worker => !busy.Contains(worker.Id)))
        {
            idle.Add(gap < reasons.Count
                ? new IdleSpan(worker.Id, from, now, reasons[gap].Cause, reasons[gap].Task)
                : new IdleSpan(worker.Id, from, now, IdleCause.NothingLeft, null));
            gap++;
        }
    }

    private Schedule Result()
    {
        var order = workload.Workers.Select((worker, place) => (worker.Id, place)).ToDictionary(entry => entry.Id, entry => entry.place);
        var work = done.Values.Aggregate(TimeSpan.Zero, (sum, task) => sum + (task.End - task.Start));
        return new Schedule(
            now,
            LowerBound.Of(workload),
            work + (done.Count > 0 ? workload.Landing : TimeSpan.Zero),
            [.. done.Values.OrderBy(task => task.Start).ThenBy(task => order[task.Agent])],
            Joined(),
            [.. tasks.Where(task => scope.Contains(task.Id)).Select(task => task.Id)]);

        List<IdleSpan> Joined()
        {
            var spans = new List<IdleSpan>();
            foreach (var span in idle.OrderBy(span => order[span.Agent]).ThenBy(span => span.From))
            {
                if (spans.Count > 0 && spans[^1] is var last && last.Agent == span.Agent && last.To == span.From && last.Cause == span.Cause && last.For == span.For)
                {
                    spans[^1] = last with { To = span.To };
                }
                else if (span.To > span.From)
                {
                    spans.Add(span);
                }
            }

            return [.. spans.OrderBy(span => span.From).ThenBy(span => order[span.Agent])];
        }
    }
}
