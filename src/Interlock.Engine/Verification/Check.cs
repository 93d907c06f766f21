namespace Interlock.Engine.Verification;

/// <summary>At which stages a check is asked.</summary>
public enum CheckTime
{
    Submit,
    Land,
    Both,
}

/// <param name="Command">An argument list; a caller with a shell string wraps it.</param>
public sealed record Check(string Name, IReadOnlyList<string> Command, TimeSpan Timeout)
{
    /// <summary>What may land is what was asked about at landing; anything earlier only saves time.</summary>
    public CheckTime At { get; init; } = CheckTime.Land;

    /// <summary>False: asked every time, also about a tree that was green before.</summary>
    public bool Cache { get; init; } = true;

    /// <summary>True: it may use the network although it runs in a sandbox.</summary>
    public bool Network { get; init; }

    /// <summary>The word that says what is run, for finding the program behind it: the first of a shell line, or the program itself.</summary>
    public string Program { get; init; } = Command[0];

    public bool IsAskedAt(CheckStage stage) => At == CheckTime.Both || At == (stage == CheckStage.Submit ? CheckTime.Submit : CheckTime.Land);
}
