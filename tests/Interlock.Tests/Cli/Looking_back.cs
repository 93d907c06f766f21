using System.Text.Json;

namespace Interlock.Tests.Cli;

public sealed class Looking_back
{
    [Fact]
    public void Replay_shows_each_moment_as_status_showed_it_then()
    {
        using var cli = Cli.Assigned();
        var seen = new List<(long Revision, string State)>();
        Look();
        foreach (var line in (string[][])
        [
            ["claim", "2.5.1", "--agent", "dev-oauth-1"], ["extend", "2.5.1", "src/x.ts", "--agent", "dev-oauth-1"],
            ["fail", "2.5.1", "--agent", "dev-oauth-1", "--reason", "x"], ["retry", "2.5.1"], ["lock", "docs/x.md"],
            ["claim", "2.5.5", "--agent", "qa-1"], ["complete", "2.5.5", "--agent", "qa-1", "--no-code", "--reason", "x"],
            ["cancel", "2.5.3"], ["unlock", "docs/x.md"], ["send", "--from", "qa-1", "--to", "all", "--message", "hi"],
        ])
        {
            cli.Run(line).Expect(0);
            Look();
        }

        Assert.Equal(11, seen.Select(moment => moment.Revision).Distinct().Count());
        foreach (var (revision, state) in seen)
        {
            Assert.Equal(state, State(cli.Json("replay", "--at", $"{revision}").Expect(0).Json));
        }

        void Look()
        {
            var status = cli.Json("status", "--all").Expect(0).Json;
            seen.Add((status.GetProperty("revision").GetInt64(), State(status)));
        }

        static string State(JsonElement answer) => string.Join('\n', new[] { "stories", "tasks", "locks" }.Select(name => answer.GetProperty(name).GetRawText()));
    }

    [Fact]
    public void A_moment_is_named_by_number_time_or_age()
    {
        using var cli = Cli.Assigned();
        cli.Claim("2.5.1", "dev-oauth-1");
        var events = cli.Json("log").Expect(0).Json.GetProperty("events").EnumerateArray().ToList();
        var claimed = events.Single(line => line.GetProperty("kind").GetString() == "task.claimed");

        var byTime = cli.Json("replay", "--at", claimed.GetProperty("at").GetString()!).Expect(0).Json;
        Assert.Equal("task.claimed", byTime.GetProperty("event").GetProperty("kind").GetString());
        Assert.Contains("in_progress", cli.Run("replay", "--at", "2099-01-01").Expect(0).Out, StringComparison.Ordinal);
        Assert.Equal("nothing-to-do", cli.Json("replay", "--at", "0").Expect(1).Refused.GetProperty("code").GetString());
        Assert.Equal("nothing-to-do", cli.Json("replay", "--at", "2020-01-01").Expect(1).Refused.GetProperty("code").GetString());
        Assert.Contains("neither the number of an event nor a time", cli.Run("replay", "--at", "soon").Expect(2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_log_is_told_by_agent_kind_and_time()
    {
        using var cli = Cli.Assigned();
        cli.Claim("2.5.1", "dev-oauth-1");
        cli.Claim("2.5.5", "qa-1");
        cli.Run("release", "2.5.5", "--agent", "qa-1").Expect(0);

        Assert.Equal(["task.claimed", "task.released"], Kinds("--by", "qa-1"));
        Assert.Equal(["task.claimed", "task.claimed"], Kinds("--kind", "task.claimed"));
        Assert.Equal(["task.claimed", "task.claimed", "task.released"], Kinds("--kind", "task"));
        Assert.Empty(Kinds("--kind", "tas"));
        Assert.Equal(["task.claimed"], Kinds("--kind", "task.claimed", "--task", "2.5.1"));
        Assert.NotEmpty(Kinds("--since", "1h"));
        Assert.Empty(Kinds("--since", "2099-01-01"));
        Assert.Contains("no point in time", cli.Run("log", "--since", "soon").Expect(2).Error, StringComparison.Ordinal);

        string[] Kinds(params string[] filter) =>
            [.. cli.Json(["log", .. filter]).Expect(0).Json.GetProperty("events").EnumerateArray().Select(line => line.GetProperty("kind").GetString()!)];
    }

    [Fact]
    public void Following_the_log_prints_each_event_as_it_comes_one_object_a_line()
    {
        using var cli = Cli.Assigned();
        using var follow = cli.Begin("log", "--follow", "--kind", "task", "--json");
        cli.Claim("2.5.1", "dev-oauth-1");
        Assert.Equal("task.claimed", Next());
        cli.Run("release", "2.5.1", "--agent", "dev-oauth-1").Expect(0);
        Assert.Equal("task.released", Next());
        follow.Kill();
        follow.WaitForExit();

        string Next() => JsonDocument.Parse(follow.StandardOutput.ReadLine()!).RootElement.GetProperty("kind").GetString()!;
    }
}
