using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Interlock.Domain.Graph;

namespace Interlock.Domain.Plans.Breakdown;

/// <summary>What a breakdown must be, and the story plan it is written down as.</summary>
public static partial class BreakdownRules
{
    public const int MostTasks = 500;
    public const int LongestTitle = 200;

    private const int MostProblems = 40;

    /// <summary>The plan a person could have written, and everything that is wrong with it; it counts only when nothing is.</summary>
    public static (string Text, IReadOnlyList<string> Problems) Check(IReadOnlyList<ProposedStory> stories)
    {
        var problems = new List<string>();
        var tasks = stories.SelectMany(story => story.Tasks).ToList();
        if (tasks.Count is 0 or > MostTasks)
        {
            problems.Add($"there are {tasks.Count} tasks; at least 1 and at most {MostTasks} are wanted");
        }

        foreach (var story in stories)
        {
            CheckStory(story, problems);
        }

        CheckUnique("story", stories.Select(story => story.Id), problems);
        CheckUnique("task", tasks.Select(task => task.Id), problems);
        var ids = tasks.Select(task => task.Id).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var task in tasks)
        {
            CheckTask(task, ids, problems);
        }

        var text = Text(stories);
        if (problems.Count == 0)
        {
            CheckCycles(tasks, problems);
            CheckReading(text, tasks, problems);
        }

        return (text, [.. problems.Distinct().Take(MostProblems)]);
    }

    private static string Text(IReadOnlyList<ProposedStory> stories)
    {
        var text = new StringBuilder("# Plan\n");
        foreach (var story in stories)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n### Story {story.Id}: {story.Title}\n\n");
            foreach (var task in story.Tasks)
            {
                var waits = task.Dependencies.Count == 0 ? "none" : string.Join(", ", task.Dependencies.Select(id => $"Task {id}"));
                var files = task.Files.Count == 0 ? "" : $" [Files: {string.Join(", ", task.Files)}]";
                text.Append(CultureInfo.InvariantCulture, $"- [ ] Task {task.Id}: {task.Title} [Complexity: {task.Complexity}] [Dependencies: {waits}]{files}\n");
            }
        }

        return text.ToString();
    }

    private static void CheckStory(ProposedStory story, List<string> problems)
    {
        if (!StoryNumber().IsMatch(story.Id))
        {
            problems.Add($"'{story.Id}' is no id of a story; write two numbers with a dot, such as 1.2");
        }

        CheckTitle($"story {story.Id}", story.Title, problems);
        if (story.Tasks.Count == 0)
        {
            problems.Add($"story {story.Id} has no tasks");
        }
    }

    private static void CheckTask(ProposedTask task, HashSet<string> ids, List<string> problems)
    {
        if (!TaskNumber().IsMatch(task.Id))
        {
            problems.Add($"'{task.Id}' is no id of a task; write three numbers with dots, such as 1.2.3");
        }

        CheckTitle($"task {task.Id}", task.Title, problems);
        if (task.Complexity is not ("low" or "medium" or "high"))
        {
            problems.Add($"the complexity of task {task.Id} is '{task.Complexity}' and not low, medium or high");
        }

        problems.AddRange(task.Dependencies.Where(id => id == task.Id).Select(_ => $"task {task.Id} depends on itself"));
        problems.AddRange(task.Dependencies.Where(id => !ids.Contains(id)).Select(id => $"task {task.Id} depends on {id}, and there is no such task"));
        problems.AddRange(task.Files.Where(file => PlanPaths.Normalise(file) != file || file.AsSpan().IndexOfAny(",[]`") >= 0)
            .Select(file => $"'{file}' of task {task.Id} is no path inside the repository"));
    }

    private static void CheckTitle(string what, string title, List<string> problems)
    {
        if (title.Length > LongestTitle)
        {
            problems.Add($"the title of {what} has {title.Length} characters; at most {LongestTitle} are wanted");
        }
    }

    private static void CheckUnique(string noun, IEnumerable<string> ids, List<string> problems) => problems.AddRange(
        ids.GroupBy(id => id, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1).Select(group => $"the {noun} id {group.Key} is used {group.Count()} times"));

    private static void CheckCycles(List<ProposedTask> tasks, List<string> problems)
    {
        var graph = TaskGraph.Build(tasks.Select(task => new TaskNode(new TaskId(task.Id), [.. task.Dependencies.Select(id => new TaskId(id))])));
        problems.AddRange(graph.Cycles.Where(cycle => cycle.Count > 1)
            .Select(cycle => $"tasks wait for one another: {string.Join(" → ", graph.CycleThrough(cycle[0]).Take(50))}"));
    }

    /// <summary>What is written down must be read as what was answered: a title may hold what the grammar takes for an attribute.</summary>
    private static void CheckReading(string text, List<ProposedTask> tasks, List<string> problems)
    {
        if (problems.Count > 0)
        {
            return;
        }

        var plan = new StoryPlan().Parse(new PlanInput([new PlanFile("plan.md", Encoding.UTF8.GetBytes(text))], "plan.md"), new PlanReading());
        problems.AddRange(plan.Problems.Where(problem => problem.Severity != ProblemSeverity.Info).Select(problem => problem.Message));
        var read = plan.Tasks.ToDictionary(task => task.Id.Value);
        problems.AddRange(tasks.Where(task => !read.TryGetValue(task.Id, out var found) || found.Title != task.Title || !found.DependenciesAsWritten.SequenceEqual(task.Dependencies))
            .Select(task => $"the title of task {task.Id} cannot be written in one line of a plan; use plain words without brackets at the end"));
    }

    [GeneratedRegex(@"\A\d{1,4}\.\d{1,4}\z", RegexOptions.CultureInvariant)]
    private static partial Regex StoryNumber();

    [GeneratedRegex(@"\A\d{1,4}\.\d{1,4}\.\d{1,4}\z", RegexOptions.CultureInvariant)]
    private static partial Regex TaskNumber();
}
