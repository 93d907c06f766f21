using Interlock.Domain.Leasing;
using Interlock.Domain.Liveness;
using Interlock.Engine.Agents.Adapters;

namespace Interlock.Engine.Agents;

/// <summary>What one process of an agent did, as far as its events tell: which tool is in flight, what is new, what it repeats. Bounded, whatever it says.</summary>
/// <param name="tellsTools">Whether its CLI tells of tools; without, its lines count.</param>
/// <param name="clock">Time since some moment that never moves.</param>
internal sealed class Activity(bool tellsTools, Func<TimeSpan> clock)
{
    private const int MostOpen = 100;
    private const int MostWords = 60;
    private readonly Lock gate = new();
    private readonly Dictionary<string, (ToolInFlight Tool, ulong Print)> open = new(StringComparer.Ordinal);
    private readonly Repetition answers = new(isTool: true);
    private readonly Repetition calls = new(isTool: true);
    private readonly Repetition lines = new(isTool: false);

    /// <summary>Called on the thread that reads the output.</summary>
    public void Note(AgentEvent entry)
    {
        lock (gate)
        {
            switch (entry)
            {
                case AgentEvent.ToolStarted started:
                    Begin(started);
                    break;
                case AgentEvent.ToolFinished finished:
                    End(finished);
                    break;
                case AgentEvent.Text text when !tellsTools:
                    lines.Note(TextPrint.Of(text.Content), $"the line \"{Short(text.Content)}\"", clock());
                    break;
            }
        }
    }

    /// <summary>As a part of a look.</summary>
    public Look Fill(Look look)
    {
        lock (gate)
        {
            return look with
            {
                News = answers.News + calls.News + lines.News,
                Tool = open.Values.Select(entry => entry.Tool).MinBy(tool => tool.Since),
                Repeated = tellsTools ? answers.Now : lines.Now,
            };
        }
    }

    private void Begin(AgentEvent.ToolStarted started)
    {
        var print = TextPrint.Join(TextPrint.Of(started.Name), TextPrint.Join(started.Print, TextPrint.Of(string.Join('\n', started.Paths))));
        calls.Note(print, started.Name, clock());
        if (open.Count < MostOpen)
        {
            open[started.Call] = (new ToolInFlight(started.Name, clock()), print);
        }
    }

    // A call counts as the same only with the same answer: who asks again and again whether a build is done is not in a circle.
    private void End(AgentEvent.ToolFinished finished)
    {
        var print = open.Remove(finished.Call, out var begun) ? begun.Print : TextPrint.Of(finished.Name);
        var where = finished.Paths.Count > 0 ? $" on {Short(finished.Paths[0])}" : "";
        answers.Note(TextPrint.Join(print, finished.Print + (finished.Failed ? 1UL : 0)), $"the call of {finished.Name}{where}{(finished.Failed ? ", which fails" : "")}", clock());
    }

    private static string Short(string text)
    {
        var line = text.ReplaceLineEndings(" ").Trim();
        return line.Length > MostWords ? line[..MostWords] : line;
    }
}
