namespace Interlock.Tests.Cli;

public sealed class Bad_input
{
    [Fact]
    public void Exit_codes_tell_done_refused_usage_and_environment_apart()
    {
        using var cli = Cli.Assigned();
        cli.Run("status").Expect(0);
        cli.Run("--help").Expect(0);
        cli.Run("claim", "2.5.2", "--agent", "qa-1").Expect(1);
        cli.Run().Expect(0);
        foreach (var line in (string[][])[["fly"], ["claim"], ["claim", "2.5.1"], ["claim", "2.5.1", "--agent", "a", "--for", "soon"], ["status", "--root", "nowhere"], ["log", "--limit", "many"], ["assign"], ["trust"]])
        {
            var answer = cli.Run(line);
            Assert.True(answer.ExitCode == (line is ["trust"] ? 1 : 2), $"{string.Join(' ', line)}: {answer.ExitCode}");
            Assert.NotEqual("", answer.Error);
            answer.Expect(answer.ExitCode);
        }

        cli.Set("INTERLOCK_AGENT_ID", "../me");
        Assert.Contains("'../me' is not a valid agent id", cli.Run("claim", "2.5.1").Expect(2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_are_json_too_when_json_was_asked_for()
    {
        using var cli = Cli.EmptyRepository();

        var error = cli.Json("assign", "--story", "2.5").Expect(1).Json.GetProperty("error");

        Assert.Equal(["code", "message", "hint"], error.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public void A_missing_plan_and_a_story_that_is_not_in_it_are_told_with_the_remedy()
    {
        using var cli = Cli.EmptyRepository();
        Assert.Contains($"{Cli.PlanPath} does not exist", cli.Run("assign", "--story", "2.5").Expect(1).Error, StringComparison.Ordinal);
        cli.Write(Cli.PlanPath, Cli.Plan);

        var answer = cli.Run("assign", "--story", "3.1").Expect(1);

        Assert.Contains("has no story 3.1", answer.Error, StringComparison.Ordinal);
        Assert.Contains("It has: 2.5, 2.6", answer.Error, StringComparison.Ordinal);
        Assert.False(cli.Has(Cli.StatusPath));
        Assert.False(Directory.Exists(Path.Combine(cli.Root, "agent_prompts")));
    }

    [Fact]
    public void Problems_are_told_with_file_and_line_and_hold_back_only_their_tasks()
    {
        using var cli = Cli.Repository("""
            ### Story 2.5: A
            - [ ] Task 1: a [Dependencies: Task 2] [Files: a]
            - [ ] Task 2: b [Dependencies: Task 1] [Files: b]
            - [ ] Task 3: c [Dependencies: Task 9] [Files: c]
            - [ ] Task 4: d [Files: d]
            - [ ] Task 4: e [Files: e]
            - [ ] Task 5: f [Files: f]
            """);

        var plan = cli.Run("plan").Expect(1).Out;
        Assert.Contains($"{Cli.PlanPath}:4: task 3 depends on '9'", plan.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal(["cycle", "dangling-dependency", "duplicate-task"], Codes(cli.Json("plan").Expect(1)));
        Assert.Equal(["cycle", "dangling-dependency", "duplicate-task"], Codes(cli.Json("assign", "--story", "2.5").Expect(0)));
        foreach (var task in (string[])["1", "2", "3", "4"])
        {
            Assert.Equal("held", cli.Json("claim", task, "--agent", "qa-1").Expect(1).Refused.GetProperty("code").GetString());
        }

        cli.Claim("5", "qa-1");
    }

    [Fact]
    public void A_plan_with_conflict_markers_is_not_imported_at_all()
    {
        using var cli = Cli.Assigned();
        var before = (cli.Read(Cli.StatusPath), cli.EventKinds().Length);
        cli.Write(Cli.PlanPath, Cli.Plan.Replace("#### Service", "<<<<<<< HEAD\n=======\n- [ ] Task 2.5.9: new\n>>>>>>> other", StringComparison.Ordinal));

        var answer = cli.Run("assign", "--story", "2.5").Expect(1);

        Assert.Contains($"{Cli.PlanPath}:14: ", answer.Error, StringComparison.Ordinal);
        Assert.Equal(before, (cli.Read(Cli.StatusPath), cli.EventKinds().Length));
    }

    [Theory]
    [InlineData("{\n  \"checks\": [\n  oops\n", ":3: ")]
    [InlineData("{\n  \"limits\": { \"agents\": \"many\" }\n}", ":2: ")]
    [InlineData("{\n  \"colour\": 1\n}", ":2: ")]
    [InlineData("{\n\n  \"plan\": \"../elsewhere.md\"\n}", ":3: ")]
    [InlineData("{\n  \"checks\": []\n}", ":2: ")]
    [InlineData("{\n  \"roster\": [ { \"type\": \"a b\" } ]\n}", ":2: ")]
    [InlineData("", ":1: ")]
    public void A_configuration_that_cannot_be_used_is_told_with_its_line(string text, string line)
    {
        using var cli = Cli.Repository();
        cli.Write("interlock.json", text);

        Assert.Contains($"interlock.json{line}", cli.Run("assign", "--story", "2.5").Expect(1).Error, StringComparison.Ordinal);

        Assert.False(cli.Has(Cli.StatusPath));
    }

    [Fact]
    public void Where_there_is_nothing_to_work_on_the_environment_is_to_blame()
    {
        using var cli = Cli.Folder();
        cli.Write(Cli.PlanPath, Cli.Plan);
        string[] run = ["run", "--story", "2.5", "--agent-command", "true", "--check", "true"];
        Assert.Contains("not in a git repository", cli.Run(run).Expect(3).Error, StringComparison.Ordinal);
        cli.Run("claim", "2.5.1", "--agent", "qa-1").Expect(0);
        Assert.Equal("no-commit", cli.Json("complete", "2.5.1", "--agent", "qa-1").Expect(1).Refused.GetProperty("code").GetString());
        Assert.True(cli.Has(".interlock/state.db"));

        using var unborn = Cli.EmptyRepository();
        unborn.Write(Cli.PlanPath, Cli.Plan);
        Assert.Contains("has no commit yet", unborn.Run(run).Expect(3).Error, StringComparison.Ordinal);

        using var bare = Cli.Folder();
        bare.Git("init", "-q", "--bare");
        Assert.Contains("is a bare repository", bare.Run("status").Expect(3).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Work_may_start_before_the_first_commit()
    {
        using var cli = Cli.EmptyRepository();
        cli.Write(Cli.PlanPath, Cli.Plan);
        cli.Run("assign", "--story", "2.5").Expect(0);
        cli.Claim("2.5.1", "qa-1");
        Assert.Contains("no commit yet", cli.Run("complete", "2.5.1", "--agent", "qa-1").Expect(1).Error, StringComparison.Ordinal);
        cli.Write("src/config.ts", "x");
        cli.Git("add", "src");
        cli.Git("commit", "-q", "-m", "[qa-1] [2.5.1] first");

        cli.Run("complete", "2.5.1", "--agent", "qa-1").Expect(0);
    }

    [Fact]
    public void A_state_folder_that_cannot_be_made_is_told_and_mended_by_taking_away_what_is_there()
    {
        const string Folder = ".git/interlock";
        using var cli = Cli.Repository();
        cli.Write(Folder, "a file in its place");

        var answer = cli.Run("assign", "--story", "2.5").Expect(3);

        Assert.Contains(Path.GetFileName(Folder), answer.Error, StringComparison.Ordinal);
        File.Delete(Path.Combine(cli.Root, Folder));
        cli.Run("assign", "--story", "2.5").Expect(0);
        Assert.Equal("pending", cli.Status("2.5.1"));
    }

    private static string?[] Codes(Answer answer) => [.. answer.Json.GetProperty("problems").EnumerateArray().Select(problem => problem.GetProperty("code").GetString())];
}
