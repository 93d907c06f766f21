namespace Interlock.Tests.Faults;

/// <summary>The event that must tell of something a person did.</summary>
/// <param name="Kinds">Any of these; none when there is nothing to tell, because nothing that Interlock keeps was changed.</param>
/// <param name="Patient">It comes by the next tick of a run rather than by the next command.</param>
internal sealed record Trace(string[] Kinds, string? Task = null, long? Fence = null, string? Mentions = null, bool Patient = false)
{
    /// <summary>Nothing to explain: the files, commits or prompts are the person's own.</summary>
    public static Trace Nothing { get; } = new([]);

    public bool Tells(SeenEvent line) => Kinds.Contains(line.Kind)
        && (Task is null || line.Task == Task) && (Fence is null || line.Fence == Fence) && (Mentions is null || line.Message.Contains(Mentions, StringComparison.Ordinal));

    public override string ToString() => $"{string.Join(" or ", Kinds)} of {Task ?? "-"}, fence {Fence?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-"}, '{Mentions}'";
}

/// <summary>One line of <c>interlock log --json</c>.</summary>
internal sealed record SeenEvent(long Seq, string Kind, string? Task, long? Fence, string Message);
