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
        Assert.Equal(("Create the whole OAuth config", "in_progress"), (cli.Task("2.5.1").GetProperty("description").GetString(), cli.Status("2.5.1")));
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
        var before = cli.Read(Cli.StatusPath);

        var proposals = cli.Json("assign", "--story", "2.5").Expect(0).Json.GetProperty("proposals").EnumerateArray().Select(text => text.GetString()).ToList();

        Assert.Equal(before, cli.Read(Cli.StatusPath));
        Assert.Collection(proposals,
            ticked => Assert.Contains("interlock complete 2.5.1 --no-code", ticked, StringComparison.Ordinal),
            unticked => Assert.Contains("2.5.4 is no longer ticked", unticked, StringComparison.Ordinal));
    }

    private static string Without(string json, string member) =>
        string.Join('\n', json.Split('\n').Where(line => !line.Contains($"\"{member}\"", StringComparison.Ordinal)));
}
