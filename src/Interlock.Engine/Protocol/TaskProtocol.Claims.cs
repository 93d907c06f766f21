using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Stores;

namespace Interlock.Engine.Protocol;

/// <summary>What a claim asks for beyond the task and the agent.</summary>
/// <param name="Files">Replaces the task's own file set when given.</param>
/// <param name="Supervisor">The process that vouches for the agent; null for a person's window.</param>
public sealed record ClaimRequest(
    TaskId Task,
    AgentId Agent,
    IReadOnlyList<string>? Files = null,
    TimeSpan? Duration = null,
    Supervisor? Supervisor = null,
    string? BaseCommit = null,
    Func<long, string>? WorktreeName = null,
    string? Request = null)
{
    /// <summary>Whose limits the agent runs into; null when nobody knows.</summary>
    public string? Provider { get; init; }

    /// <summary>How long tasks are expected to take; null for what the store knows.</summary>
    public Func<WorkTask, TimeSpan>? Effort { get; init; }
}

public sealed partial class TaskProtocol
{
    private static readonly Refusal NoSpace = new(RefusalCodes.NoSpace, "less than 200 MB of disk are free, so no new work starts", "Free some space; running work goes on");

    /// <summary>Grants the task with all its files, or nothing at all.</summary>
    public Reply Claim(ClaimRequest request) => Operate(Keyed(request.Request, "claim", $"{request.Agent}@{request.Task}", [$"{request.Duration}", .. request.Files ?? []]), (transaction, now) =>
    {
        if (transaction.FindTask(request.Task) is not { } task)
        {
            return Reply.Refused(Unknown(request.Task));
        }

        if (!options.HasSpace())
        {
            return Reply.Refused(NoSpace);
        }

        var names = request.Files ?? task.Files;
        if (BadFile(names) is { } bad)
        {
            return Reply.Refused(bad);
        }

        names = options.WithReal(names);

        // A lock somebody wrote by hand for itself becomes its claim.
        var (waiting, live) = (transaction.WaitingTasks(), transaction.LiveLeases());
        var own = live.FirstOrDefault(lease => lease.Kind == LeaseKind.Hold && lease.Task == task.Id && lease.Agent == request.Agent);
        var ground = new ClaimGround(options.Limits, now, transaction.FindTask, live.Where(lease => lease != own), waiting, request.Effort ?? options.Effort(transaction), options.IgnoreCase);
        if (ClaimRules.Check(task, ground, options.TypeOf(request.Agent), FileSet.Parse(names), request.Provider) is { } refusal)
        {
            RememberWaiting(transaction, task, refusal, transaction.Revision, now);
            return Reply.Refused(refusal);
        }

        if (own is not null)
        {
            End(transaction, own, "its holder claimed the task");
        }

        return Grant(transaction, request, task, names, waiting, now);
    });

    /// <summary>Whether the task could be claimed now, without claiming it.</summary>
    public Refusal? WhyNot(TaskId id, AgentId? agent = null) => store.Read(reader =>
        reader.FindTask(id) is { } task
            ? ClaimRules.Check(
                task,
                new ClaimGround(options.Limits, clock.Read(), reader.FindTask, reader.LiveLeases(), reader.WaitingTasks(), options.Effort(reader), options.IgnoreCase),
                agent is { } name ? options.TypeOf(name) : task.AgentType)
                ?? (options.HasSpace() ? null : NoSpace)
            : Unknown(id));

    /// <summary>The lease behind a token, or why it does not count any more. Changes nothing.</summary>
    public Reply Check(TaskId? task, LeaseToken token) => store.Read(reader =>
    {
        var (lease, refusal) = Current(reader, task, token);
        return lease is null ? Reply.Refused(refusal!) : new Reply(lease.Task is { } id ? reader.FindTask(id) : null, lease);
    });

    /// <summary>Extends the policy lease by its duration from now.</summary>
    public Reply Renew(TaskId? task, LeaseToken token, TimeSpan? duration = null, string? request = null) => Operate(Keyed(request, "renew", token.ToString(), $"{duration}"), (transaction, now) =>
    {
        var (lease, refusal) = Current(transaction, task, token);
        if (lease is null)
        {
            return Reply.Refused(refusal!);
        }

        var late = lease.HasExpired(now);
        var renewed = Timed(lease, duration ?? lease.Duration, now);
        transaction.Put(renewed);
        transaction.Append(now.Wall, late ? "lease.renewed-late" : "lease.renewed", $"{lease.Agent} holds until {UtcConverter.Text(renewed.ExpiresAt)}", lease.Task, lease.Agent, lease.Fence);
        return new Reply(lease.Task is { } id ? transaction.FindTask(id) : null, renewed, token.ToString());
    });

    /// <summary>Adds files to a lease. Never waits: granted now, or refused with the holder and how long it has held.</summary>
    /// <param name="isDone">The files are changed already and needed only until that lands: nobody has to wait longer for it, so reservations do not count (L2).</param>
    public Reply Extend(TaskId? task, LeaseToken token, IReadOnlyList<string> files, string? request = null, bool isDone = false) => Operate(Keyed(request, "extend", token.ToString(), files), (transaction, now) =>
    {
        var (lease, refusal) = Current(transaction, task, token);
        if (lease is null)
        {
            return Reply.Refused(refusal!);
        }

        if (BadFile(files) is { } bad)
        {
            return Reply.Refused(bad);
        }

        files = options.WithReal(files);
        var others = transaction.LiveLeases().Where(other => other.Fence != lease.Fence).ToList();
        if (ClaimRules.CheckFiles(FileSet.Parse(files), others, null, now, options.IgnoreCase, lease.Kind == LeaseKind.Hold ? FileSet.Empty : options.Limits.Hot) is { } busy)
        {
            return Reply.Refused(busy);
        }

        if (!isDone && lease is { Kind: LeaseKind.Task, Task: { } own } && transaction.FindTask(own) is { } holding
            && ClaimRules.CheckReservations(holding, FileSet.Parse(files), new ClaimGround(options.Limits, now, transaction.FindTask, others, transaction.WaitingTasks(), options.Effort(transaction), options.IgnoreCase)) is { } reserved)
        {
            return Reply.Refused(reserved);
        }

        var extended = lease with { Files = [.. lease.Files.Union(files, StringComparer.Ordinal)] };
        transaction.Put(extended);
        transaction.Append(now.Wall, "lease.extended", $"{lease.Agent} also holds {string.Join(", ", files)}", lease.Task, lease.Agent, lease.Fence);
        return new Reply(lease.Task is { } id ? transaction.FindTask(id) : null, extended, token.ToString());
    });

    /// <summary>Records the spawned process, so that a later start can tell whether it still lives.</summary>
    public Reply Register(LeaseToken token, Supervisor process) => Operate(null, (transaction, now) =>
    {
        var (lease, refusal) = Current(transaction, null, token);
        if (lease is null)
        {
            return Reply.Refused(refusal!);
        }

        var registered = lease with { Process = process };
        transaction.Put(registered);
        transaction.Append(now.Wall, "agent.started", $"{lease.Agent} runs as process {process.Pid}", lease.Task, lease.Agent, lease.Fence);
        return new Reply(null, registered, token.ToString());
    });

    /// <summary>Gives a task back untouched; no attempt is used up.</summary>
    public Reply Release(TaskId task, LeaseToken token, string? reason = null, string? request = null) => Operate(Keyed(request, "release", token.ToString()), (transaction, now) =>
    {
        var (lease, refusal) = Unsubmitted(transaction, task, token);
        if (lease is null)
        {
            return Reply.Refused(refusal!);
        }

        return Reopen(transaction, lease, reason ?? "released", "task.released", now, usesAttempt: false);
    });

    /// <summary>
    /// Ends a lease by its fence, whoever asks, and opens its task again. Nothing happens when the lease has
    /// ended meanwhile, and the reply names no lease: a reclaim decided on an old snapshot must not free the successor.
    /// </summary>
    public Reply Reclaim(long fence, string reason, bool usesAttempt, string kind = "lease.reclaimed") =>
        Reclaim(fence, reason, usesAttempt, kind, (_, _, _) => true);

    private Reply Reclaim(long fence, string reason, bool usesAttempt, string kind, Func<IStoreReader, Lease, LeaseClock, bool> isDue) => Operate(null, (transaction, now) =>
    {
        if (transaction.FindLease(fence) is not { Live: true } lease || !isDue(transaction, lease, now))
        {
            return new Reply();
        }

        // An agent of a run that died has nobody left to read it.
        if (lease.Supervisor is null || kind == "lease.revoked")
        {
            LostLease.Tell(transaction, lease, reason, now.Wall);
        }

        return Reopen(transaction, lease, reason, kind, now, usesAttempt);
    });

    private Reply Grant(
        IStoreTransaction transaction, ClaimRequest request, WorkTask task, IReadOnlyList<string> files, IReadOnlyList<WorkTask> waiting, LeaseClock now)
    {
        var secret = NewSecret();
        var type = options.TypeOf(request.Agent);
        var lease = transaction.Add(Timed(
            new Lease
            {
                Fence = 0,
                Kind = LeaseKind.Task,
                Task = task.Id,
                Agent = request.Agent,
                AgentType = type,
                Provider = request.Provider,
                Module = task.Module,
                Epic = task.Epic,
                Files = files,
                SecretHash = Hash(secret),
                AcquiredAt = now.Wall,
                ExpiresAt = now.Wall,
                Duration = request.Duration ?? options.LeaseDuration,
                Deadline = now.Monotonic,
                ClockBoot = now.Boot,
                Supervisor = request.Supervisor,
                BaseCommit = request.BaseCommit,
            },
            request.Duration ?? options.LeaseDuration,
            now));
        if (request.WorktreeName is { } name)
        {
            lease = lease with { Worktree = name(lease.Fence) };
            transaction.Put(lease);
        }

        CountBypasses(transaction, task, FileSet.Parse(files), waiting, now);
        var running = Reservations.Served(task) with
        {
            State = TaskState.Running,
            AssignedAgent = task.AssignedAgent ?? request.Agent,
            AgentType = task.AgentType ?? type,
            StartedAt = now.Wall,
            UpdatedAt = now.Wall,
            NotBefore = null,
        };
        transaction.Put(running);
        transaction.Append(now.Wall, "task.claimed", $"{request.Agent} claimed it until {UtcConverter.Text(lease.ExpiresAt)}", task.Id, request.Agent, lease.Fence);
        return new Reply(running, lease, new LeaseToken(store.Epoch, lease.Fence, secret).ToString());
    }

    private void CountBypasses(IStoreTransaction transaction, WorkTask claimed, FileSet files, IReadOnlyList<WorkTask> waiting, LeaseClock now)
    {
        foreach (var task in Reservations.PassedBy(claimed, files, waiting, transaction.FindTask, options.Limits.Hot, now, options.IgnoreCase).ToList())
        {
            transaction.Put(Reservations.Passed(task, now) with { UpdatedAt = now.Wall });
        }
    }

    private Reply Reopen(IStoreTransaction transaction, Lease lease, string reason, string kind, LeaseClock now, bool usesAttempt)
    {
        var ended = End(transaction, lease, reason);
        var task = lease.Task is { } id ? transaction.FindTask(id) : null;
        if (task is { State: TaskState.Running })
        {
            var attempts = task.Attempts + (usesAttempt ? 1 : 0);
            var spent = usesAttempt && attempts >= options.Limits.Attempts;
            task = task with
            {
                State = spent ? TaskState.Dead : TaskState.Ready,
                Attempts = attempts,
                LastError = spent ? reason : task.LastError,
                UpdatedAt = now.Wall,
            };
            transaction.Put(task);
        }

        transaction.Append(now.Wall, kind, reason, lease.Task, lease.Agent, lease.Fence);
        return new Reply(task, ended);
    }

    private static Lease Timed(Lease lease, TimeSpan duration, LeaseClock now) => lease with
    {
        ExpiresAt = now.Wall + duration,
        Deadline = now.Monotonic + duration,
        ClockBoot = now.Boot,
        Duration = duration,
    };

    private static Refusal? BadFile(IReadOnlyList<string> files)
    {
        foreach (var file in files)
        {
            if (!FilePattern.TryParse(file, out _, out var problem))
            {
                return new Refusal(RefusalCodes.BadFile, $"'{file}' is not a usable file pattern: {problem}", "Name files relative to the repository root, with '/'");
            }
        }

        return null;
    }
}
