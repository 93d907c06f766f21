using System.Runtime.InteropServices;
using Interlock.App.Cli;
using Interlock.Domain.Plans;
using Interlock.Engine;
using Interlock.Engine.Desks;
using Spectre.Console;

namespace Interlock.App.Tui;

/// <summary>Looks again and again, and shows what is new: on a terminal in place, elsewhere as lines.</summary>
internal sealed class WatchLoop(Workspace workspace, Terminal terminal)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public async Task DrawAsync(CancellationToken cancellation)
    {
        // Drawing in place hides the cursor; ended from within, it is shown again.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true;
            end.Cancel();
        });
        var console = terminal.Screen;
        await console.Live(WatchScreen.Draw(AgentRoll.Read(workspace), console.Profile.Width, live: true)).AutoClear(false).Overflow(VerticalOverflow.Ellipsis).StartAsync(async live =>
        {
            while (!end.IsCancellationRequested && !Quits())
            {
                workspace.Sync();
                live.UpdateTarget(WatchScreen.Draw(AgentRoll.Read(workspace), console.Profile.Width, live: true));
                await Task.Delay(Pause, workspace.Protocol.Clock.Time, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        });
    }

    public async Task TellAsync(CancellationToken cancellation)
    {
        var told = new Dictionary<AgentId, string>();
        while (true)
        {
            var roll = AgentRoll.Read(workspace);
            foreach (var agent in roll.Agents)
            {
                var line = WatchScreen.Line(agent);
                if (told.GetValueOrDefault(agent.Agent) != line)
                {
                    told[agent.Agent] = line;
                    terminal.Line($"{TimeZoneInfo.ConvertTime(roll.At, TimeZoneInfo.Local):HH:mm:ss}  {line}");
                }
            }

            await Task.Delay(Pause, workspace.Protocol.Clock.Time, cancellation);
            workspace.Sync();
        }
    }

    private static bool Quits()
    {
        while (!Console.IsInputRedirected && Console.KeyAvailable)
        {
            if (Console.ReadKey(intercept: true).KeyChar is 'q' or 'Q')
            {
                return true;
            }
        }

        return false;
    }
}
