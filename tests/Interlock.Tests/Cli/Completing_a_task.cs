using Interlock.Tests.Worktrees;

namespace Interlock.Tests.Cli;

public sealed class Completing_a_task
{
    private const string Agent = "dev-oauth-1";

    [Fact]
    public void Without_a_commit_of_its_own_a_task_is_not_done()
    {
        using var cli = Claimed();
        cli.CommitWork(Agent, "2.5.10", "src/config.ts");

        AssertRefused(cli, "no-commit", "[2.5.1]");

        Assert.Contains("HEAD^^^^^", cli.Run("complete", "2.5.1", "--agent", Agent, "--commit", "HEAD^^^^^").Expect(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_commit_made_before_the_claim_does_not_count()
    {
        using var cli = Cli.Assigned();
        cli.CommitWork(Agent, "2.5.1", "src/config.ts");
        cli.Claim("2.5.1", Agent);

        AssertRefused(cli, "no-commit", "since the claim");
    }

    [Theory]
    [InlineData("HEAD")]
    [InlineData(null)]
    public void Work_in_a_linked_worktree_is_looked_for_where_the_command_is_called(string? revision)
    {
        using var cli = Cli.Assigned();
        var linked = Path.Combine(cli.Home, "linked");
        cli.Git("worktree", "add", "-q", "-b", "feat", linked);
        TestRepository.WriteIn(linked, "src/before.ts", "before\n");
        TestRepository.CommitIn(linked, $"[{Agent}] [2.5.1] before the claim");
        cli.RunIn(linked, "claim", "2.5.1", "--agent", Agent).Expect(0);
        string[] complete = ["complete", "2.5.1", "--agent", Agent, .. revision is null ? Array.Empty<string>() : ["--commit", revision]];
        Assert.Contains("since the claim", cli.RunIn(linked, complete).Expect(1).Error, StringComparison.Ordinal);
        TestRepository.WriteIn(linked, "src/config.ts", "done\n");
        var commit = TestRepository.CommitIn(linked, $"[{Agent}] [2.5.1] work");

        Assert.Contains("no commit since", cli.Run(complete).Expect(1).Error, StringComparison.Ordinal);
        cli.RunIn(Path.Combine(linked, "src"), complete).Expect(0);

        Assert.Contains(commit, cli.Run("explain", "2.5.1").Expect(0).Out, StringComparison.Ordinal);
        cli.Run("doctor").Expect(0);
    }

    [Theory]
    [InlineData("ln -s /etc src/config.ts", "src/config.ts: a symbolic link was added")]
    [InlineData("printf '<<<<<<< a\\n=======\\n>>>>>>> b\\n' > src/config.ts", "src/config.ts:1: conflict markers")]
    [InlineData("echo id=AKIA0000000000000000 > src/config.ts", "src/config.ts:1: looks like an AWS access key")]
    [InlineData("echo x > \"$(printf 'src/bad\\351.ts')\"", "\"src/bad\\351.ts\": its name is not UTF-8")]
    public void What_never_lands_by_a_run_is_not_completed_by_hand_either(string makes, string says)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "made by a shell, with a name that only Linux has");
        using var cli = Claimed();
        Assert.Equal(0, cli.Shell("mkdir -p src; " + makes).ExitCode);
        cli.Commit($"[{Agent}] [2.5.1] work");

        AssertRefused(cli, "out-of-scope", says);

        Assert.Equal("in_progress", cli.Status("2.5.1"));
        cli.Git("rm", "-rqf", "src");
        cli.CommitWork(Agent, "2.5.1", "src/config.ts");
        cli.Run("complete", "2.5.1", "--agent", Agent).Expect(0);
    }

    [Fact]
    public void A_file_somebody_else_has_leased_is_out_of_bounds()
    {
        using var cli = Claimed();
        cli.Claim("2.5.5", "qa-1");
        cli.CommitWork(Agent, "2.5.1", "tests/config.test.ts");

        AssertRefused(cli, "file-busy", "qa-1");
    }

    [Fact]
    public void A_free_file_beyond_the_lease_is_leased_on_the_way()
    {
        using var cli = Claimed();
        cli.CommitWork(Agent, "2.5.1", "src/more.ts");

        cli.Run("complete", "2.5.1", "--agent", Agent).Expect(0);

        Assert.Contains("lease.extended", cli.EventKinds());
    }

    [Theory]
    [InlineData(Cli.PlanPath)]
    [InlineData("interlock.json")]
    [InlineData(".github/workflows/ci.yml")]
    public void The_plan_and_what_steers_agents_are_not_task_work(string path)
    {
        using var cli = Claimed();
        cli.Write(path, path.EndsWith(".json", StringComparison.Ordinal) ? "{}" : $"{Cli.Plan}\n");
        cli.Commit($"[{Agent}] [2.5.1] more");

        AssertRefused(cli, "out-of-scope", path);
    }

    [Fact]
    public void A_red_check_sends_the_work_back_with_its_log_and_green_completes_it()
    {
        using var cli = Cli.Repository();
        cli.Write("interlock.json", """{ "checks": [ { "name": "config", "command": "grep -q right src/config.ts || { echo not right; exit 7; }" } ] }""");
        cli.Commit("checks");
        cli.Run("assign", "--story", "2.5").Expect(0);
        cli.Claim("2.5.1", Agent);
        cli.CommitWork(Agent, "2.5.1", "src/config.ts");
        Assert.Contains("interlock trust", cli.Run("complete", "2.5.1", "--agent", Agent).Expect(1).Error, StringComparison.Ordinal);
        cli.Run("trust", "--yes").Expect(0);

        AssertRefused(cli, "checks-failed", "check 'config' failed with exit code 7");

        cli.Write("src/config.ts", "right\n");
        cli.Commit($"[{Agent}] [2.5.1] repair");
        cli.Run("complete", "2.5.1", "--agent", Agent).Expect(0);
        Assert.Equal("", cli.Git("status", "--porcelain"));
        Assert.Single(cli.Git("worktree", "list").Split('\n'));
    }

    [Fact]
    public void A_completion_asks_the_checks_of_every_stage()
    {
        using var cli = Cli.Repository();
        cli.Write("interlock.json", """{ "checks": [ { "name": "early", "command": "false", "at": "submit" }, { "name": "late", "command": "true" } ] }""");
        cli.Commit("checks");
        cli.Run("trust", "--yes").Expect(0);
        cli.Run("assign", "--story", "2.5").Expect(0);
        cli.Claim("2.5.1", Agent);
        cli.CommitWork(Agent, "2.5.1", "src/config.ts");

        AssertRefused(cli, "checks-failed", "check 'early' failed with exit code 1");
    }

    [Theory]
    [InlineData("\"toolchain\": [\"touch ran\"]")]
    [InlineData("\"sandbox_write\": [\"/\"]")]
    [InlineData("\"sandbox\": \"none\"")]
    public void A_typed_check_does_not_let_an_untrusted_file_run_commands_or_open_the_sandbox(string setting)
    {
        using var cli = Cli.Repository();
        cli.Write("interlock.json", $"{{ {setting} }}");
        cli.Commit("settings");

        var refused = cli.Run("run", "--story", "2.5", "--agent-command", "true", "--check", "true").Expect(1);

        Assert.Contains("interlock trust", refused.Error, StringComparison.Ordinal);
        Assert.False(cli.Has("ran"));
    }

    [Fact]
    public void Changed_commands_are_not_run_until_they_are_trusted_again()
    {
        using var cli = Cli.Repository();
        cli.Write("interlock.json", """{ "checks": [ { "name": "a", "command": "true" } ] }""");
        cli.Run("assign", "--story", "2.5").Expect(0);
        cli.Run("trust", "--yes").Expect(0);
        cli.Claim("2.5.1", Agent);
        cli.CommitWork(Agent, "2.5.1", "src/config.ts");
        cli.Write("interlock.json", """{ "checks": [ { "name": "a", "command": "touch escaped" } ] }""");

        cli.Run("complete", "2.5.1", "--agent", Agent).Expect(1);

        Assert.False(cli.Has("escaped"));
        Assert.Equal("in_progress", cli.Status("2.5.1"));
    }

    [Fact]
    public void Work_without_code_needs_a_reason_and_leaves_it_in_the_log()
    {
        using var cli = Claimed();
        Assert.Equal("no-commit", cli.Json("complete", "2.5.1", "--agent", Agent, "--no-code").Expect(1).Refused.GetProperty("code").GetString());
        Assert.Equal("in_progress", cli.Status("2.5.1"));

        cli.Run("complete", "2.5.1", "--agent", Agent, "--no-code", "--reason", "set up by hand in the console").Expect(0);

        Assert.Equal("completed", cli.Status("2.5.1"));
        Assert.Contains("set up by hand in the console", cli.Run("log", "--task", "2.5.1").Expect(0).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_claim_repeated_after_its_lease_has_ended_is_refused_and_takes_no_tokens_place()
    {
        using var cli = Cli.Assigned();
        cli.Run("claim", "2.5.1", "--agent", Agent, "--request-id", "q1").Expect(0);
        cli.Run("release", "2.5.1", "--agent", Agent).Expect(0);
        cli.Run("claim", "2.5.1", "--agent", Agent, "--request-id", "q2").Expect(0);

        Assert.Contains("not-current", cli.Run("claim", "2.5.1", "--agent", Agent, "--request-id", "q1").Expect(1).Error, StringComparison.Ordinal);

        cli.Run("renew", "2.5.1", "--agent", Agent).Expect(0);
    }

    [Fact]
    public void A_repeated_request_gets_the_first_answer()
    {
        using var cli = Cli.Assigned();
        var first = cli.Json("claim", "2.5.1", "--agent", Agent, "--request-id", "r1").Expect(0);
        var events = cli.EventKinds();

        Assert.Equal(first.Out, cli.Json("claim", "2.5.1", "--agent", Agent, "--request-id", "r1").Expect(0).Out);

        Assert.Equal(events, cli.EventKinds());
        cli.Run("complete", "2.5.1", "--agent", Agent, "--no-code", "--reason", "a", "--request-id", "r2").Expect(0);
        cli.Run("complete", "2.5.1", "--agent", Agent, "--no-code", "--reason", "a", "--request-id", "r2").Expect(0);
        Assert.Single(cli.EventKinds(), kind => kind == "task.completed-without-code");
    }

    [Fact]
    public void A_completion_with_a_commit_may_be_repeated_when_its_answer_was_lost()
    {
        using var cli = Cli.Assigned();
        cli.Claim("2.5.1", Agent);
        cli.CommitWork(Agent, "2.5.1", "src/config.ts");

        var first = cli.Json("complete", "2.5.1", "--agent", Agent, "--request-id", "r3").Expect(0);

        Assert.Equal(first.Out, cli.Json("complete", "2.5.1", "--agent", Agent, "--request-id", "r3").Expect(0).Out);
        Assert.Single(cli.EventKinds(), kind => kind == "task.landed");
        cli.Run("complete", "2.5.1", "--agent", Agent).Expect(1);
    }

    [Fact]
    public void A_forged_or_foreign_token_opens_nothing()
    {
        using var cli = Claimed();
        var token = cli.Json("claim", "2.5.5", "--agent", "qa-1").Expect(0).Json.GetProperty("token").GetString()!;
        var parts = token.Split('.');
        var before = cli.Read(Cli.StatusPath);

        Assert.Equal("not-current", Refused(cli, $"{parts[0]}.{parts[1]}.{new string('0', parts[2].Length)}"));
        Assert.Equal("not-current", Refused(cli, $"{parts[0]}.1.{parts[2]}"));
        Assert.Equal("not-current", Refused(cli, $"{new string('0', parts[0].Length)}.{parts[1]}.{parts[2]}"));
        Assert.Equal("not-current", Refused(cli, $"{parts[0]}.999.{parts[2]}"));
        Assert.Equal("not-holder", Refused(cli, token));
        cli.Run("release", "2.5.1", "--token", "no-token").Expect(2);
        Assert.Contains("qa-2 has not claimed task 2.5.1 here", cli.Run("release", "2.5.1", "--agent", "qa-2").Expect(1).Error, StringComparison.Ordinal);
        Assert.DoesNotContain(parts[2], cli.Read(".lock/2.5.5.lock"), StringComparison.Ordinal);
        Assert.Equal(before, cli.Read(Cli.StatusPath));
    }

    private static string? Refused(Cli cli, string token) => cli.Json("release", "2.5.1", "--token", token).Expect(1).Refused.GetProperty("code").GetString();

    private static Cli Claimed()
    {
        var cli = Cli.Assigned();
        cli.Claim("2.5.1", Agent);
        return cli;
    }

    private static void AssertRefused(Cli cli, string code, string says)
    {
        var refusal = cli.Json("complete", "2.5.1", "--agent", Agent).Expect(1).Refused;
        Assert.Equal(code, refusal.GetProperty("code").GetString());
        Assert.Contains(says, refusal.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("in_progress", cli.Status("2.5.1"));
        Assert.True(cli.Has(".lock/2.5.1.lock"));
    }
}
