using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;
using Interlock.Domain.Plans;
using Interlock.Domain.Plans.Export;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Configuration;
using Interlock.Engine.Importers;

namespace Interlock.Tests.Importers.Formats;

public sealed partial class Exporting_plans
{
    private static readonly Dictionary<StoryId, string> Titles = new() { [new StoryId("2.5")] = "Token store 🚀" };

    private static readonly Gen<List<WorkTask>> AnyTasks =
        Gen.Select(Gen.Enum<TaskState>(), Gen.OneOf(Gen.String[Gen.Char.AlphaNumeric, 1, 20], Gen.Const("Ä \"b\" <c> 漢")), Gen.Int[0, 1000], Gen.Bool).List[1, 12].Select(drawn =>
        {
            var tasks = new List<WorkTask>();
            foreach (var (state, title, waits, isOther) in drawn)
            {
                tasks.Add(new WorkTask
                {
                    Id = new TaskId($"2.5.{tasks.Count + 1}"),
                    Story = new StoryId(isOther ? "2.6" : "2.5"),
                    Title = $"Do {title}",
                    Order = tasks.Count,
                    State = state,
                    Files = tasks.Count % 2 == 0 ? [$"src/{tasks.Count}.cs", "docs/**"] : [],
                    Dependencies = tasks.Count > 0 && waits % 3 > 0 ? [tasks[waits % tasks.Count].Id] : [],
                });
            }

            return tasks;
        });

    [Fact]
    public void What_is_written_for_task_master_is_read_as_the_same_tasks() =>
        AnyTasks.Sample(tasks => AssertSame(tasks, DataPlans.TaskMaster(Text("task-master", tasks))), iter: 300);

    [Fact]
    public void What_is_written_for_beads_is_read_as_the_same_tasks() =>
        AnyTasks.Sample(tasks => AssertSame(tasks, DataPlans.Read("beads", (".beads/issues.jsonl", Text("beads", tasks)))), iter: 300);

    [Fact]
    public void What_is_written_for_spec_kit_is_read_as_the_same_tasks_under_numbers_of_its_own() => AnyTasks.Sample(AssertSameInSpecKit, iter: 300);

    [Fact]
    public void Dependencies_on_other_stories_are_left_out_and_counted()
    {
        WorkTask Task(string id, string story, params string[] on) =>
            new() { Id = new TaskId(id), Story = new StoryId(story), Title = id, Dependencies = [.. on.Select(other => new TaskId(other))] };

        var exported = PlanExport.Write("task-master", [Task("1", "a"), Task("2", "a", "1", "9")], Titles);

        Assert.Equal((2, 1), (exported.Tasks, exported.LeftOut));
        Assert.Equal(["2<-1"], DataPlans.TaskMaster(exported.Text).Edges());
    }

    [Theory]
    [InlineData("task-master")]
    [InlineData("beads")]
    [InlineData("spec-kit")]
    public void Every_real_plan_comes_back_as_it_was_written(string format)
    {
        var answers = Directory.GetFiles(Corpus(), "EXPECT.json", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None });

        Assert.NotEmpty(answers);
        Assert.All(answers, answer =>
        {
            var tasks = TasksOf(PlanAt(answer));
            Assert.NotEmpty(tasks);
            if (format == "spec-kit")
            {
                AssertSameInSpecKit(tasks);
            }
            else
            {
                AssertSame(tasks, DataPlans.Read(format, ("x", Text(format, tasks))));
            }
        });
    }

    private static string Corpus()
    {
        var folder = Environment.GetEnvironmentVariable("INTERLOCK_CORPUS");
        if (string.IsNullOrEmpty(folder) || !Directory.Exists(folder))
        {
            Assert.Skip("INTERLOCK_CORPUS names no folder");
        }

        return folder;
    }

    private static Plan PlanAt(string answer)
    {
        var folder = Path.GetDirectoryName(answer)!;
        var backlog = Path.Combine(folder, "backlog");
        using var json = JsonDocument.Parse(File.ReadAllBytes(answer));
        var from = Directory.Exists(backlog) ? backlog : Path.Combine(folder, json.RootElement.GetProperty("file").GetString()!);
        var (format, input) = PlanDiscovery.Find(folder, new InterlockConfig(), new PlanChoice(from));
        return format.Parse(input, new PlanReading());
    }

    private static List<WorkTask> TasksOf(Plan plan) => [.. plan.Tasks.Select((task, index) => new WorkTask
    {
        Id = task.Id,
        Story = task.Story,
        Title = task.Title,
        Order = index,
        Files = task.Files,
        Dependencies = [.. task.AllDependencies],
        State = task.Status switch { PlanStatus.Done => TaskState.Merged, PlanStatus.Cancelled => TaskState.Cancelled, PlanStatus.Blocked => TaskState.Dead, PlanStatus.InProgress => TaskState.Running, _ => TaskState.Ready },
    })];

    private static string Text(string format, List<WorkTask> tasks) => PlanExport.Write(format, tasks, Titles).Text;

    private static void AssertSameInSpecKit(List<WorkTask> tasks)
    {
        var text = Text("spec-kit", tasks);
        var plan = DataPlans.Format("spec-kit").Parse(DataPlans.Input(("specs/001-x/tasks.md", text)), new PlanReading());
        var old = OldIds().Matches(text).ToDictionary(match => match.Groups["new"].Value, match => match.Groups["old"].Value);
        var kept = tasks.Where(task => task.State != TaskState.Cancelled).ToDictionary(task => task.Id.Value);

        Assert.Equal(kept.Keys.Order(), plan.Tasks.Select(task => old[task.SourceId]).Order());
        Assert.All(plan.Tasks, task =>
        {
            var was = kept[old[task.SourceId]];
            Assert.Equal(was.State == TaskState.Merged, task.Status == PlanStatus.Done);

            // Paths among the words of the title count as well.
            Assert.Superset(was.Files.ToHashSet(), task.Files.ToHashSet());
            Assert.DoesNotContain(task.Implicit, edge => edge.Kind != DependencyKind.Inline);
            Assert.Equal(was.Dependencies.Select(id => id.Value), task.DependenciesAsWritten.Select(id => old[id]));
            Assert.StartsWith(was.Title, task.Title, StringComparison.Ordinal);
        });
    }

    private static void AssertSame(List<WorkTask> tasks, Plan plan)
    {
        Assert.Equal(tasks.Select(Told), plan.Tasks.Select(task => $"{task.Id}|{task.Title}|{Word(task.Status)}|{string.Join(',', task.Dependencies)}|{string.Join(',', task.Files.Order(StringComparer.Ordinal))}"));
        Assert.DoesNotContain(plan.Problems, problem => problem.Severity == ProblemSeverity.Error);
    }

    private static string Told(WorkTask task) =>
        $"{task.Id}|{task.Title}|{(StatusWords.Of(task.State) is "review" ? "in_progress" : StatusWords.Of(task.State))}|{string.Join(',', task.Dependencies)}|{string.Join(',', task.Files.Order(StringComparer.Ordinal))}";

    private static string Word(PlanStatus status) => status switch
    {
        PlanStatus.Done => "completed",
        PlanStatus.InProgress => "in_progress",
        PlanStatus.Cancelled => "cancelled",
        PlanStatus.Blocked => "blocked",
        _ => "pending",
    };

    [GeneratedRegex(@"(?<new>T\d{3,})[^\n]*<!-- (?<old>\S+) -->")]
    private static partial Regex OldIds();
}
