using System.Globalization;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Engine.Protocol;

namespace Interlock.Tests.Faults.Simulation;

/// <summary>Agents in editor windows, who speak to the product through commands that may be lost, repeated and late; and agents that lost their lease and go on.</summary>
internal sealed partial class World
{
    private readonly Dictionary<int, (TaskId Task, LeaseToken Token)> windows = [];
    private readonly List<(string What, Func<Reply> Again, Reply First, string Epoch)> unanswered = [];
    private int requests;

    private void ActInWindow()
    {
        if (unanswered.Count > 0 && Chance.Next(3) == 0)
        {
            Repeat();
            return;
        }

        var window = Chance.Next(3);
        if (!windows.TryGetValue(window, out var held))
        {
            ClaimInWindow(window);
            return;
        }

        var (task, token) = held;
        switch (Chance.Next(9))
        {
            case 0 or 1:
                Ask("renew", task, token, request => Protocol.Renew(task, token, null, request));
                break;
            case 2:
                Ask("extend", task, token, request => Protocol.Extend(task, token, ["src/m1/f2"], request));
                break;
            case 3:
                Ask("release", task, token, request => Protocol.Release(task, token, "enough", request));
                windows.Remove(window);
                break;
            case 4:
                Ask("fail", task, token, request => Protocol.Fail(task, token, "it does not work", null, null, request));
                windows.Remove(window);
                break;
            case 5:
                Ask("complete", task, token, request => Protocol.Complete(task, token, "no-code", null, "nothing to do", request));
                windows.Remove(window);
                break;
            case 6:
                Ask("block", task, token, request => Protocol.Block(task, token, "needs a person", null, request));
                windows.Remove(window);
                break;
            case 7:
                Hit(Fault.WindowSleepsPastItsLease);
                Time.Advance(TimeSpan.FromMinutes(121));
                break;
            default:
                windows.Remove(window);
                break;
        }
    }

    private void ClaimInWindow(int window)
    {
        var task = SomeTask().Id;
        var agent = new AgentId($"dev-{(7 + window).ToString(CultureInfo.InvariantCulture)}");
        var reply = Ask("claim", task, null, request => Protocol.Claim(new ClaimRequest(task, agent, Request: request)));
        Say($"claim {task} in window {window.ToString(CultureInfo.InvariantCulture)}: {reply.Refusal?.Code ?? "done"}");
        if (reply.Done)
        {
            Judge.Issued(reply);
            windows[window] = (task, LeaseToken.TryParse(reply.Token)!);
        }
    }

    private Reply Ask(string what, TaskId task, LeaseToken? token, Func<string?, Reply> ask)
    {
        if (Struck(Fault.RequestLost, 20))
        {
            return Reply.Refused(new Refusal("lost", "", ""));
        }

        var request = $"r{(++requests).ToString(CultureInfo.InvariantCulture)}";
        var reply = token is null ? ask(request) : Judge.Hear(what, task, token, () => ask(request));
        Judge.Acknowledged(reply, what);

        if (Struck(Fault.RequestRepeated, 6))
        {
            Same(what, () => ask(request), reply);
        }

        if (Struck(Fault.AnswerLost, 6))
        {
            unanswered.Add((what, () => ask(request), reply, Store.State.Epoch));
        }

        return reply;
    }

    // Long after others went on, the same request comes once more.
    private void Repeat()
    {
        Hit(Fault.RequestsOutOfOrder);
        var at = Chance.Next(unanswered.Count);
        var (what, again, first, epoch) = unanswered[at];
        unanswered.RemoveAt(at);
        if (epoch == Store.State.Epoch)
        {
            Same(what, again, first);
        }
    }

    private void Same(string what, Func<Reply> again, Reply first)
    {
        var events = Store.State.Events.Count;
        var second = again();
        if (first.Refusal?.Code == RefusalCodes.NoSpace)
        {
            // Nothing was decided the first time, so this is the first time.
            Judge.Acknowledged(second, what);
            if (second.Done)
            {
                Judge.Issued(second);
            }

            return;
        }

        Judge.SameAnswer(first, second, what);
        Judge.Require(Store.State.Events.Count == events, "S7", $"{what} was done twice for one request id");
    }

    private void ActAsZombie()
    {
        if (Judge.Tokens.Count == 0)
        {
            return;
        }

        var token = Judge.Tokens[Chance.Next(Judge.Tokens.Count)];
        var stale = token.Epoch != Store.State.Epoch || Store.State.Leases.GetValueOrDefault(token.Fence) is not { Live: true };
        var task = Store.State.Leases.GetValueOrDefault(token.Fence)?.Task ?? SomeTask().Id;
        if (Struck(Fault.WrongSecret, 8))
        {
            token = token with { Secret = "00000000000000000000000000000000" };
            stale = true;
        }
        else if (Struck(Fault.TokenOfAnotherEpoch, 8))
        {
            token = token with { Epoch = "e0" };
            stale = true;
        }

        var (fault, operation) = Zombie(task, token);
        if (stale)
        {
            Hit(fault);
        }

        Presented = token;
        Judge.Hear(fault.ToString(), fault is Fault.ZombieRenews or Fault.ZombieExtends ? null : task, token, operation);
    }

    /// <summary>The token shown last, for the seeded bug that takes it as it is.</summary>
    public LeaseToken? Presented { get; private set; }

    private (Fault Fault, Func<Reply> Operation) Zombie(TaskId task, LeaseToken token) => Chance.Next(7) switch
    {
        0 => (Fault.ZombieSubmits, () => Protocol.Submit(task, token, Target, Git[Target] ?? "c1", Git[Target] ?? "c1")),
        1 => (Fault.ZombieRenews, () => Protocol.Renew(null, token)),
        2 => (Fault.ZombieExtends, () => Protocol.Extend(null, token, ["src/m2/f0"])),
        3 => (Fault.ZombieFails, () => Protocol.Fail(task, token, "I failed")),
        4 => (Fault.ZombieReleases, () => Protocol.Release(task, token)),
        5 => (Fault.ZombieCompletes, () => Protocol.Complete(task, token, "no-code", null, "done")),
        _ => (Fault.ZombieBlocks, () => Protocol.Block(task, token, "stuck", null)),
    };
}
