namespace Interlock.Domain.Spending;

/// <summary>What a number that a CLI reports covers.</summary>
public enum UsageScope
{
    /// <summary>One step; steps add up.</summary>
    Step,

    /// <summary>Everything since the process was started.</summary>
    Attempt,

    /// <summary>The running total of a session, earlier attempts included.</summary>
    Session,
}

/// <summary>One report of a CLI about what it used.</summary>
/// <param name="Cost">In US dollars; null when the CLI names none.</param>
/// <param name="Model">The model it was used with; null when not told.</param>
public sealed record UsageReport(Usage Usage, UsageScope Scope, decimal? Cost = null, UsageScope CostScope = UsageScope.Step, string? Model = null);

/// <summary>Adds up the reports of one process, whatever scopes they have.</summary>
public sealed record UsageTally
{
    private Usage? steps;
    private Usage? attempt;
    private Usage? session;
    private decimal? stepCost;
    private decimal? attemptCost;
    private decimal? sessionCost;

    /// <summary>Before the first report.</summary>
    public static UsageTally Empty { get; } = new();

    /// <summary>The model named last.</summary>
    public string? Model { get; private init; }

    /// <summary>With one more report.</summary>
    public UsageTally With(UsageReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var next = this with { Model = report.Model ?? Model };
        next = report.Scope switch
        {
            UsageScope.Step => next with { steps = (steps ?? Usage.None) + report.Usage },
            UsageScope.Attempt => next with { attempt = report.Usage },
            _ => next with { session = report.Usage },
        };
        return report.Cost is not { } cost ? next : report.CostScope switch
        {
            UsageScope.Step => next with { stepCost = (stepCost ?? 0) + cost },
            UsageScope.Attempt => next with { attemptCost = cost },
            _ => next with { sessionCost = cost },
        };
    }

    /// <summary>What this process used, and the totals of its session from which a later one goes on.</summary>
    /// <param name="before">Totals of the session when the process started; <see cref="SessionTotal.None"/> for a new one.</param>
    public Metered Settle(SessionTotal before)
    {
        ArgumentNullException.ThrowIfNull(before);

        // The widest scope is the CLI's last word; steps are all there is of a process that was killed.
        var used = session?.Since(before.Usage) ?? attempt ?? steps ?? Usage.None;
        if (used.Turns == 0 && steps is not null)
        {
            used = used with { Turns = steps.Turns };
        }

        var cost = sessionCost is { } total ? (total >= before.Cost ? total - before.Cost : total) : attemptCost ?? stepCost;
        return new Metered(used, cost, new SessionTotal(session ?? before.Usage + used, sessionCost ?? before.Cost + (cost ?? 0)));
    }
}

/// <summary>What a session has used since it began.</summary>
public sealed record SessionTotal(Usage Usage, decimal Cost)
{
    /// <summary>Of a session that has not begun.</summary>
    public static SessionTotal None { get; } = new(Usage.None, 0);
}

/// <summary>What one process used.</summary>
/// <param name="Cost">As its CLI reports it; null when it reports none.</param>
public sealed record Metered(Usage Usage, decimal? Cost, SessionTotal Session);
