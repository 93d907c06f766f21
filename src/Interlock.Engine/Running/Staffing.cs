using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Domain.Spending;
using Interlock.Engine.Configuration;

namespace Interlock.Engine.Running;

/// <summary>Which tasks may cost something now and which agents can be started: what the scheduler is given to choose from.</summary>
internal sealed class Staffing
{
    private readonly RunContext context;
    private readonly AgentChoice choice;
    private readonly Budgets budgets;

    public Staffing(RunContext context, Func<IEnumerable<string>> providersAtWork)
    {
        this.context = context;
        choice = new AgentChoice(context.Workspace, () => context.Options.Presets, providersAtWork);
        budgets = SpendingRules.Of(context.Workspace.Config.Config.Budget);
    }

    public AgentPick? PickFor(string type) => choice.For(type).Pick;

    public Staff Look(Snapshot snapshot, IReadOnlySet<TaskId> scope, IReadOnlySet<AgentId> busy)
    {
        IReadOnlyList<AttemptUsage> usages = budgets == Budgets.None ? [] : context.Workspace.Store.Read(reader => reader.Usages());
        var now = context.Workspace.Protocol.Clock.Now;
        var spent = scope.Select(snapshot.Find).OfType<WorkTask>().Where(task => task.IsOpen)
            .Select(task => (task.Id, Refusal: BudgetRules.Check(budgets, usages, task.Story, task.Id, now)))
            .Where(entry => entry.Refusal is not null).ToDictionary(entry => entry.Id, entry => entry.Refusal!);
        var idle = context.Workspace.Config.Roster.Agents.Where(agent => !busy.Contains(agent.Id)).ToList();
        var exhausted = idle.Select(agent => (agent.Id, Refusal: BudgetRules.CheckAgent(budgets, usages, context.Options.Story, agent.Id)))
            .Where(entry => entry.Refusal is not null).ToDictionary(entry => entry.Id, entry => entry.Refusal!);
        var (usable, refused) = choice.Split([.. idle.Where(agent => !exhausted.ContainsKey(agent.Id)).Select(agent => new Worker(agent.Id, agent.Type))]);
        var nobody = usable.Count > 0 || idle.Count == 0 ? null : refused.Values.FirstOrDefault() ?? exhausted.Values.FirstOrDefault();
        return new Staff(scope.Where(id => !spent.ContainsKey(id)).ToHashSet(), usable, spent, nobody);
    }

    /// <summary>Homes that a later attempt may go on with.</summary>
    public IReadOnlySet<string> HomesInUse() => context.Workspace.Store.Read(reader =>
    {
        var open = reader.Tasks().Where(task => !task.IsFinished).Select(task => task.Id).ToHashSet();
        return reader.Usages().Where(usage => open.Contains(usage.Task)).Select(usage => usage.Home).OfType<string>().ToHashSet(StringComparer.Ordinal);
    });
}

/// <param name="Spent">Tasks no attempt at which may start, and the budget that is used up.</param>
/// <param name="Nobody">Why no idle agent can be started; null when one can.</param>
internal sealed record Staff(IReadOnlySet<TaskId> Scope, IReadOnlyList<Worker> Idle, IReadOnlyDictionary<TaskId, Refusal> Spent, Refusal? Nobody)
{
    /// <summary>With the reasons the scheduler does not know: to it, an agent that cannot be started is one that is busy.</summary>
    public IReadOnlyList<Decision.Wait> Explain(IEnumerable<Decision.Wait> waits) =>
    [
        .. waits.Select(wait => Nobody is { } why && wait.Code == RefusalCodes.AgentLimit ? new Decision.Wait(wait.Task, Obstacle.Of(why)) : wait),
        .. Spent.Select(entry => new Decision.Wait(entry.Key, Obstacle.Of(entry.Value))),
    ];
}

/// <summary>The budgets of a configuration.</summary>
public static class SpendingRules
{
    public static Budgets Of(BudgetSection section) =>
        new(section.Task?.ToBudget(), section.Story?.ToBudget(), section.Agent?.ToBudget(), section.Day?.ToBudget());

    /// <summary>Why no attempt at a task may start for money or for its provider; null when neither is in the way.</summary>
    public static Refusal? WhyNot(Workspace workspace, WorkTask task) => workspace.Store.Read(reader =>
        BudgetRules.Check(Of(workspace.Config.Config.Budget), reader.Usages(), task.Story, task.Id, workspace.Protocol.Clock.Now));
}
