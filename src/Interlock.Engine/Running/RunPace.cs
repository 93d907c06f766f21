using Interlock.Domain.Scheduling;
using Interlock.Engine.Learning;

namespace Interlock.Engine.Running;

/// <summary>How long a run expects its tasks and their landing to take: what was known at its start, and what it has seen since.</summary>
internal sealed class RunPace(Workspace workspace)
{
    private Pace pace = Pace.Unknown;
    private int batches;
    private int learnedAt;

    public TimeSpan Landing => pace.Landing ?? TimeSpan.Zero;

    public TimeSpan TimeOf(WorkTask task) => pace.TimeOf(task);

    public void Start(Pace known) => pace = known;

    /// <summary>The first batches say most about those to come; later ones are looked at by the tenth.</summary>
    public void NoteBatch()
    {
        batches++;
        if (batches - learnedAt > learnedAt / 10)
        {
            learnedAt = batches;
            pace = workspace.Store.Read(reader => Pace.Read(reader, workspace.Config.Config));
        }
    }
}
