using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Learning;

namespace Interlock.Engine.Running;

/// <summary>How long a run expects its tasks and their landing to take: what it was told, what was known at its start, and what it has seen since.</summary>
/// <param name="given">By a person.</param>
internal sealed class RunPace(Workspace workspace, IReadOnlyDictionary<TaskId, TimeSpan> given)
{
    private Pace pace = Pace.Unknown;
    private int batches;
    private int learnedAt;

    /// <summary>
    /// As long as none was seen, a tenth of the shortest task. The scale is a guess; that it is not nothing is what counts: a
    /// schedule that leaves no room for landings is thrown out by the first of them.
    /// </summary>
    public TimeSpan Landing => pace.Landing ?? (given.Count > 0 ? given.Values.Min() : Effort.Unit) / 10;

    public TimeSpan TimeOf(WorkTask task) => given.TryGetValue(task.Id, out var time) ? time : pace.TimeOf(task);

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
