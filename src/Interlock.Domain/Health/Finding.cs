namespace Interlock.Domain.Health;

public enum FindingSeverity
{
    /// <summary>Good to know; nothing has to be done.</summary>
    Note,

    /// <summary>Something will go wrong, or waits for somebody.</summary>
    Warning,

    /// <summary>A promise does not hold.</summary>
    Error,
}

/// <summary>What is wrong, of one kind, in one place.</summary>
/// <param name="What">One sentence that names the place. May hold untrusted text.</param>
public sealed record Finding(FindingKind Kind, string What);

/// <summary>One kind of thing that <c>doctor</c> can find.</summary>
/// <param name="Code">Stable; in JSON and in docs/guide/doctor.md.</param>
/// <param name="Why">Why it matters.</param>
/// <param name="Remedy">What a person does about it.</param>
public sealed record FindingKind(string Code, FindingSeverity Severity, string Why, string Remedy)
{
    public Finding At(string what) => new(this, what);
}
