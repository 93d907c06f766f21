using System.Globalization;

namespace Interlock.Engine.Platform;

/// <summary>What Linux says of a process in <c>/proc/&lt;pid&gt;/stat</c>.</summary>
/// <param name="Ticks">Processor time of it and of its children that ended and were waited for, in hundredths of a second.</param>
internal readonly record struct ProcessStatus(int Pid, char State, int Parent, int Group, int Session, long StartTicks, long Ticks = 0)
{
    private const int FirstTimeField = 14;
    private const int TimeFields = 4;
    private const int StartTimeField = 22;
    private const int FirstField = 3;

    internal bool IsGone => State is 'Z' or 'X' or 'x';

    internal static ProcessStatus? Read(int pid)
    {
        try
        {
            return Parse(File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/stat"), pid);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The command name may hold spaces and brackets, so fields count from the last bracket.</summary>
    internal static ProcessStatus? Parse(string text, int pid)
    {
        var fields = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length <= StartTimeField - FirstField)
        {
            return null;
        }

        return new ProcessStatus(pid, fields[0][0], Number(fields[1]), Number(fields[2]), Number(fields[3]),
            long.Parse(fields[StartTimeField - FirstField], CultureInfo.InvariantCulture),
            fields.AsSpan(FirstTimeField - FirstField, TimeFields).ToArray().Sum(field => long.Parse(field, CultureInfo.InvariantCulture)));

        static int Number(string field) => int.Parse(field, CultureInfo.InvariantCulture);
    }

    internal static IEnumerable<ProcessStatus> All()
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && Read(pid) is { } status)
            {
                yield return status;
            }
        }
    }
}
