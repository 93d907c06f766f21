namespace Interlock.Tests.Cli;

public sealed class Reimporting_a_plan
{
    [Fact]
    public void Only_what_the_plan_changed_is_changed()
    {
        using var cli = Cli.Assigned();
        cli.Claim("2.5.1", "dev-oauth-1");
        var untouched = cli.Task("2.5.3").GetRawText();
        cli.Replace(Cli.PlanPath, "Create the OAuth config", "Create the whole OAuth config");
        cli.Replace(Cli.PlanPath, "#### Service\n", "- [ ] Task 2.5.9: Rotate the secret [Files: src/rotate.ts]\n\n#### Service\n");
        cli.Replace(Cli.PlanPath, "- [ ] Task 2.5.5: Test the config [Complexity: high] [Files: tests/config.test.ts]\n", "");

        var report = cli.Json("assign", "--story", "2.5").Expect(0).Json;

        Assert.Equal((1, 1), (report.GetProperty("added").GetInt32(), report.GetProperty("gone").GetArrayLength()));
        Assert.Equal(("Create the OAuth config", "in_progress"), (cli.Task("2.5.1").GetProperty("description").GetString(), cli.Status("2.5.1")));
        Assert.Equal("pending", cli.Status("2.5.9"));
        Assert.Contains("no longer in the plan", cli.Task("2.5.5").GetProperty("last_error").GetString(), StringComparison.Ordinal);
        Assert.Equal("held", cli.Json("claim", "2.5.5", "--agent", "qa-1").Expect(1).Refused.GetProperty("code").GetString());
        Assert.Equal(Without(untouched, "updated_at"), Without(cli.Task("2.5.3").GetRawText(), "updated_at"));
    }

    [Fact]
    public void A_task_that_comes_back_into_the_plan_is_open_again()
    {
        using var cli = Cli.Assigned();
        var plan = cli.Read(Cli.PlanPath);
        cli.Replace(Cli.PlanPath, "- [ ] Task 2.5.5", "- Task 2.5.5");
        cli.Run("assign", "--story", "2.5").Expect(0);
        cli.Write(Cli.PlanPath, plan);

        cli.Run("assign", "--story", "2.5").Expect(0);

        cli.Claim("2.5.5", "qa-1");
    }

    [Fact]
    public void A_tick_or_its_removal_is_proposed_and_never_carried_out()
    {
        using var cli = Cli.Assigned();
        cli.Replace(Cli.PlanPath, "- [ ] Task 2.5.1", "- [x] Task 2.5.1");
        cli.Replace(Cli.PlanPath, "- [x] Task 2.5.4", "- [ ] Task 2.5.4");

        var proposals = Proposals(cli.Json("assign", "--story", "2.5").Expect(0));

        Assert.Equal(("pending", "completed"), (cli.Status("2.5.1"), cli.Status("2.5.4")));
        Assert.Equal(["2.5.1 complete", "2.5.4 reopen"], proposals);
        Assert.Equal(proposals, Proposals(cli.Json("plan").Expect(0)));
        Assert.Equal(proposals, Proposals(cli.Json("status").Expect(0)));
        Assert.Contains("interlock import --accept 2.5.1", cli.Run("status").Expect(0).Out, StringComparison.Ordinal);
        Assert.Equal(2, cli.EventKinds().Count(kind => kind == "plan.proposed"));
    }

    [Fact]
    public void What_is_accepted_is_carried_out_and_what_is_declined_is_not_proposed_again()
    {
        using var cli = Cli.Assigned();
        cli.Replace(Cli.PlanPath, "- [ ] Task 2.5.1", "- [x] Task 2.5.1");
        cli.Replace(Cli.PlanPath, "- [x] Task 2.5.4", "- [ ] Task 2.5.4");
        cli.Replace(Cli.PlanPath, "- [ ] Task 2.5.5: Test the config [Complexity: high] [Files: tests/config.test.ts]\n", "");

        Assert.Equal(["2.5.4 reopen", "2.5.5 cancel"], Proposals(cli.Json("import", "--accept", "2.5.1").Expect(0)));
        Assert.Equal(["2.5.5 cancel"], Proposals(cli.Json("import", "--decline", "2.5.4").Expect(0)));
        Assert.Empty(Proposals(cli.Json("import", "--accept", "all").Expect(0)));

        Assert.Equal(("completed", "completed", "cancelled"), (cli.Status("2.5.1"), cli.Status("2.5.4"), cli.Status("2.5.5")));
        Assert.Empty(Proposals(cli.Json("import").Expect(0)));
        Assert.Equal("nothing-to-do", cli.Json("import", "--accept", "2.5.1").Expect(1).Refused.GetProperty("code").GetString());
        Assert.Contains("plan.accepted", cli.EventKinds());
        Assert.Contains("plan.declined", cli.EventKinds());
    }

    [Fact]
    public void A_leased_task_changes_only_when_a_person_accepts_it()
    {
        using var cli = Cli.Assigned();
        cli.Claim("2.5.1", "dev-oauth-1");
        cli.Replace(Cli.PlanPath, "Create the OAuth config", "Create the whole OAuth config");

        Assert.Equal(["2.5.1 change"], Proposals(cli.Json("import").Expect(0)));
        Assert.Equal("Create the OAuth config", cli.Task("2.5.1").GetProperty("description").GetString());
        cli.Run("import", "--accept", "2.5.1").Expect(0);

        Assert.Equal(("Create the whole OAuth config", "in_progress"), (cli.Task("2.5.1").GetProperty("description").GetString(), cli.Status("2.5.1")));
    }

    [Fact]
    public void What_a_person_changed_here_and_the_plan_left_alone_stays()
    {
        using var cli = Cli.Assigned();
        cli.Replace(Cli.StatusPath, "Create the token service", "Create the token service twice");
        cli.Run("status").Expect(0);
        cli.Replace(Cli.PlanPath, "Task 2.5.3: Create the token service [Dependencies: Task 2.5.1]", "Task 2.5.3: Create the token service [Dependencies: Task 2.5.2]");

        Assert.Empty(Proposals(cli.Json("import").Expect(0)));

        Assert.Equal("Create the token service twice", cli.Task("2.5.3").GetProperty("description").GetString());
        Assert.Equal("2.5.2", cli.Task("2.5.3").GetProperty("dependencies")[0].GetString());
    }

    [Fact]
    public void A_plan_that_was_named_once_is_the_plan_of_the_commands_that_follow()
    {
        using var cli = Cli.Repository();
        cli.Write("docs/other.md", "- [ ] a\n- [ ] b\n");
        cli.Run("assign", "--story", "other", "--from", "docs/other.md").Expect(0);

        Assert.Equal("docs/other.md", cli.Json("plan").Expect(0).Json.GetProperty("source").GetString());
        cli.Run("assign", "--story", "other").Expect(0);
        Assert.Equal(Cli.PlanPath, cli.Json("import", "--from", Cli.PlanPath).Expect(0).Json.GetProperty("source").GetString());
        Assert.Equal(Cli.PlanPath, cli.Json("plan").Expect(0).Json.GetProperty("source").GetString());
    }

    private static string[] Proposals(Answer answer) =>
        [.. answer.Json.GetProperty("proposals").EnumerateArray().Select(proposal => $"{proposal.GetProperty("task_id").GetString()} {proposal.GetProperty("kind").GetString()}")];

    private static string Without(string json, string member) =>
        string.Join('\n', json.Split('\n').Where(line => !line.Contains($"\"{member}\"", StringComparison.Ordinal)));
}
