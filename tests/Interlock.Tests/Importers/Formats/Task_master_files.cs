using Interlock.Domain.Plans;

namespace Interlock.Tests.Importers.Formats;

public sealed class Task_master_files
{
    [Fact]
    public void Tasks_and_subtasks_come_in_the_order_of_the_file_with_ids_as_the_tool_shows_them()
    {
        var plan = DataPlans.TaskMaster("""
            { "master": { "tasks": [
              { "id": 2, "title": "Second", "status": "done", "dependencies": [], "subtasks": [
                { "id": 1, "title": "Part", "status": "pending", "dependencies": [] },
                { "id": 2, "title": "Other part", "dependencies": [1, "1", 1.5] } ] },
              { "id": "1", "title": "First", "status": "in-progress", "dependencies": [2, "2.1"], "subtasks": [] } ] } }
            """);

        Assert.Equal(["2", "2.1", "2.2", "1"], plan.SourceIds());
        Assert.Equal([PlanStatus.Done, PlanStatus.Pending, PlanStatus.Pending, PlanStatus.InProgress], plan.Tasks.Select(task => task.Status));
        Assert.Equal(["2.2<-2.1", "1<-2", "1<-2.1"], plan.Edges());
        Assert.Equal(["1", "1", "1.5"], plan.Task("2.2").DependenciesAsWritten);
        Assert.Equal([2, 3, 4, 5], plan.Tasks.Select(task => task.Line));
        Assert.Equal(("Second", "master"), (plan.Task("2.1").Group, plan.Task("1").Story.Value));
    }

    [Fact]
    public void Ids_keep_the_digits_of_the_file()
    {
        var plan = DataPlans.TaskMaster("""
            { "tasks": [ { "id": 31, "title": "A", "subtasks": [
              { "id": 31.1, "title": "a" }, { "id": 31.10, "title": "b", "dependencies": [31.1] }, { "id": "31.2", "title": "c", "dependencies": ["31.10"] } ] } ] }
            """);

        Assert.Equal(["31", "31.1", "31.10", "31.2"], plan.SourceIds());
        Assert.Equal(["31.10<-31.1", "31.2<-31.10"], plan.Edges());
    }

    [Fact]
    public void A_bare_number_in_a_subtask_is_a_sibling_where_there_is_one_and_else_a_task()
    {
        var plan = DataPlans.TaskMaster("""
            { "tasks": [ { "id": 1, "title": "A" }, { "id": 7, "title": "B" }, { "id": 9, "title": "C", "subtasks": [
              { "id": 1, "title": "a" }, { "id": 2, "title": "b", "dependencies": [1, 7, "9.1"] } ] } ] }
            """);

        Assert.Equal(["9.2<-9.1", "9.2<-7"], plan.Edges());
    }

    [Fact]
    public void Each_tag_is_a_story_and_its_ids_do_not_meet_those_of_the_main_one()
    {
        var plan = DataPlans.TaskMaster("""
            { "master": { "tasks": [ { "id": 1, "title": "A" }, { "id": 2, "title": "B", "dependencies": [1] } ] },
              "feature/login": { "tasks": [ { "id": 1, "title": "C" }, { "id": 2, "title": "D", "dependencies": [1, 16] } ], "metadata": {} },
              "notes": { "text": "none" } }
            """);

        Assert.Equal(["1", "2", "feature-login.1", "feature-login.2"], plan.Tasks.Select(task => task.Id.Value));
        Assert.Equal(["1", "2", "1", "2"], plan.SourceIds());
        Assert.Equal(["2<-1", "feature-login.2<-feature-login.1"], plan.Edges());
        Assert.Equal(["master", "feature-login"], plan.Stories.Select(story => story.Id.Value));
        Assert.Equal("dangling-dependency", plan.Task("feature-login.2").Problem);
    }

    [Fact]
    public void Two_tasks_of_one_id_are_both_kept_and_both_held_back()
    {
        var plan = DataPlans.TaskMaster("""{ "tasks": [ { "id": 4, "title": "A" }, { "id": 4, "title": "B" }, { "id": 5, "title": "C", "dependencies": [4] } ] }""");

        Assert.Equal(["4", "4", "5"], plan.SourceIds());
        Assert.Equal(["duplicate-task", "duplicate-task", null], plan.Tasks.Select(task => task.Problem));
    }

    [Fact]
    public void A_circle_holds_back_those_on_it_and_names_them()
    {
        var plan = DataPlans.TaskMaster("""
            { "tasks": [ { "id": 12, "title": "A", "subtasks": [ { "id": 1, "title": "a", "dependencies": [4] }, { "id": 4, "title": "b", "dependencies": ["12.1"] } ] },
              { "id": 13, "title": "B", "dependencies": [13] } ] }
            """);

        Assert.Equal([null, "cycle", "cycle", "self-dependency"], plan.Tasks.Select(task => task.Problem));
        Assert.Contains(plan.Problems, problem => problem.Code == "cycle" && problem.Message.Contains("12.1 (line 1) → 12.4", StringComparison.Ordinal));
    }

    [Fact]
    public void A_whole_waits_for_its_parts_and_a_part_for_what_the_whole_waits_for()
    {
        const string Json = """
            { "tasks": [ { "id": 1, "title": "A" }, { "id": 2, "title": "B", "dependencies": [1], "subtasks": [ { "id": 1, "title": "b" } ] } ] }
            """;

        Assert.Equal(["2<-2.1 parent", "2.1<-1 parent"], DataPlans.TaskMaster(Json).Implied());
        Assert.Empty(DataPlans.Read("task-master", DataPlans.Input(("t.json", Json)), new PlanReading(RelaxedKinds: new HashSet<string> { "parent" })).Implied());
    }

    [Fact]
    public void An_implied_edge_gives_way_to_a_written_one()
    {
        var plan = DataPlans.TaskMaster("""
            { "tasks": [ { "id": 4, "title": "A", "dependencies": ["5.1"] }, { "id": 5, "title": "B", "dependencies": [4], "subtasks": [ { "id": 1, "title": "b" } ] } ] }
            """);

        Assert.DoesNotContain("5.1<-4 parent", plan.Implied());
        Assert.All(plan.Tasks, task => Assert.Null(task.Problem));
    }

    [Theory]
    [InlineData("completed", PlanStatus.Done)]
    [InlineData("Done", PlanStatus.Done)]
    [InlineData("in_progress", PlanStatus.InProgress)]
    [InlineData("review", PlanStatus.InProgress)]
    [InlineData("deferred", PlanStatus.Blocked)]
    [InlineData("canceled", PlanStatus.Cancelled)]
    [InlineData("vibing", PlanStatus.Unknown)]
    public void Status_words_mean_what_people_mean_by_them(string word, PlanStatus expected)
    {
        var task = DataPlans.TaskMaster($$"""{ "tasks": [ { "id": 1, "title": "A", "status": "{{word}}" } ] }""").Tasks[0];

        Assert.Equal((expected, word), (task.Status, task.StatusAsWritten));
    }

    [Fact]
    public void Named_files_and_paths_in_the_text_seed_the_file_set()
    {
        var plan = DataPlans.TaskMaster("""
            { "tasks": [ { "id": 1, "title": "Add `src/a.ts`", "details": "See `docs/x.md`, `npm test` and `../up.ts`.", "relevantFiles": [ "lib/b.ts", { "path": "lib/c.ts", "action": "modify" }, "/etc/passwd" ] } ] }
            """);

        Assert.Equal(["lib/b.ts", "lib/c.ts", "src/a.ts", "docs/x.md"], plan.Tasks[0].Files);
    }

    [Fact]
    public void Nothing_is_lost_of_entries_without_an_id_or_of_an_odd_kind()
    {
        var plan = DataPlans.TaskMaster("""{ "tasks": [ { "title": "No id" }, "text", 7, { "id": null, "title": "No id" }, { "id": true } ] }""");

        Assert.Equal((3, 2), (plan.Counts.Tasks, plan.Counts.Excluded));
        Assert.Equal(["not-a-task", "missing-id"], plan.Codes().Order().Reverse());
    }

    [Fact]
    public void Half_a_character_and_a_status_given_twice_are_survived()
    {
        var plan = DataPlans.TaskMaster("""{ "tasks": [ { "id": 1, "title": "a\ud800\u00e9\n\"b\"", "status": "done", "status": "pending" }, ] } // end""");

        Assert.Equal(("a\uFFFDé \"b\"", PlanStatus.Pending), (plan.Tasks[0].Title, plan.Tasks[0].Status));
        Assert.Contains("duplicate-member", plan.Codes());
    }

    [Fact]
    public void An_unfinished_merge_is_an_error_with_its_lines_and_no_task_is_read()
    {
        var plan = DataPlans.TaskMaster("{ \"tasks\": [\n<<<<<<< HEAD\n { \"id\": 1, \"title\": \"A\" }\n=======\n { \"id\": 2, \"title\": \"B\" }\n>>>>>>> theirs\n] }");

        Assert.Empty(plan.Tasks);
        Assert.Equal(("conflict-marker", 2), (plan.Problems.Single().Code, plan.Problems.Single().Line));
        Assert.Contains("line 4", plan.Problems[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ \"tasks\": [ { \"id\": 1, } }", "invalid-json")]
    [InlineData("", "invalid-json")]
    [InlineData("{}", "no-stories")]
    public void A_file_that_cannot_be_read_says_so(string json, string code) => Assert.Equal([code], DataPlans.TaskMaster(json).Codes());

    [Theory]
    [InlineData("""{"tasks":[{"id":1,"title":"A","status":"pending"},{"id":2,"title":"B","status":"pending"}]}""", """{"tasks":[{"id":1,"title":"A","status":"done"},{"id":2,"title":"B","status":"pending"}]}""")]
    [InlineData("""{"tasks":[{"id":1,"title":"A"}]}""", """{"tasks":[{"status": "done", "id":1,"title":"A"}]}""")]
    [InlineData("""{"tasks":[{"id":1,"status":null}]}""", """{"tasks":[{"id":1,"status":"done"}]}""")]
    [InlineData("""{"tasks":[{"id":1,"status":"done","status":"p"}]}""", """{"tasks":[{"id":1,"status":"done","status":"done"}]}""")]
    public void A_tick_is_the_smallest_edit(string before, string after) =>
        Assert.Equal(after, DataPlans.Ticked("task-master", DataPlans.Input((".taskmaster/tasks/tasks.json", before)), "1"));
}
