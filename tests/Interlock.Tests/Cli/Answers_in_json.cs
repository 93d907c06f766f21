using System.Text.Json;

namespace Interlock.Tests.Cli;

public sealed class Answers_in_json
{
    private static readonly string[] TaskMembers =
    [
        "epic_id", "story_id", "task_id", "description", "status", "assigned_agent", "agent_type", "group", "priority", "created_at", "updated_at",
        "dependencies", "estimated_complexity", "actual_completion_time", "retry_count", "last_error", "files", "notes",
    ];

    private static readonly string[] LeaseMembers =
    [
        "task_id", "agent_id", "kind", "fence", "public_token", "acquired_at", "expires_at", "files", "base_commit", "worktree", "in_review", "live", "reason",
    ];

    [Fact]
    public void Every_verb_answers_with_its_documented_members()
    {
        using var cli = Cli.Repository();
        Members(cli.Json("plan"), "format", "source", "stories", "tasks", "problems", "counts", "proposals");
        Members(cli.Json("import"), "format", "source", "tasks", "stories", "dependencies", "added", "changed", "gone", "proposals", "problems");
        Members(cli.Json("export", "--format", "beads"), "format", "tasks", "left_out_dependencies", "path", "text");
        Members(cli.Json("assign", "--story", "2.5"), "source", "tasks", "stories", "dependencies", "added", "changed", "gone", "proposals", "problems", "assignments", "editor_files");
        var status = Members(cli.Json("status"), "revision", "run_active", "agents", "brake", "sandbox", "flaky_checks", "unguarded", "spent", "providers", "stories", "tasks", "locks", "proposals", "overdue", "salvaged");
        Members(status.GetProperty("stories")[0], "story_id", "tasks", "pending", "in_progress", "review", "completed", "blocked", "cancelled");
        Members(status.GetProperty("tasks")[0], TaskMembers);
        Members(Members(cli.Json("explain", "2.5.2"), "task_id", "state", "status", "because", "text", "since", "through", "health", "reason", "evidence", "health_since", "step").GetProperty("because"), "code", "message", "hint", "holder", "holder_task", "age_seconds", "stop");
        Members(Members(cli.Json("graph"), "nodes", "edges").GetProperty("edges")[0], "from", "to");
        Members(Members(cli.Json("log"), "events").GetProperty("events")[0], "seq", "at", "kind", "task_id", "agent_id", "fence", "message");
        Members(cli.Json("next", "--agent", "dev-oauth-1"), "task");
        Members(cli.Json("trust", "--yes").Expect(1).Json, "error");
        Members(cli.Json("init"), "written");
        Members(cli.Json("trust", "--yes"), "trusted");
        Members(Members(cli.Json("send", "--from", "qa-1", "--to", "all", "--message", "hi"), "message").GetProperty("message"),
            "id", "from", "to", "timestamp", "type", "subject", "message", "related_tasks", "related_files", "urgency", "requires_response", "response_by", "read");
        Members(cli.Json("inbox", "--agent", "qa-2"), "messages");
        Members(Members(cli.Json("limits"), "limits").GetProperty("limits")[0], "kind", "name", "most", "now", "holders");
    }

    [Fact]
    public void Operations_on_a_task_answer_with_task_lease_and_token()
    {
        using var cli = Cli.Assigned();
        var claimed = Members(cli.Json("claim", "2.5.1", "--agent", "dev-oauth-1"), "task", "lease", "token");
        Members(claimed.GetProperty("task"), TaskMembers);
        Members(claimed.GetProperty("lease"), LeaseMembers);
        Members(Members(cli.Json("locks"), "locks").GetProperty("locks")[0], LeaseMembers);
        Members(cli.Json("renew", "2.5.1", "--agent", "dev-oauth-1", "--for", "3h"), "task", "lease", "token");
        var extended = Members(cli.Json("extend", "2.5.1", "src/a b.ts", "--agent", "dev-oauth-1"), "task", "lease", "token");
        Assert.Equal(["src/config.ts", "src/a b.ts"], extended.GetProperty("lease").GetProperty("files").EnumerateArray().Select(file => file.GetString()!));
        Members(cli.Json("release", "2.5.1", "--agent", "dev-oauth-1"), "task", "lease");
        cli.Claim("2.5.1", "dev-oauth-1");
        Members(cli.Json("fail", "2.5.1", "--agent", "dev-oauth-1", "--reason", "x"), "task", "lease");
        Members(cli.Json("retry", "2.5.1"), "task");
        Members(cli.Json("block", "2.5.1", "--reason", "x"), "task");
        Members(cli.Json("cancel", "2.5.1"), "task");
        Members(cli.Json("reassign", "2.5.2", "--to", "qa-2"), "task");
        Members(cli.Json("lock", "src/x.ts"), "lease", "token");
        Members(cli.Json("unlock", "src/x.ts"), "lease");
        cli.Claim("2.5.5", "qa-1");
        Members(cli.Json("complete", "2.5.5", "--agent", "qa-1", "--no-code", "--reason", "x"), "task", "lease");
    }

    [Fact]
    public void Why_a_task_waits_is_told_with_rule_and_holder()
    {
        using var cli = Cli.Assigned();
        cli.Claim("2.5.1", "dev-oauth-1");

        Assert.Contains("claimed by dev-oauth-1", cli.Run("explain", "2.5.1").Expect(0).Out, StringComparison.Ordinal);
        Assert.Contains("waits for 2.5.1 (in_progress) (dependencies-open)", cli.Run("explain", "2.5.2").Expect(0).Out, StringComparison.Ordinal);
        Assert.Contains("nothing is in its way", cli.Run("explain", "2.5.5").Expect(0).Out, StringComparison.Ordinal);
        Assert.Equal("unknown-task", cli.Json("explain", "9.9").Expect(1).Refused.GetProperty("code").GetString());
    }

    [Fact]
    public void The_graph_is_drawn_for_mermaid_and_for_dot()
    {
        using var cli = Cli.Assigned();

        Assert.StartsWith("flowchart", cli.Run("graph").Expect(0).Out, StringComparison.Ordinal);
        var dot = cli.Run("graph", "--story", "2.5", "--format", "dot").Expect(0).Out;
        Assert.StartsWith("digraph", dot, StringComparison.Ordinal);
        Assert.Contains("2.5.5", dot, StringComparison.Ordinal);
        Assert.DoesNotContain("2.6.1", dot, StringComparison.Ordinal);
        cli.Run("graph", "--format", "png").Expect(2);
    }

    [Fact]
    public void The_log_is_told_oldest_first_for_one_task_or_the_newest_few()
    {
        using var cli = Cli.Assigned();
        cli.Claim("2.5.1", "dev-oauth-1");
        cli.Run("release", "2.5.1", "--agent", "dev-oauth-1").Expect(0);

        var events = cli.Json("log", "--task", "2.5.1").Expect(0).Json.GetProperty("events").EnumerateArray().ToList();

        Assert.Equal(["task.claimed", "task.released"], events.Select(line => line.GetProperty("kind").GetString()!));
        Assert.EndsWith("Z", events[0].GetProperty("at").GetString(), StringComparison.Ordinal);
        Assert.Equal("task.released", Assert.Single(cli.Json("log", "--limit", "1").Json.GetProperty("events").EnumerateArray()).GetProperty("kind").GetString());
    }

    private static JsonElement Members(Answer answer, params string[] names) => Members(answer.Expect(0).Json, names);

    private static JsonElement Members(JsonElement json, params string[] names)
    {
        Assert.Equal(names, json.EnumerateObject().Select(member => member.Name));
        return json;
    }
}
