namespace Interlock.Tests.Cli;

public sealed class Limits_at_their_edge
{
    private const string Plan = """
        # Plan

        ### Story 2.5: Parts
        **Epic**: Platform

        #### One

        - [ ] Task 2.5.1: First part [Dependencies: none] [Files: a.txt]
        - [ ] Task 2.5.2: Second part [Dependencies: none] [Files: b.txt]
        - [ ] Task 2.5.3: Third part [Dependencies: none] [Files: c.txt]

        #### Two

        - [ ] Task 2.5.4: Fourth part [Dependencies: none] [Files: d.txt]
        - [ ] Task 2.5.5: Fifth part [Dependencies: none] [Files: a.txt]

        """;

    [Theory]
    [InlineData("""{ "agents": 2 }""", "limit-agents", "2.5.4")]
    [InlineData("""{ "per_module": 2 }""", "limit-module", "2.5.3")]
    [InlineData("""{ "per_epic": 2 }""", "limit-epic", "2.5.4")]
    [InlineData("""{ "per_type": { "dev": 2 } }""", "limit-type", "2.5.4")]
    [InlineData("{}", "file-busy", "2.5.5")]
    public void One_more_than_the_limit_is_refused_and_starts_when_another_ends(string limits, string code, string third)
    {
        using var cli = With(limits);
        cli.Claim("2.5.1", "dev-1");
        cli.Claim("2.5.2", "dev-2");

        Assert.Equal(code, cli.Json("claim", third, "--agent", "dev-3").Expect(1).Refused.GetProperty("code").GetString());
        Assert.Equal(code, cli.Json("explain", third).Expect(0).Json.GetProperty("because").GetProperty("code").GetString());
        cli.Run("release", "2.5.1", "--agent", "dev-1").Expect(0);

        cli.Claim(third, "dev-3");
    }

    [Fact]
    public void The_limits_are_shown_with_who_takes_them()
    {
        using var cli = With("""{ "agents": 2, "per_type": { "dev": 4 }, "per_provider": { "shell": 3 }, "builds": 5 }""");
        cli.Claim("2.5.1", "dev-1");

        var limits = cli.Json("limits").Expect(0).Json.GetProperty("limits").EnumerateArray().ToDictionary(row => row.GetProperty("kind").GetString()!);

        Assert.Equal((2, 1), (limits["agents"].GetProperty("most").GetInt32(), limits["agents"].GetProperty("now").GetInt32()));
        Assert.Equal("dev-1 (2.5.1)", limits["module"].GetProperty("holders")[0].GetString());
        Assert.Equal((4, 1), (limits["type"].GetProperty("most").GetInt32(), limits["type"].GetProperty("now").GetInt32()));
        Assert.Equal((3, 0), (limits["provider"].GetProperty("most").GetInt32(), limits["provider"].GetProperty("now").GetInt32()));
        Assert.Equal(5, limits["builds"].GetProperty("most").GetInt32());
        Assert.Contains("dev-1 (2.5.1)", cli.Run("limits").Expect(0).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "builds": 0 }""", "limits.builds is 0")]
    [InlineData("""{ "per_module": 0 }""", "limits.per_module is 0")]
    [InlineData("""{ "per_provider": { "anthropic": 0 } }""", "the limit for provider 'anthropic' is at least 1")]
    public void A_limit_below_one_is_refused_with_its_line(string limits, string message)
    {
        using var cli = Cli.Repository(Plan);
        cli.Write("interlock.json", $"{{\n  \"limits\":\n    {limits}\n}}");

        Assert.Contains($"interlock.json:3: {message}", cli.Run("status").Expect(1).Error, StringComparison.Ordinal);
    }

    private static Cli With(string limits)
    {
        var cli = Cli.Repository(Plan);
        cli.Write("interlock.json", $$"""{ "roster": [ { "type": "dev", "count": 4 } ], "limits": {{limits}} }""");
        cli.Run("assign", "--story", "2.5").Expect(0);
        return cli;
    }
}
