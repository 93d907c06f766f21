using Interlock.Domain.Plans;

namespace Interlock.Tests.Importers.Formats;

public sealed class Ralph_files
{
    [Fact]
    public void Stories_follow_one_another_by_priority_and_their_criteria_are_counted()
    {
        var plan = Read("""
            { "project": "Shop", "branchName": "ralph/shop-2", "userStories": [
              { "id": "US-002", "title": "B", "acceptanceCriteria": ["x", "`src/b.ts` exists"], "priority": 2, "passes": false, "notes": "" },
              { "id": "US-001", "title": "A", "acceptanceCriteria": ["y"], "priority": 1, "passes": true } ] }
            """);

        Assert.Equal(["US-002", "US-001"], plan.SourceIds());
        Assert.Equal(["US-002<-US-001 sequence"], plan.Implied());
        Assert.Equal((2, 3), (plan.Counts.Tasks, plan.Counts.Criteria));
        Assert.Equal(("shop-2", PlanStatus.Done, "true"), (plan.Stories[0].Id.Value, plan.Task("US-001").Status, plan.Task("US-001").StatusAsWritten));
        Assert.Equal(["src/b.ts"], plan.Task("US-002").Files);
    }

    [Fact]
    public void Where_a_file_says_what_waits_for_what_its_priorities_are_no_order()
    {
        var plan = Read("""{ "userStories": [ { "id": "1", "title": "A", "priority": 1 }, { "id": "2", "title": "B", "priority": 2 }, { "id": "3", "title": "C", "priority": 3, "dependsOn": ["1", "9"] } ] }""");

        Assert.Empty(plan.Implied());
        Assert.Equal(["3<-1"], plan.Edges());
        Assert.Equal("dangling-dependency", plan.Task("3").Problem);
    }

    [Fact]
    public void A_bare_list_of_features_is_read_too()
    {
        var plan = Read("""[ { "category": "ui", "description": "New chat\ncreates a chat", "steps": ["a", "b"], "passes": false }, { "category": "ui", "description": "New chat", "steps": [], "passes": true } ]""");

        Assert.Equal([("New chat", PlanStatus.Pending), ("New chat", PlanStatus.Done)], plan.Tasks.Select(task => (task.Title, task.Status)));
        Assert.Equal((2, 2), (plan.Counts.Tasks, plan.Counts.Criteria));
    }

    [Fact]
    public void Stories_of_several_epics_are_grouped_by_them()
    {
        var plan = Read("""{ "epics": [ { "title": "One", "userStories": [ { "id": "a", "title": "A", "passes": true } ] }, { "title": "Two", "userStories": [ { "id": "b", "title": "B" } ] } ] }""");

        Assert.Equal(["One", "Two"], plan.Tasks.Select(task => task.Group));
    }

    [Theory]
    [InlineData("""{"userStories":[{"id":"a","title":"A","passes":false}]}""", """{"userStories":[{"id":"a","title":"A","passes":true}]}""")]
    [InlineData("""{"userStories":[{"id":"a","title":"A"}]}""", """{"userStories":[{"passes": true, "id":"a","title":"A"}]}""")]
    [InlineData("""{"userStories":[{"id":"a","title":"A","status":"todo"}]}""", """{"userStories":[{"id":"a","title":"A","status":"done"}]}""")]
    public void A_tick_says_that_the_story_passes(string before, string after) =>
        Assert.Equal(after, DataPlans.Ticked("ralph", DataPlans.Input(("prd.json", before)), "a"));

    private static Plan Read(string json) => DataPlans.Read("ralph", ("prd.json", json));
}
