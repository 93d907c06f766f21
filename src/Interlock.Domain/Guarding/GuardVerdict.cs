using Interlock.Domain.Leasing;

namespace Interlock.Domain.Guarding;

/// <summary>The answer to one question of a CLI.</summary>
public abstract record GuardVerdict
{
    /// <summary>The tool may run.</summary>
    /// <param name="Renew">The agent's lease that has passed its half: asking is a sign of life, so it is renewed. Null when there is time.</param>
    public sealed record Allow(Lease? Renew = null) : GuardVerdict;

    /// <summary>The tool may run once these files, free until now, are leased too.</summary>
    public sealed record Touch(Lease Lease, IReadOnlyList<string> Files) : GuardVerdict;

    /// <summary>The tool may not run.</summary>
    /// <param name="Reason">One sentence.</param>
    /// <param name="Instead">What to do instead, worded for a model.</param>
    public sealed record Deny(string Reason, string Instead) : GuardVerdict
    {
        /// <summary>Both as one line.</summary>
        public string Text => $"{Reason}. {Instead}";
    }
}
