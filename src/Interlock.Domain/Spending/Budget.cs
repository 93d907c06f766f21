using System.Globalization;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;

namespace Interlock.Domain.Spending;

/// <summary>How much may be used; a null member does not bind.</summary>
/// <param name="Time">Of agents at work.</param>
public sealed record Budget(decimal? Usd = null, long? Tokens = null, int? Turns = null, TimeSpan? Time = null);

/// <summary>The budgets of a repository.</summary>
/// <param name="Task">Of each task.</param>
/// <param name="Story">Of each story.</param>
/// <param name="Agent">Of each agent in one story.</param>
/// <param name="Day">Of everything in one day, UTC.</param>
public sealed record Budgets(Budget? Task = null, Budget? Story = null, Budget? Agent = null, Budget? Day = null)
{
    /// <summary>No bounds.</summary>
    public static Budgets None { get; } = new();
}

/// <summary>
/// Whether another attempt may start. What runs is never cut off for money: an attempt that is under way ends and counts,
/// and the next one does not begin.
/// </summary>
public static class BudgetRules
{
    /// <summary>Null when an attempt at the task may start; else the first budget that is used up.</summary>
    /// <param name="attempts">Every attempt there ever was.</param>
    public static Refusal? Check(Budgets budgets, IReadOnlyList<AttemptUsage> attempts, StoryId story, TaskId task, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(budgets);
        return Over(budgets.Task, $"task {task}", "task", attempts.Where(attempt => attempt.Task == task))
            ?? Over(budgets.Story, $"story {story}", "story", attempts.Where(attempt => attempt.Story == story))
            ?? Over(budgets.Day, "today (UTC)", "day", attempts.Where(attempt => attempt.EndedAt.UtcDateTime.Date == now.UtcDateTime.Date));
    }

    /// <summary>Null when the agent may take another attempt in the story.</summary>
    public static Refusal? CheckAgent(Budgets budgets, IReadOnlyList<AttemptUsage> attempts, StoryId story, AgentId agent)
    {
        ArgumentNullException.ThrowIfNull(budgets);
        return Over(budgets.Agent, $"{agent} in story {story}", "agent", attempts.Where(attempt => attempt.Agent == agent && attempt.Story == story));
    }

    private static Refusal? Over(Budget? budget, string whose, string setting, IEnumerable<AttemptUsage> attempts)
    {
        if (budget is null)
        {
            return null;
        }

        var spent = Spent.Of(attempts);
        return budget switch
        {
            { Usd: { } usd } when spent.Cost >= usd => Refuse("usd", Dollars(spent.Cost), Dollars(usd)),
            { Tokens: { } tokens } when spent.Usage.Tokens >= tokens => Refuse("tokens", $"{Number(spent.Usage.Tokens)} tokens", Number(tokens)),
            { Turns: { } turns } when spent.Usage.Turns >= turns => Refuse("turns", $"{Number(spent.Usage.Turns)} turns", Number(turns)),
            { Time: { } time } when spent.Time >= time => Refuse("time", $"{Ages.Text(spent.Time)} of work", Ages.Text(time)),
            _ => null,
        };

        Refusal Refuse(string what, string used, string of) => new(
            RefusalCodes.Budget, $"the budget is used up: {used} of {of} by {whose}", $"Raise budget.{setting}.{what} in interlock.json, or finish it by hand");
    }

    /// <summary>As people read it: two digits behind the point, more only for less than a cent.</summary>
    public static string Dollars(decimal amount) => amount is > 0 and < 0.01m
        ? string.Create(CultureInfo.InvariantCulture, $"${amount:0.0000}")
        : string.Create(CultureInfo.InvariantCulture, $"${amount:0.00}");

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
