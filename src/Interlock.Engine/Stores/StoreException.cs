namespace Interlock.Engine.Stores;

/// <summary>The store cannot be used as it is: the environment, not the caller, is at fault.</summary>
public sealed class StoreException(string message, string hint, Exception? inner = null) : Exception(message, inner)
{
    public string Hint { get; } = hint;
}
