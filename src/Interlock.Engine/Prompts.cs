using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Running;

namespace Interlock.Engine;

public static class Prompts
{
    public static IReadOnlyDictionary<string, string> ForStory(Workspace workspace, IReadOnlyList<WorkTask> tasks) => new Dictionary<string, string>();
    public static void ShowStory(Workspace workspace, StoryId story) { }
    public static string ForRun(Workspace workspace, WorkTask task, Lease lease, RunOptions options, bool prior) => "";
}
