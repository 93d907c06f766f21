using Interlock.Domain.Liveness;

namespace Interlock.Tests.Watching;

/// <summary>One scripted run in virtual time: what its agent does becomes looks, and the looks go the way they go in a run.</summary>
internal sealed class Acting
{
    /// <summary>Seconds between two looks.</summary>
    public const int Every = 5;

    private readonly bool canResume;
    private readonly string adapter;
    private Repetition calls = new(isTool: true);
    private Repetition answers = new(isTool: true);
    private Repetition lines = new(isTool: false);
    private LivenessProfile profile;
    private Track track;
    private Ladder ladder = Ladder.Foot;
    private Look look = new() { At = TimeSpan.Zero, Cpu = TimeSpan.Zero, Traffic = 0 };
    private int number;

    public Acting(string adapter, bool canResume = true)
    {
        (this.adapter, this.canResume) = (adapter, canResume);
        profile = Limits(0);
        track = Track.Begin(profile, look);
    }

    /// <summary>As configured by nobody.</summary>
    public LivenessProfile Profile => profile;

    public TimeSpan Now => look.At;

    public Verdict Verdict => Verdict.Of(track);

    public List<(TimeSpan At, Rung Rung, string Reason)> Steps { get; } = [];

    public IEnumerable<(TimeSpan At, Rung Rung, string Reason)> Interruptions => Steps.Where(step => step.Rung >= Rung.Resume);

    private LivenessProfile Limits(int interruptions) => LivenessProfile.Of(adapter, TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(30)).After(interruptions);

    /// <summary>Lets a look's time pass and looks.</summary>
    public void Pass(double busy = 0)
    {
        look = look with
        {
            At = look.At + TimeSpan.FromSeconds(Every),
            Cpu = look.Cpu + TimeSpan.FromSeconds(busy * Every),
            News = calls.News + answers.News + lines.News,
            Repeated = profile.TellsTools ? answers.Now : lines.Now,
        };
        track = track.See(look);
        var (next, step) = ladder.Climb(Verdict, profile, look.At, canResume);
        ladder = next;
        if (step is not null)
        {
            Steps.Add((look.At, step.Rung, step.Reason));
            if (step.Rung is Rung.Resume or Rung.Restart)
            {
                BeginAnew();
            }
        }
    }

    /// <summary>Lets time pass in which it does one thing again and again.</summary>
    public void For(TimeSpan time, double busy = 0, Action? doing = null)
    {
        for (var end = look.At + time; look.At < end;)
        {
            doing?.Invoke();
            Pass(busy);
        }
    }

    public void Print(string line, int bytes = 0)
    {
        if (!profile.TellsTools)
        {
            lines.Note(Engine.Agents.TextPrint.Of(line), line, look.At);
        }

        look = look with { Output = look.Output + Math.Max(bytes, line.Length + 1) };
    }

    public void PrintNew(int bytes = 0) => Print($"line {++number}", bytes);

    public void Begin(string tool, string arguments = "")
    {
        calls.Note(Engine.Agents.TextPrint.Of(tool + arguments), tool, look.At);
        look = look with { Tool = new ToolInFlight(tool, look.At), Output = look.Output + 100 };
    }

    public void End(string tool, string arguments = "", string answer = "")
    {
        answers.Note(Engine.Agents.TextPrint.Of(tool + arguments + "=" + answer), tool, look.At);
        look = look with { Tool = null, Output = look.Output + 100 };
    }

    public void Call(string tool, string arguments = "", string answer = "")
    {
        Begin(tool, arguments);
        End(tool, arguments, answer);
    }

    public void CallNew() => Call("Read", $"file {++number}");

    public void Write() => look = look with { Files = look.Files + 1 };

    public void Move(long bytes) => look = look with { Traffic = look.Traffic + bytes };

    public void Hide() => look = look with { Process = ProcessSight.Unseen, Cpu = null, Traffic = null };

    public void Vanish() => look = look with { Process = ProcessSight.Gone };

    // As a run does it: the next process is looked at anew, with half the time.
    private void BeginAnew()
    {
        profile = Limits(ladder.Interruptions);
        (calls, answers, lines) = (new Repetition(isTool: true), new Repetition(isTool: true), new Repetition(isTool: false));
        look = look with { Tool = null, Repeated = null, News = 0, Process = ProcessSight.Alive };
        track = Track.Begin(profile, look);
        ladder = ladder.Anew();
    }
}
