namespace Interlock.Engine.Projections;

/// <summary>The files people share cannot be taken in or written. The state is as it was, and the next command tries again.</summary>
public sealed class ProjectionException(string message, string hint, Exception? inner = null) : IOException(message, inner)
{
    public string Hint { get; } = hint;
}
