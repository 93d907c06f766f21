using Interlock.Domain.Assignment;
using Interlock.Domain.Plans;

namespace Interlock.Tests.Assignment;

public sealed class AssignerTests
{
    [Theory]
    [InlineData("Create GET endpoint to validate OAuth tokens", "dev-backend", "title says 'endpoint'")]
    [InlineData("Write unit tests for token rotation", "qa", "title says 'test'")]
    [InlineData("Implement error handling for expired tokens", "qa", "title says 'error handling'")]
    [InlineData("Validating the OAuth callback", "qa", "title says 'validate'")]
    [InlineData("Create OAuth config for the API", "dev-oauth", "title says 'oauth'")]
    [InlineData("Extend tokenService", "dev-oauth", "title says 'token'")]
    [InlineData("Create database schema", "dev-backend", "title says 'database'")]
    public void A_title_decides_by_its_heaviest_keyword(string title, string type, string reason)
    {
        var assignment = Assert.Single(Assigner.Assign([NewTask("1", title)], Roster.Default));

        Assert.Equal(type, assignment.Type);
        Assert.Equal(reason, assignment.Reason);
        Assert.StartsWith(type + "-", assignment.Agent.Value);
    }

    [Fact]
    public void Files_speak_where_the_title_is_silent_and_the_group_where_both_are()
    {
        var byFile = NewTask("1", "Polish", "Token service") with { Files = ["src/routes/OAuthController.cs"] };
        var byGroup = NewTask("2", "Polish", "Token service");

        var assignments = Assigner.Assign([byFile, byGroup], Roster.Default);

        Assert.Equal(["a file name says 'route'", "group says 'token'"], assignments.Select(a => a.Reason));
        Assert.Equal(["dev-backend", "dev-oauth"], assignments.Select(a => a.Type));
    }

    [Fact]
    public void Of_the_agents_of_a_type_the_one_is_named_for_shared_files_a_shared_group_or_even_work()
    {
        var roster = new Roster([new AgentType("dev", 2, [])]);
        var tasks = new[]
        {
            NewTask("1", "A", "One") with { Files = ["src/a.cs"] },
            NewTask("2", "B", "Two") with { Files = ["src/"] },
            NewTask("3", "C", "Three") with { Files = ["lib/c.cs"] },
            NewTask("4", "D", "Three") with { Files = ["lib/d.cs"] },
        };

        var beside = Assigner.Assign(tasks, roster).ToDictionary(given => given.Task.Value, given => given.Beside);

        Assert.Equal("with 2, which also changes src/a.cs", beside["1"]);
        Assert.Equal("with 1, which also changes src/**", beside["2"]);
        Assert.Equal("with 4 of the same group", beside["3"]);
    }

    [Fact]
    public void A_word_inside_a_longer_word_is_not_a_keyword()
    {
        var assignment = Assert.Single(Assigner.Assign([NewTask("1", "Contest tokenizer latest")], Roster.Default));

        Assert.Contains("lightest load", assignment.Reason);
    }

    [Fact]
    public void An_annotation_beats_the_current_agent_and_both_beat_the_title()
    {
        var task = NewTask("1", "Create endpoint") with { Current = AgentId.Parse("dev-oauth-2") };

        Assert.Equal("dev-oauth-2", Only(task).Agent.Value);
        Assert.Equal("qa-2", Only(task with { Annotation = AgentId.Parse("qa-2") }).Agent.Value);
        Assert.Equal("dev-oauth-2", Only(task with { Annotation = AgentId.Parse("stranger-1") }).Agent.Value);
        Assert.Equal("dev-backend", Only(task with { Current = AgentId.Parse("qa-3") }).Type);
    }

    [Fact]
    public void Tasks_of_one_group_stay_with_one_agent_while_the_load_is_even()
    {
        var tasks = Enumerable.Range(1, 6).Select(i => NewTask($"{i}", "Create endpoint", i % 2 == 0 ? "Users" : "Orders")).ToList();

        var byGroup = Assigner.Assign(tasks, Roster.Default).GroupBy(a => int.Parse(a.Task.Value) % 2);

        Assert.All(byGroup, group => Assert.Single(group.Select(a => a.Agent).Distinct()));
    }

    [Fact]
    public void A_group_too_large_for_one_agent_gives_up_no_more_than_it_must()
    {
        var tasks = Enumerable.Range(1, 7).Select(i => NewTask($"{i}", "Create endpoint", i <= 5 ? "Users" : "Orders")).ToList();

        var agents = Assigner.Assign(tasks, Roster.Default).Select(a => a.Agent).ToList();

        Assert.Equal(agents[5], agents[6]);
        Assert.Equal(4, agents.Take(5).Count(agent => agent != agents[5]));
    }

    [Fact]
    public void An_even_load_comes_before_the_group()
    {
        AssignableTask[] tasks =
        [
            NewTask("1", "Create endpoint", "Users") with { Complexity = Complexity.High },
            NewTask("2", "Create endpoint", "Users") with { Complexity = Complexity.Low, Annotation = AgentId.Parse("dev-backend-2") },
            NewTask("3", "Create endpoint", "Orders") with { Complexity = Complexity.Low },
        ];

        Assert.Equal(["dev-backend-1", "dev-backend-2", "dev-backend-2"], Assigner.Assign(tasks, Roster.Default).Select(a => a.Agent.Value));
    }

    [Fact]
    public void Tasks_whose_file_patterns_overlap_stay_with_one_agent()
    {
        var tasks = Enumerable.Range(1, 4).Select(i => NewTask($"{i}", "Create endpoint") with
        {
            Files = [i switch { 1 => "src/users/", 2 => "src/users/b.ts", 3 => "src/orders/a.ts", _ => "src/orders/*.ts" }],
        }).ToList();

        var agents = Assigner.Assign(tasks, Roster.Default).Select(a => a.Agent).ToList();

        Assert.Equal(agents[0], agents[1]);
        Assert.Equal(agents[2], agents[3]);
        Assert.NotEqual(agents[0], agents[2]);
    }

    [Fact]
    public void New_work_joins_the_agent_that_has_its_group_already()
    {
        AssignableTask[] tasks =
        [
            NewTask("1", "Create endpoint", "Users") with { Current = AgentId.Parse("dev-backend-2") },
            NewTask("2", "Create endpoint", "Orders") with { Current = AgentId.Parse("dev-backend-1") },
            NewTask("3", "Create endpoint", "Users"),
        ];

        Assert.Equal("dev-backend-2", Assigner.Assign(tasks, Roster.Default)[2].Agent.Value);
    }

    [Fact]
    public void An_idle_type_is_given_the_weakest_fit_of_the_busiest_and_never_a_title()
    {
        var titled = Enumerable.Range(1, 12).Select(i => NewTask($"{i}", "Store token")).ToList();
        var grouped = Enumerable.Range(13, 8).Select(i => NewTask($"{i}", "Polish", "Token service"));

        var assignments = Assigner.Assign([.. titled, .. grouped], Roster.Default);

        Assert.All(assignments.Take(12), a => Assert.Equal("dev-oauth", a.Type));
        Assert.Equal(7, assignments.Select(a => a.Agent).Distinct().Count());
        Assert.Contains(assignments, a => a.Reason == "qa had too little work");
        Assert.All(Assigner.Assign(titled, Roster.Default), a => Assert.Equal("dev-oauth", a.Type));
    }

    [Fact]
    public void A_type_with_much_work_unevenly_fixed_is_not_given_more()
    {
        var heavy = Enumerable.Range(1, 10).Select(i => NewTask($"{i}", "Test") with { Annotation = AgentId.Parse("qa-1") });
        var light = Enumerable.Range(11, 4).Select(i => NewTask($"{i}", "Test") with { Annotation = AgentId.Parse("qa-2") });
        var grouped = Enumerable.Range(15, 12).Select(i => NewTask($"{i}", "Polish", "Token service"));

        var assignments = Assigner.Assign([.. heavy, .. light, .. grouped], Roster.Default);

        Assert.Equal(14, assignments.Count(a => a.Type == "qa"));
    }

    [Fact]
    public void A_roster_of_ones_own_works_by_its_own_keywords()
    {
        var roster = new Roster([new AgentType("red", 1, ["paint^2", "oil paint"]), new AgentType("blue", 2, ["oil"]), new AgentType("off", 0, ["oil^9"])]);
        var assignments = Assigner.Assign([NewTask("1", "Oil the hinge"), NewTask("2", "Oil paint the door"), NewTask("3", "Oil the lock")], roster);

        Assert.Equal(["blue", "red", "blue"], assignments.Select(a => a.Type));
        Assert.Equal(["red-1", "blue-1", "blue-2"], roster.Agents.Select(a => a.Id.Value));
        Assert.Equal(["dev-oauth-1", "dev-oauth-2", "dev-oauth-3", "dev-backend-1", "dev-backend-2", "qa-1", "qa-2"], Roster.Default.Agents.Select(a => a.Id.Value));
    }

    [Fact]
    public void A_roster_that_cannot_work_says_so()
    {
        Assert.Empty(Assigner.Assign([], new Roster([])));
        Assert.Throws<ArgumentException>(() => Assigner.Assign([NewTask("1", "x")], new Roster([])));
        Assert.Throws<ArgumentException>(() => new Roster([new AgentType("a", 1, []), new AgentType("a", 1, [])]).Agents);
        Assert.Throws<FormatException>(() => new Roster([new AgentType("a/b", 1, [])]).Agents);
        Assert.Throws<ArgumentException>(() => Assigner.Assign([NewTask("1", "x"), NewTask("1", "y")], Roster.Default));
    }

    private static Domain.Assignment.Assignment Only(AssignableTask task) => Assert.Single(Assigner.Assign([task], Roster.Default));

    private static AssignableTask NewTask(string id, string title, string? group = null) =>
        new(TaskId.Parse(id), title, group, Complexity.Medium, [], null, null);
}
