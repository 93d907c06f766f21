namespace Interlock.Tests.Cli;

public sealed class Manual_work
{
    [Fact]
    public void An_agent_with_a_shell_goes_from_claim_to_the_next_task()
    {
        using var cli = Cli.Assigned();
        Assert.Equal("dependencies-open", cli.Json("claim", "2.5.3", "--agent", "dev-oauth-2").Expect(1).Refused.GetProperty("code").GetString());
        var agent = cli.Task("2.5.1").GetProperty("assigned_agent").GetString()!;
        Assert.Equal("2.5.1", NextFor(cli, agent));
        cli.Claim("2.5.1", agent);
        Assert.Contains("already works on task 2.5.1", cli.Run("next", "--agent", agent).Expect(0).Out, StringComparison.Ordinal);
        var commit = cli.CommitWork(agent, "2.5.1", "src/config.ts");

        cli.Run("complete", "2.5.1", "--agent", agent).Expect(0);

        Assert.Equal("completed", cli.Status("2.5.1"));
        Assert.False(cli.Has(".lock/2.5.1.lock"));
        Assert.Contains(commit, cli.Run("explain", "2.5.1").Expect(0).Out, StringComparison.Ordinal);
        Assert.NotEqual("2.5.1", NextFor(cli, agent));
        cli.Claim("2.5.3", "dev-oauth-2");
        cli.Claim("2.5.2", "dev-oauth-3");
    }

    [Fact]
    public void A_prompt_edited_by_hand_is_kept_when_assigning_writes_it_anew()
    {
        using var cli = Cli.Assigned();
        var prompt = Directory.GetFiles(Path.Combine(cli.Root, "agent_prompts"))[0];
        var text = File.ReadAllText(prompt);
        File.WriteAllText(prompt, "mine");

        cli.Run("assign", "--story", "2.5").Expect(0);

        Assert.Equal(text, File.ReadAllText(prompt));
        Assert.Contains("prompt.replaced", cli.EventKinds());
        Assert.Equal("mine", File.ReadAllText(Assert.Single(Directory.GetFiles(Path.Combine(cli.Root, ".git/interlock/quarantine")))));
    }

    [Fact]
    public void A_claim_waits_for_open_dependencies_and_says_which()
    {
        using var cli = Cli.Assigned();

        var refusal = cli.Json("claim", "2.5.2", "--agent", "dev-oauth-1").Expect(1).Refused;

        Assert.Equal(("dependencies-open", "2.5.1"), (refusal.GetProperty("code").GetString(), refusal.GetProperty("holder_task").GetString()));
        Assert.Contains("task 2.5.2 waits for 2.5.1 (pending)", refusal.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.False(cli.Has(".lock/2.5.2.lock"));
    }

    [Fact]
    public void A_second_claimer_is_refused_with_holder_and_age()
    {
        using var cli = Cli.Assigned();
        cli.Claim("2.5.1", "dev-oauth-1");
        var before = cli.Read(".lock/2.5.1.lock");

        var refusal = cli.Json("claim", "2.5.1", "--agent", "dev-oauth-2").Expect(1).Refused;

        Assert.Equal(("already-claimed", "dev-oauth-1"), (refusal.GetProperty("code").GetString(), refusal.GetProperty("holder").GetString()));
        Assert.InRange(refusal.GetProperty("age_seconds").GetDouble(), 0, 60);
        Assert.False(refusal.GetProperty("stop").GetBoolean());
        Assert.Contains("claimed by dev-oauth-1 for", cli.Run("claim", "2.5.1", "--agent", "dev-oauth-2").Expect(1).Error, StringComparison.Ordinal);
        Assert.Equal(before, cli.Read(".lock/2.5.1.lock"));
    }

    [Fact]
    public void Two_tasks_with_one_file_are_not_worked_on_at_once()
    {
        using var cli = Cli.Assigned();
        cli.Claim("2.5.1", "dev-oauth-1");

        var refusal = cli.Json("claim", "2.5.5", "--agent", "qa-1", "--files", "src/*.ts").Expect(1).Refused;

        Assert.Equal(("file-busy", "2.5.1"), (refusal.GetProperty("code").GetString(), refusal.GetProperty("holder_task").GetString()));
        cli.Claim("2.5.5", "qa-1");
    }

    [Fact]
    public void The_module_limit_holds_at_its_edge()
    {
        var tasks = string.Concat(Enumerable.Range(1, 5).Select(number => $"- [ ] Task 2.5.{number}: a [Files: src/{number}.ts]\n"));
        using var cli = Cli.Assigned($"### Story 2.5: A\n#### Service\n{tasks}#### Tests\n- [ ] Task 2.5.6: b [Files: src/6.ts]\n");
        cli.Claim("2.5.1", "a-1");
        cli.Claim("2.5.2", "a-2");
        cli.Claim("2.5.3", "a-3");

        var refusal = cli.Json("claim", "2.5.4", "--agent", "a-4").Expect(1).Refused;

        Assert.Equal("limit-module", refusal.GetProperty("code").GetString());
        Assert.Contains("the limit of 3 ", refusal.GetProperty("message").GetString(), StringComparison.Ordinal);
        cli.Claim("2.5.6", "a-4");
        cli.Run("release", "2.5.2", "--agent", "a-2").Expect(0);
        cli.Claim("2.5.4", "a-5");
        Assert.Equal("limit-module", cli.Json("claim", "2.5.5", "--agent", "a-6").Expect(1).Refused.GetProperty("code").GetString());
    }

    [Fact]
    public void People_steer_with_block_retry_reassign_and_cancel()
    {
        using var cli = Cli.Assigned();
        cli.Claim("2.5.1", "dev-oauth-1");
        Assert.Equal("not-holder", cli.Json("block", "2.5.1", "--reason", "x").Expect(1).Refused.GetProperty("code").GetString());

        cli.Run("reassign", "2.5.1", "--to", "qa-1").Expect(0);
        var stale = cli.Json("renew", "2.5.1", "--agent", "dev-oauth-1").Expect(1).Refused;
        Assert.Equal(("not-current", true), (stale.GetProperty("code").GetString(), stale.GetProperty("stop").GetBoolean()));

        cli.Run("block", "2.5.1", "--reason", "the API key is missing").Expect(0);
        Assert.Equal("blocked", cli.Status("2.5.1"));
        Assert.Contains("the API key is missing", cli.Read("agent_tasks/blocked_tasks.md"), StringComparison.Ordinal);
        cli.Run("retry", "2.5.1").Expect(0);
        Assert.DoesNotContain("2.5.1", cli.Read("agent_tasks/blocked_tasks.md"), StringComparison.Ordinal);
        cli.Run("cancel", "2.5.1").Expect(0);
        Assert.Equal("cancelled", cli.Status("2.5.1"));
        cli.Run("retry", "2.5.1").Expect(0);
        Assert.Equal(("pending", "qa-1"), (cli.Status("2.5.1"), cli.Task("2.5.1").GetProperty("assigned_agent").GetString()));
    }

    [Fact]
    public void A_failed_attempt_is_counted_and_says_when_the_next_may_start()
    {
        using var cli = Cli.Assigned();
        cli.Claim("2.5.1", "dev-oauth-1");

        var failed = cli.Run("fail", "2.5.1", "--agent", "dev-oauth-1", "--reason", "the tests hang").Expect(0);

        Assert.Contains("attempt 2 may start", failed.Out, StringComparison.Ordinal);
        Assert.Equal((1, "the tests hang"), (cli.Task("2.5.1").GetProperty("retry_count").GetInt32(), cli.Task("2.5.1").GetProperty("last_error").GetString()));
        cli.Run("retry", "2.5.1").Expect(0);
        cli.Claim("2.5.1", "dev-oauth-1");
    }

    [Fact]
    public void Held_files_are_refused_to_others_until_they_are_unlocked()
    {
        using var cli = Cli.Assigned();
        cli.Run("lock", "src/config.ts", "--reason", "release").Expect(0);

        Assert.Equal(("file-busy", "manual"), Busy(cli.Json("claim", "2.5.1", "--agent", "dev-oauth-1").Expect(1)));
        Assert.Equal("file-busy", Busy(cli.Json("lock", "src/").Expect(1)).Code);
        Assert.Equal("not-holder", Busy(cli.Json("unlock", "src/other.ts").Expect(1)).Code);
        cli.Run("unlock", "src/config.ts").Expect(0);
        cli.Claim("2.5.1", "dev-oauth-1");
    }

    private static (string? Code, string? Holder) Busy(Answer answer) =>
        (answer.Refused.GetProperty("code").GetString(), answer.Refused.GetProperty("holder").GetString());

    private static string? NextFor(Cli cli, string agent) =>
        cli.Json("next", "--agent", agent).Expect(0).Json.GetProperty("task").GetProperty("task_id").GetString();

    [Fact]
    public void A_repeated_request_gets_its_token_again_though_the_file_does_not_hold_it()
    {
        using var cli = Cli.Assigned();
        string[] claim = ["claim", "2.5.1", "--agent", "dev-oauth-1", "--request-id", "first"];
        var token = cli.Json(claim).Expect(0).Json.GetProperty("token").GetString()!;

        Assert.Equal(token, cli.Json(claim).Expect(0).Json.GetProperty("token").GetString());

        var secret = System.Text.Encoding.ASCII.GetBytes(token.Split('.')[2]);
        foreach (var file in Directory.GetFiles(Path.Combine(cli.Root, ".git", "interlock"), "state.db*"))
        {
            Assert.Equal(-1, File.ReadAllBytes(file).AsSpan().IndexOf(secret));
        }
    }

    [Fact]
    public void A_path_through_a_link_is_leased_as_what_it_leads_to()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a right of their own there");
        using var cli = Cli.Assigned();
        cli.Write("src/config.ts", "x\n");
        cli.Shell("ln -s src lnk && ln -s src/config.ts one.ts && ln -s /etc out").Expect(0);
        cli.Run("lock", "lnk/config.ts", "--agent", "ada").Expect(0);

        Assert.Contains("src/config.ts is leased by ada", cli.Run("lock", "src/config.ts").Expect(1).Error, StringComparison.Ordinal);
        Assert.Contains("src/config.ts is leased by ada", cli.Run("lock", "one.ts").Expect(1).Error, StringComparison.Ordinal);
        Assert.Contains("leased by ada", cli.Run("lock", "lnk/**").Expect(1).Error, StringComparison.Ordinal);
        Assert.DoesNotContain("etc", cli.Run("lock", "out/passwd").Expect(0).Out, StringComparison.Ordinal);
        cli.Run("unlock", "lnk/config.ts").Expect(0);
        cli.Run("lock", "src/config.ts").Expect(0);
    }
}
