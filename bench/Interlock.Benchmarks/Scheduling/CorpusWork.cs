using System.Text.Json;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Domain.Simulation;
using Interlock.Engine.Configuration;
using Interlock.Engine.Importers;

namespace Interlock.Benchmarks.Scheduling;

/// <summary>Real plans of a folder, with everything in them still to be done: one workload a story, and one a plan.</summary>
internal static class CorpusWork
{
    private const int FewestTasks = 5;
    private const int MostTasks = 300;

    public static IEnumerable<Workload> In(string folder)
    {
        foreach (var answer in Directory.GetFiles(folder, "EXPECT.json", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }).Order(StringComparer.Ordinal))
        {
            var plan = Read(answer);
            var stories = plan.Tasks.GroupBy(task => task.Story).Select(story => story.ToList()).ToList();
            foreach (var tasks in stories.Count > 1 ? stories.Append([.. plan.Tasks]) : stories)
            {
                if (tasks.Count is >= FewestTasks and <= MostTasks)
                {
                    yield return new Workload { Tasks = [.. tasks.Select((task, order) => Open(plan, task, order))], Workers = GeneratedWork.Agents(10) };
                }
            }
        }
    }

    private static Plan Read(string answer)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(answer));
        var root = Path.GetDirectoryName(answer)!;
        var file = Path.Combine(root, json.RootElement.GetProperty("file").GetString()!);
        var backlog = Path.Combine(root, "backlog");
        var (format, input) = PlanDiscovery.Find(root, new InterlockConfig(), new PlanChoice(Directory.Exists(backlog) ? backlog : file));
        return format.Parse(input, new PlanReading());
    }

    private static WorkTask Open(Plan plan, PlanTask task, int order) => new()
    {
        Id = task.Id,
        Story = task.Story,
        Epic = plan.Stories.FirstOrDefault(story => story.Id == task.Story)?.Epic,
        Title = task.Title,
        Order = order,
        Complexity = task.Complexity,
        Dependencies = [.. task.AllDependencies],
        Files = task.Files,
        Module = $"{task.Story} {task.Group}",
        Parts = task.Parts.Count > 0 ? task.Parts : null,
    };
}
