namespace Interlock.Domain.Leasing;

/// <summary>The one rule in a task's way. It is put into words when somebody asks: a tick finds one for each task that waits.</summary>
public abstract class Obstacle(string code)
{
    private Refusal? refusal;

    /// <summary>One of <see cref="RefusalCodes"/>.</summary>
    public string Code => code;

    public Refusal Refusal => refusal ??= Words();

    /// <param name="words">A static one: what it needs to know is in <paramref name="about"/>, so that nothing is made for tasks that have no obstacle.</param>
    public static Obstacle Of<T>(string code, T about, Func<T, Refusal> words) => new Told<T>(code, about, words);

    /// <summary>One that is in words already.</summary>
    public static Obstacle Of(Refusal refusal) => Of(refusal.Code, refusal, static refusal => refusal);

    protected abstract Refusal Words();

    private sealed class Told<T>(string code, T about, Func<T, Refusal> words) : Obstacle(code)
    {
        protected override Refusal Words() => words(about);
    }
}
