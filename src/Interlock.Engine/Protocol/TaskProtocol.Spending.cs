using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Spending;

namespace Interlock.Engine.Protocol;

/// <summary>What attempts used, and which providers serve.</summary>
public sealed partial class TaskProtocol
{
    /// <summary>Notes what an attempt used. It counts whatever became of the lease: the money is spent.</summary>
    public void RecordUsage(AttemptUsage usage) => store.Write(transaction =>
    {
        transaction.Put(usage);
        var cost = usage.Cost is { } amount ? BudgetRules.Dollars(amount) : "cost not known";
        transaction.Append(
            clock.Now, "usage.recorded", $"{usage.Preset} used {usage.Usage.Tokens} tokens in {Ages.Text(usage.Time)}, {cost}", usage.Task, usage.Agent, usage.Fence);
        return true;
    });

    /// <summary>Opens a provider's breaker after it refused. Answers how it stands now.</summary>
    public Breaker TripBreaker(string provider, ProviderLimit limit, TaskId task, AgentId agent) => store.Write(transaction =>
    {
        var breaker = BreakerRules.Trip(transaction.Breakers().FirstOrDefault(known => known.Id == provider), provider, limit, clock.Now);
        transaction.Put(breaker);
        transaction.Append(clock.Now, "provider.limited", BreakerRules.Refuse(breaker, clock.Now).Message, task, agent);
        return breaker;
    });

    /// <summary>Closes a provider's breaker after it served. False when it was closed already, or refused since then.</summary>
    /// <param name="since">When the attempt it served was started.</param>
    public bool CloseBreaker(string provider, DateTimeOffset since) => store.Write(transaction =>
    {
        if (transaction.Breakers().FirstOrDefault(known => known.Id == provider) is not { Until: not null } breaker || breaker.At > since)
        {
            return false;
        }

        transaction.Put(BreakerRules.Close(breaker, clock.Now));
        transaction.Append(clock.Now, "provider.serves", $"{provider} serves again");
        return true;
    });
}
