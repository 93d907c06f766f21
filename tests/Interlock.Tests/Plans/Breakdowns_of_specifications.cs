using System.Text;
using CsCheck;
using Interlock.Domain.Plans;
using Interlock.Domain.Plans.Breakdown;

namespace Interlock.Tests.Plans;

public sealed class Breakdowns_of_specifications
{
    private static readonly string[] Titles = ["Write it", "Do `src/a.cs`", "Ä 漢 🚀", "x [Dependencies: Task 9]", "y (dev-oauth-1)", "z\n- [ ] q", "**bold", "Task 1.1.1: t", "```", "<!-- c", "", "<<<<<<< HEAD"];

    [Fact]
    public void What_passes_is_read_back_as_it_was_answered()
    {
        var passed = 0;
        Gen.Select(Gen.Int[0, 20], Gen.Int[1, 30], Gen.Int[0, 9], Gen.Int[0, 6]).Array[0, 5].Sample(drawn =>
        {
            var tasks = drawn.Select((task, index) => new ProposedTask(
                task.Item2 == 1 ? "1.1.1" : $"1.1.{index + 1}", Titles[task.Item1 % 14 % 12], "low",
                task.Item3 == 9 ? ["1.1.9"] : task.Item3 is > 0 and var on && on <= index ? [$"1.1.{on}"] : [],
                task.Item4 < 4 ? [] : [new[] { "src/a.cs", "src/**", "a,b" }[task.Item4 - 4]])).ToList();
            var (text, problems) = BreakdownRules.Check([new ProposedStory("1.1", "S", tasks)]);
            if (problems.Count > 0)
            {
                return;
            }

            var plan = StoryPlanText.Read(Encoding.UTF8.GetBytes(text), "p");
            Assert.Equal(tasks.Select(task => (task.Id, task.Title)), plan.Tasks.Select(task => (task.Id.Value, task.Title)));
            Assert.Equal(tasks.Select(task => string.Join(',', task.Dependencies)), plan.Tasks.Select(task => string.Join(',', task.Dependencies)));
            Assert.DoesNotContain(plan.Problems, problem => problem.Severity == ProblemSeverity.Error);
            Interlocked.Increment(ref passed);
        }, iter: 3000);
        Assert.InRange(passed, 50, 3000);
    }

    [Theory]
    [InlineData("""{ "stories": [] }""", "there are 0 tasks")]
    [InlineData("""{ "stories": [ { "id": "1", "title": "S", "tasks": [ { "id": "1.1.1", "title": "A" } ] } ] }""", "'1' is no id of a story")]
    [InlineData("""{ "stories": [ { "id": "1.1", "title": "S", "tasks": [ { "id": "T1", "title": "A" } ] } ] }""", "'T1' is no id of a task")]
    [InlineData("""{ "stories": [ { "id": "1.1", "title": "S", "tasks": [ { "id": "1.1.1", "title": "A", "dependencies": ["1.1.1"] } ] } ] }""", "depends on itself")]
    [InlineData("""{ "stories": [ { "id": "1.1", "title": "S", "tasks": [ { "id": "1.1.1", "title": "A", "files": ["/etc/passwd"] } ] } ] }""", "no path inside")]
    [InlineData("""{ "stories": [ { "id": "1.1", "title": "S", "tasks": [ { "id": "1.1.1", "title": "A", "complexity": "huge" } ] } ] }""", "'huge'")]
    [InlineData("""{ "stories": [ { "id": "1.1", "title": "S", "tasks": [ { "id": "1.1.1", "title": "A", "dependencies": ["1.1.2"] }, { "id": "1.1.2", "title": "B", "dependencies": ["1.1.1"] } ] } ] }""", "wait for one another")]
    [InlineData("""{ "stories": [ { "id": "1.1", "title": "S" } ] }""", "no list 'tasks'")]
    [InlineData("""{ "stories": [ { "id": "1.1", "title": "S", "tasks": [ { "title": "A", "files": "src" } ] } ] }""", "no 'id'")]
    [InlineData("I would rather not.", "no JSON object")]
    public void What_is_wrong_is_said(string answer, string expected)
    {
        var problems = new List<string>();
        var stories = BreakdownAnswer.Read(Encoding.UTF8.GetBytes(answer), problems);

        Assert.Contains(problems.Count > 0 ? problems : BreakdownRules.Check(stories).Problems, problem => problem.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void No_output_makes_the_reader_throw() => Gen.OneOf(Gen.Byte.Array[0, 200], Gen.String[Gen.Char["{}[]\":, stories1.\\ud8"], 0, 200].Select(Encoding.UTF8.GetBytes)).Sample(
        output => BreakdownAnswer.Read(output, []).Count >= 0, iter: 3000);
}
