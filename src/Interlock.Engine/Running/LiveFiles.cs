namespace Interlock.Engine.Running;

/// <summary>
/// Takes in and writes the files people share at each tick. What keeps a run from it ends no agent's work: it is told once, and tried
/// again at the next tick.
/// </summary>
internal sealed class LiveFiles(RunContext context)
{
    private bool failing;

    public void Tick()
    {
        var problem = context.Workspace.TrySync();
        if (problem is not null && !failing)
        {
            context.Tell(new RunNews(context.Workspace.Protocol.Clock.Now, "WARNING", null, null, $"{problem.Message}; the run goes on and tries again. {problem.Hint}"));
        }

        failing = problem is not null;
    }
}
