using System.Text.Json;
using System.Xml.Linq;

namespace Interlock.Tests.Cli;

public sealed class Schedules_shown
{
    private const string Plan = """
        # Plan

        ### Story 2.5: Parts <script>alert(1)</script>

        #### One & only

        - [ ] Task 2.5.1: Write "a" & <b> ]]> [Dependencies: none] [Files: a.txt]
        - [ ] Task 2.5.2: Write b [Dependencies: none] [Files: a.txt]
        - [ ] Task 2.5.3: Write c [Dependencies: Task 2.5.1] [Files: c.txt]
        - [ ] Task 2.5.4: Write d [Dependencies: none] [Files: d.txt]

        """;

    private const string Durations = "2.5.1=10m,2.5.2=10m,2.5.3=20m,2.5.4=30m";

    [Theory]
    [InlineData(1, 4200, 4200, "agents")]
    [InlineData(2, 2400, 2100, "")]
    [InlineData(7, 1800, 1800, "critical-path")]
    public void A_simulation_says_who_does_what_when_and_how_good_that_is(int agents, double makespan, double bound, string kind)
    {
        using var cli = Cli.Repository(Plan);

        var told = cli.Json("simulate", "--story", "2.5", "--agents", $"{agents}", "--durations", Durations).Expect(0).Json;

        Assert.InRange(told.GetProperty("lower_bound").GetDouble(), bound, makespan);
        Assert.StartsWith(kind, told.GetProperty("bound").GetProperty("kind").GetString(), StringComparison.Ordinal);
        Assert.InRange(told.GetProperty("makespan").GetDouble(), bound, makespan);
        Assert.Equal(4200 / told.GetProperty("makespan").GetDouble(), told.GetProperty("speedup").GetDouble(), 3);
        var assignments = told.GetProperty("assignments").EnumerateArray().ToDictionary(given => given.GetProperty("task_id").GetString()!);
        Assert.Equal(["2.5.1", "2.5.2", "2.5.3", "2.5.4"], assignments.Keys.Order());
        Assert.True(Start("2.5.3") >= End("2.5.1"));
        Assert.True(Start("2.5.2") >= End("2.5.1") || Start("2.5.1") >= End("2.5.2"));
        Assert.Equal(told.GetProperty("makespan").GetDouble(), assignments.Keys.Max(End));

        double Start(string task) => assignments[task].GetProperty("start").GetDouble();
        double End(string task) => assignments[task].GetProperty("end").GetDouble();
    }

    [Fact]
    public void Durations_come_from_a_file_as_well_and_a_star_stands_for_the_others()
    {
        using var cli = Cli.Repository(Plan);
        cli.Write("times.txt", "# measured\n2.5.4 = 90s\n\n* = 1m\n");

        var told = cli.Json("simulate", "--story", "2.5", "--agents", "1", "--durations", "times.txt").Expect(0).Json;

        Assert.Equal(270, told.GetProperty("makespan").GetDouble());
        Assert.All(told.GetProperty("durations").EnumerateArray(), estimate => Assert.Equal("given", estimate.GetProperty("ground").GetString()));
    }

    [Theory]
    [InlineData("2.5.1", "'2.5.1' is no duration of a task")]
    [InlineData("2.5.1=soon", "'2.5.1=soon' is no duration of a task")]
    [InlineData("2.5.9=1m", "the story has no task '2.5.9'")]
    [InlineData("2.5.1=1m,2.5.1=2m", "task 2.5.1 is given twice")]
    public void Durations_that_mean_nothing_are_refused(string durations, string message)
    {
        using var cli = Cli.Repository(Plan);

        Assert.Contains(message, cli.Run("simulate", "--story", "2.5", "--durations", durations).Expect(2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mistake_in_a_file_of_durations_is_named_with_its_line()
    {
        using var cli = Cli.Repository(Plan);
        cli.Write("times.txt", "2.5.1=1m\n2.5.2=\n");

        Assert.Contains("times.txt:2: ", cli.Run("simulate", "--story", "2.5", "--durations", "times.txt").Expect(2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Drawings_are_whole_and_nothing_of_a_plan_becomes_markup_in_them()
    {
        using var cli = Cli.Repository(Plan);

        cli.Run("simulate", "--story", "2.5", "--agents", "2", "--durations", Durations, "--svg", "out/gantt.svg").Expect(0);
        cli.Run("plan", "--story", "2.5", "--svg", "plan.svg").Expect(0);

        foreach (var drawing in (XDocument[])[XDocument.Parse(cli.Read("out/gantt.svg")), XDocument.Parse(cli.Read("plan.svg"))])
        {
            var names = drawing.Descendants().Select(element => element.Name.LocalName).Distinct().Order();
            Assert.Empty(names.Except(["svg", "title", "style", "rect", "text", "line", "path"]));
            Assert.Contains(drawing.Descendants(), element => element.Name.LocalName == "title" && element.Value.Contains("Write \"a\" & <b> ]]>", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_drawing_replaces_a_drawing_and_no_other_file()
    {
        using var cli = Cli.Repository(Plan);
        cli.Write("mine.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
        string[] again = ["simulate", "--story", "2.5", "--svg"];

        Assert.Contains("is no drawing of interlock", cli.Run([.. again, "mine.svg"]).Expect(1).Error, StringComparison.Ordinal);
        cli.Run([.. again, "ours.svg"]).Expect(0);
        cli.Run([.. again, "ours.svg"]).Expect(0);

        Assert.Equal("<svg xmlns=\"http://www.w3.org/2000/svg\"/>", cli.Read("mine.svg"));
    }

    [Fact]
    public void A_plan_promises_a_time_for_each_number_of_agents_with_bound_width_path_and_contention()
    {
        using var cli = Cli.Repository(Plan);

        var forecast = cli.Json("plan", "--story", "2.5").Expect(0).Json.GetProperty("forecast");

        Assert.Equal(["2.5.1", "2.5.3"], Texts(forecast.GetProperty("critical_path")));
        Assert.Equal((1, 3), (forecast.GetProperty("edges").GetInt32(), forecast.GetProperty("width").GetInt32()));
        var runs = forecast.GetProperty("runs").EnumerateArray().ToList();
        Assert.Equal(Enumerable.Range(1, 7), runs.Select(run => run.GetProperty("agents").GetInt32()));
        Assert.All(runs, run => Assert.True(run.GetProperty("makespan").GetDouble() >= run.GetProperty("lower_bound").GetDouble()));
        Assert.Equal(4800, runs[0].GetProperty("makespan").GetDouble());
        Assert.Equal(2400, runs[^1].GetProperty("makespan").GetDouble());
        Assert.Contains(forecast.GetProperty("contended").EnumerateArray(), contended => contended.GetProperty("name").GetString() == "a.txt" && Texts(contended.GetProperty("tasks")).SequenceEqual(["2.5.1", "2.5.2"]));
        Assert.Equal(2, forecast.GetProperty("recommended_agents").GetInt32());
        var said = cli.Run("plan", "--story", "2.5").Expect(0).Out;
        Assert.Contains("2.5.1* ", said, StringComparison.Ordinal);
        Assert.Contains("Durations: 4 by complexity alone", said, StringComparison.Ordinal);
    }

    [Fact]
    public void One_agent_is_better_where_everything_is_in_one_file()
    {
        using var cli = Cli.Repository("# Plan\n\n### Story 2.5: Parts\n\n- [ ] Task 2.5.1: A [Files: a.txt]\n- [ ] Task 2.5.2: B [Files: a.txt]\n- [ ] Task 2.5.3: C [Files: a.txt]\n");

        var forecast = cli.Json("plan", "--story", "2.5").Expect(0).Json.GetProperty("forecast");

        Assert.Equal(1, forecast.GetProperty("recommended_agents").GetInt32());
        Assert.Contains("one agent is better here", forecast.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_assignment_says_why_each_task_went_where_it_did_also_the_second_time()
    {
        using var cli = Cli.Repository();

        var first = cli.Json("assign", "--story", "2.5", "--explain").Expect(0).Json.GetProperty("assignments");
        var second = cli.Json("assign", "--story", "2.5", "--explain").Expect(0).Json.GetProperty("assignments");

        Assert.Equal(first.GetRawText(), second.GetRawText());
        var reasons = first.EnumerateArray().ToDictionary(given => given.GetProperty("task_id").GetString()!, given => given.GetProperty("reason").GetString()!);
        Assert.Equal("title says 'oauth'", reasons["2.5.1"]);
        Assert.Equal("title says 'test'", reasons["2.5.5"]);
        Assert.Contains("title says 'oauth'", cli.Run("assign", "--story", "2.5", "--explain").Expect(0).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Status_of_a_story_says_how_long_the_rest_takes()
    {
        using var cli = Cli.Assigned();

        Assert.True(cli.Json("status", "--story", "2.5").Expect(0).Json.GetProperty("remaining").GetProperty("makespan").GetDouble() > 0);
        Assert.Contains("left with 7 agents", cli.Run("status", "--story", "2.5").Expect(0).Out, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Texts(JsonElement list) => list.EnumerateArray().Select(item => item.GetString()!);
}
