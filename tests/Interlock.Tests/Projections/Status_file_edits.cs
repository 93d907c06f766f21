using System.Text.Json.Nodes;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine;
using Interlock.Engine.Stores;

namespace Interlock.Tests.Projections;

public sealed class Status_file_edits : IDisposable
{
    private readonly OpenedRepository repository = new();

    public void Dispose() => repository.Dispose();

    [Theory]
    [InlineData("description", "\"Create it all\"")]
    [InlineData("notes", "\"look at PR 7\"")]
    [InlineData("assigned_agent", "\"me\"")]
    [InlineData("priority", "3")]
    [InlineData("estimated_complexity", "\"high\"")]
    [InlineData("dependencies", "[\"2.5.3\"]")]
    [InlineData("files", "[\"docs/\"]")]
    [InlineData("reviewer", "{\"name\":\"me\",\"since\":[1,2.50,null]}")]
    public void A_member_people_may_set_is_taken_over_with_an_event_naming_it(string member, string value)
    {
        var entry = Assert.Single(repository.EditTask("2.5.1", task => task[member] = JsonNode.Parse(value)));

        Assert.Equal(("task.edited-by-hand", "2.5.1"), (entry.Kind, entry.Task!.Value.Value));
        Assert.Contains(member, entry.Message, StringComparison.Ordinal);
        Assert.Equal(value, repository.StatusOf("2.5.1")[member]!.ToJsonString());
        repository.AssertSettled();
    }

    [Theory]
    [InlineData("description", "7")]
    [InlineData("description", "\"\"")]
    [InlineData("notes", "[]")]
    [InlineData("assigned_agent", "\"../x\"")]
    [InlineData("priority", "0")]
    [InlineData("priority", "\"high\"")]
    [InlineData("estimated_complexity", "\"enormous\"")]
    [InlineData("dependencies", "[\"9.9\"]")]
    [InlineData("dependencies", "[\"2.5.1\"]")]
    [InlineData("dependencies", "[\"2.5.2\"]")]
    [InlineData("dependencies", "\"2.5.3\"")]
    [InlineData("files", "[\"../etc/passwd\"]")]
    [InlineData("files", "{}")]
    [InlineData("story_id", "\"2.6\"")]
    [InlineData("epic_id", "\"Other\"")]
    [InlineData("group", "\"Other\"")]
    [InlineData("agent_type", "\"qa\"")]
    [InlineData("created_at", "\"2020-01-01\"")]
    [InlineData("actual_completion_time", "\"2020-01-01\"")]
    [InlineData("retry_count", "5")]
    [InlineData("last_error", "\"x\"")]
    [InlineData("status", "\"done\"")]
    [InlineData("status", "5")]
    [InlineData("status", "\"review\"")]
    [InlineData("status", "\"in_progress\"")]
    public void A_value_people_may_not_set_is_put_back_and_kept_in_quarantine(string member, string value)
    {
        var before = repository.StatusOf("2.5.1")[member]?.ToJsonString();

        var entry = Assert.Single(repository.EditTask("2.5.1", task => task[member] = JsonNode.Parse(value)));

        Assert.Equal(("status.refused", "2.5.1"), (entry.Kind, entry.Task!.Value.Value));
        Assert.Contains(member, entry.Message, StringComparison.Ordinal);
        Assert.Equal(before, repository.StatusOf("2.5.1")[member]?.ToJsonString());
        Assert.Single(repository.Quarantined);
        repository.AssertSettled();
    }

    [Fact]
    public void A_member_that_was_removed_is_put_back_with_an_event()
    {
        Assert.Equal("status.refused", Assert.Single(repository.EditTask("2.5.1", task => task.Remove("description"))).Kind);

        Assert.Equal("Create the config", (string?)repository.StatusOf("2.5.1")["description"]);
    }

    [Theory]
    [InlineData("2.5.1", "completed", TaskState.Merged, "task.completed-by-hand")]
    [InlineData("2.5.2", "completed", TaskState.Merged, "task.completed-by-hand")]
    [InlineData("2.5.1", "cancelled", TaskState.Cancelled, "task.cancelled")]
    [InlineData("2.5.1", "blocked", TaskState.Dead, "task.blocked")]
    [InlineData("2.5.4", "pending", TaskState.Ready, "task.reopened-by-hand")]
    public void A_status_people_may_set_moves_the_task(string id, string status, TaskState state, string kind)
    {
        var entry = Assert.Single(repository.EditTask(id, task => task["status"] = status));

        Assert.Equal((kind, id), (entry.Kind, entry.Task!.Value.Value));
        Assert.Equal(state, repository.Task(id).State);
        repository.AssertSettled();
    }

    [Fact]
    public void In_progress_with_an_agent_is_a_claim_by_the_same_rules()
    {
        var claimed = repository.EditTask("2.5.1", task => (task["status"], task["assigned_agent"]) = ("in_progress", "me"));
        Assert.Contains("task.claimed", claimed.Select(entry => entry.Kind));
        Assert.Equal("me", repository.LeaseOf("2.5.1")!.Agent.Value);

        var refused = repository.EditTask("2.5.2", task => (task["status"], task["assigned_agent"]) = ("in_progress", "me"));

        Assert.Contains("2.5.2 waits for 2.5.1", Assert.Single(refused, entry => entry.Kind == "status.refused").Message, StringComparison.Ordinal);
        Assert.Null(repository.LeaseOf("2.5.2"));
    }

    [Fact]
    public void A_claimed_task_completed_by_hand_ends_its_lease()
    {
        var token = repository.Claim("2.5.1");

        repository.EditTask("2.5.1", task => task["status"] = "completed");

        Assert.True(repository.Protocol.Renew(new TaskId("2.5.1"), token).Refusal!.Stop);
        Assert.False(repository.Has(".lock/2.5.1.lock"));
    }

    [Fact]
    public void During_an_automated_run_completion_by_hand_is_refused_with_the_way_to_force_it()
    {
        using var run = RunLock.TryTake(repository.Workspace.StateDir)!;

        var entry = Assert.Single(repository.EditTask("2.5.1", task => task["status"] = "completed"));

        Assert.Equal("status.refused", entry.Kind);
        Assert.Contains("an automated run decides", entry.Message, StringComparison.Ordinal);
        Assert.Equal(TaskState.Ready, repository.Task("2.5.1").State);
    }

    [Fact]
    public void What_has_landed_is_not_reopened_by_hand()
    {
        var token = repository.Claim("2.5.1");
        repository.Protocol.Complete(new TaskId("2.5.1"), token, "landed", "abc", "abc");
        repository.Sync();

        Assert.Equal("status.refused", Assert.Single(repository.EditTask("2.5.1", task => task["status"] = "pending")).Kind);

        Assert.Equal(TaskState.Merged, repository.Task("2.5.1").State);
    }

    [Fact]
    public void Unknown_members_of_document_and_task_survive_every_later_change()
    {
        repository.Edit(document =>
        {
            document["sprint"] = new JsonObject { ["name"] = "März" };
            OpenedRepository.TaskIn(document, "2.5.1")["jira"] = "AB-7";
        });

        repository.Claim("2.5.1");
        repository.EditTask("2.5.1", task => task["notes"] = "x");
        repository.Import(OpenedRepository.Plan.Replace("Create the config", "Create a config", StringComparison.Ordinal));

        Assert.Equal("März", (string?)repository.Status()["sprint"]!["name"]);
        Assert.Equal("AB-7", (string?)repository.StatusOf("2.5.1")["jira"]);
        repository.AssertSettled();
        repository.Edit(document => document.Remove("sprint"));
        Assert.False(repository.Status().ContainsKey("sprint"));
    }

    [Fact]
    public void The_document_s_own_members_are_put_back_with_an_event()
    {
        var before = repository.Read(OpenedRepository.StatusPath);

        var entry = Assert.Single(repository.Edit(document => (document["version"], document["description"]) = ("9", null)));

        Assert.Contains("description, version", entry.Message, StringComparison.Ordinal);
        Assert.Equal((string?)JsonNode.Parse(before)!["version"], (string?)repository.Status()["version"]);
    }

    [Fact]
    public void A_task_added_by_hand_is_a_task_also_together_with_one_that_waits_for_it()
    {
        var events = repository.Edit(document =>
        {
            var tasks = document["tasks"]!.AsArray();
            tasks.Add((JsonNode)new JsonObject { ["task_id"] = "x.2", ["story_id"] = "story-2.5", ["description"] = "after", ["dependencies"] = new JsonArray("x.1") });
            tasks.Add((JsonNode)new JsonObject { ["task_id"] = "x.1", ["story_id"] = "2.5", ["description"] = "first", ["files"] = new JsonArray("a.ts"), ["status"] = "pending" });
        });

        Assert.Equal(["task.added-by-hand", "task.added-by-hand"], events.Select(entry => entry.Kind));
        Assert.Equal(("2.5", false), (repository.Task("x.2").Story.Value, repository.Task("x.2").FromPlan));
        Assert.Equal("dependencies-open", repository.Protocol.WhyNot(new TaskId("x.2"))!.Code);
        Assert.Null(repository.Protocol.WhyNot(new TaskId("x.1")));
        repository.AssertSettled();
        repository.Import();
        Assert.Null(repository.Task("x.1").HeldBecause);
    }

    [Theory]
    [InlineData("""{ "task_id": "../x", "story_id": "2.5", "description": "d" }""")]
    [InlineData("""{ "task_id": "x.1", "description": "d" }""")]
    [InlineData("""{ "task_id": "x.1", "story_id": "2.5" }""")]
    [InlineData("""{ "story_id": "2.5", "description": "d" }""")]
    [InlineData("""{ "task_id": "2.5.1", "story_id": "2.5", "description": "again" }""")]
    [InlineData("\"text\"")]
    [InlineData("null")]
    public void An_entry_that_is_no_task_is_refused_out_loud(string entry)
    {
        var refused = Assert.Single(repository.Edit(document => document["tasks"]!.AsArray().Add(JsonNode.Parse(entry))));

        Assert.Equal("status.refused", refused.Kind);
        AssertKept(refused);
        Assert.Equal(4, repository.Status()["tasks"]!.AsArray().Count);
        Assert.Equal("Create the config", repository.Task("2.5.1").Title);
    }

    [Fact]
    public void A_removed_task_is_put_back_with_an_event_naming_it()
    {
        var entry = Assert.Single(repository.Edit(document => document["tasks"]!.AsArray().RemoveAt(1)));

        Assert.Equal("status.restored", entry.Kind);
        Assert.Contains("2.5.2", entry.Message, StringComparison.Ordinal);
        repository.AssertSettled();
    }

    [Fact]
    public void Of_two_writers_who_read_the_same_file_both_are_heard()
    {
        var (mine, yours) = (repository.Status(), repository.Status());
        OpenedRepository.TaskIn(mine, "2.5.1")["notes"] = "mine";
        OpenedRepository.TaskIn(yours, "2.5.3")["notes"] = "yours";
        Save(mine);

        Save(yours);

        Assert.Equal(("mine", "yours"), (repository.Task("2.5.1").Notes, repository.Task("2.5.3").Notes));
    }

    [Fact]
    public void A_file_saved_late_undoes_nothing_that_happened_since_it_was_read()
    {
        var old = repository.Status();
        var token = repository.Claim("2.5.1");
        OpenedRepository.TaskIn(old, "2.5.3")["notes"] = "late";

        Save(old);

        Assert.True(repository.Protocol.Check(new TaskId("2.5.1"), token).Done);
        Assert.Equal((TaskState.Running, "late"), (repository.Task("2.5.1").State, repository.Task("2.5.3").Notes));
        repository.AssertSettled();
    }

    [Theory]
    [InlineData("description")]
    [InlineData("version")]
    public void What_a_document_says_of_itself_is_not_taken_over_and_the_file_is_kept(string member)
    {
        var refused = Assert.Single(repository.Edit(document => document[member] = "mine"));

        Assert.Equal("status.refused", refused.Kind);
        AssertKept(refused);
        repository.AssertSettled();
    }

    [Fact]
    public void What_an_added_task_says_and_nobody_can_use_is_kept()
    {
        var added = Assert.Single(repository.Edit(document => document["tasks"]!.AsArray().Add(JsonNode.Parse(
            """{ "task_id": "x.1", "story_id": "2.5", "description": "d", "dependencies": ["9.9"] }"""))));

        Assert.Equal("task.added-by-hand", added.Kind);
        AssertKept(added);
    }

    [Theory]
    [InlineData("7")]
    [InlineData("low, high")]
    [InlineData("0")]
    public void A_complexity_that_is_no_word_for_one_is_refused_and_the_file_can_still_be_written(string text)
    {
        var refused = Assert.Single(repository.EditTask("2.5.1", task => task["estimated_complexity"] = text));

        Assert.Equal("status.refused", refused.Kind);
        repository.AssertSettled();
    }

    [Fact]
    public void A_member_of_ones_own_that_holds_null_survives_a_round_trip()
    {
        Assert.Equal("task.edited-by-hand", Assert.Single(repository.EditTask("2.5.1", task => task["reviewer"] = null)).Kind);

        Assert.True(repository.StatusOf("2.5.1").ContainsKey("reviewer"));
        repository.AssertSettled();
    }

    [Fact]
    public void Of_two_writers_of_one_member_the_later_gets_the_conflict()
    {
        var (mine, yours) = (repository.Status(), repository.Status());
        OpenedRepository.TaskIn(mine, "2.5.1")["notes"] = "mine";
        OpenedRepository.TaskIn(yours, "2.5.1")["notes"] = "yours";
        Save(mine);

        var conflict = Assert.Single(Save(yours));

        Assert.Equal("status.refused", conflict.Kind);
        Assert.Contains("notes (it was changed here meanwhile)", conflict.Message, StringComparison.Ordinal);
        Assert.Equal("mine", repository.Task("2.5.1").Notes);
        Assert.Contains("yours", Assert.Single(repository.Quarantined), StringComparison.Ordinal);
    }

    private IReadOnlyList<Event> Save(JsonObject document) => repository.EventsOf(() =>
    {
        repository.Write(OpenedRepository.StatusPath, document.ToJsonString());
        repository.Sync();
    });

    // The event says where.
    private void AssertKept(Event told)
    {
        Assert.Contains("the file is kept at", told.Message, StringComparison.Ordinal);
        Assert.Single(repository.Quarantined);
    }
}
