namespace Interlock.Tests.Faults.Inputs;

/// <summary>
/// Feeds inputs to a reader, one after the other on a thread of its own, and keeps what made it throw. A reader that is still at
/// one input after a time that no input needs hangs.
/// </summary>
internal sealed class Watchdog(TimeSpan patience)
{
    private readonly List<string> faults = [];
    private long inputs;
    private string current = "";

    public long Inputs => Interlocked.Read(ref inputs);

    public long Unhandled { get; private set; }

    public long Hangs { get; private set; }

    public IReadOnlyList<string> Faults => faults;

    public void Feed(string reader, IEnumerable<Action> work)
    {
        using var ended = new ManualResetEventSlim();
        var thread = new Thread(() => Run(reader, work, ended), 16 << 20) { IsBackground = true };
        thread.Start();
        for (var before = -1L; !ended.Wait(patience, TestContext.Current.CancellationToken); before = Inputs)
        {
            if (Inputs == before)
            {
                Hangs++;
                faults.Add($"{reader} hangs at {Volatile.Read(ref current)}");
                return;
            }
        }
    }

    /// <summary>Names the input before it is read, so that one that hangs can be told.</summary>
    public void Note(string input) => Volatile.Write(ref current, input);

    private void Run(string reader, IEnumerable<Action> work, ManualResetEventSlim ended)
    {
        foreach (var one in work)
        {
            try
            {
                one();
            }
            catch (Exception fault)
            {
                Unhandled++;
                if (faults.Count < 20)
                {
                    faults.Add($"{reader} at {Volatile.Read(ref current)}: {fault}");
                }
            }

            Interlocked.Increment(ref inputs);
        }

        ended.Set();
    }
}
