using Interlock.Engine.Running;

namespace Interlock.Tests.Merging.Campaign;

/// <summary>The end of the process, as far as the queue can tell.</summary>
internal sealed class CrashException(string where) : Exception(where);

/// <summary>One thing that goes wrong while the queue works, at a point of its work that chance picks.</summary>
internal sealed class Disturbance(Random chance)
{
    private Action<string>? act;
    private string? after;
    private int left;
    private bool busy;

    /// <summary>The name of the last point that was reached.</summary>
    public string Last { get; private set; } = "";

    /// <summary>At some point within the next <paramref name="most"/> steps, or right behind a point of landing.</summary>
    public void Arm(Action<string> action, int most = 70, string? behind = null)
    {
        act = action;
        after = behind ?? (chance.Next(3) > 0 ? null : new[] { Failpoint.AfterIntent, Failpoint.AfterSwap, Failpoint.AfterRecord }[chance.Next(3)]);
        left = after is null ? chance.Next(1, most) : chance.Next(0, 4);
    }

    public void Disarm() => act = null;

    /// <summary>Each call of git, each named point, each look of the checks and each piece of news passes here.</summary>
    public void Pass(string point)
    {
        if (busy || act is null)
        {
            return;
        }

        Last = point;
        if (after is not null)
        {
            after = point == after ? null : after;
            if (after is not null)
            {
                return;
            }
        }

        if (left-- > 0)
        {
            return;
        }

        var now = act;
        act = null;
        busy = true;
        try
        {
            now(point);
        }
        finally
        {
            busy = false;
        }
    }
}
