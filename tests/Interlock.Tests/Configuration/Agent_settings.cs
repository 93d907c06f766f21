using System.Text;
using Interlock.Engine.Agents;
using Interlock.Engine.Configuration;

namespace Interlock.Tests.Configuration;

public sealed class Agent_settings : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("interlock-config-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Every_setting_of_agents_budgets_and_prices_is_read()
    {
        var config = Read("""
            {
              "agent": { "adapter": "claude", "model": "m", "args": ["--a"], "environment": ["E"], "api_key_env": "K", "fallback": ["own", "codex"], "timeout": "5m" },
              "agents": { "own": { "adapter": "acp", "command": ["my-agent", "--acp"], "model": "n", "args": ["-x"], "environment": ["F"], "api_key_env": "L", "fallback": ["claude"] } },
              "roster": [ { "type": "dev" }, { "type": "qa", "adapter": "own" } ],
              "budget": { "task": { "usd": 1.5 }, "story": { "tokens": 7 }, "agent": { "turns": 8 }, "day": { "time": "2h" } },
              "prices": { "My-Model": { "input": 1, "output": 4 } }
            }
            """);
        var presets = AgentPresets.Configured(config)!;

        Assert.Equal(["claude", "own", "codex"], presets.ChainFor("dev").Select(preset => preset.Name));
        Assert.Equal(["own", "claude"], presets.ChainFor("qa").Select(preset => preset.Name));
        var standard = presets.ChainFor("dev")[0];
        Assert.Equal(("m", "K", TimeSpan.FromMinutes(5)), (standard.Model, standard.ApiKeyEnv, standard.Timeout));
        Assert.Equal(["my-agent", "--acp"], presets.ChainFor("qa")[0].Command);
        Assert.Equal((1.5m, 7L, 8, TimeSpan.FromHours(2)), (config.Budget.Task!.Usd, config.Budget.Story!.Tokens, config.Budget.Agent!.Turns, config.Budget.Day!.Time));
        Assert.Equal(5m, PriceList.Read(config).CostOf("my-model", new(1_000_000, Output: 1_000_000), null));
    }

    [Fact]
    public void A_name_on_the_command_line_is_for_everyone_and_its_entry_counts()
    {
        var config = Read("""{ "agents": { "claude": { "model": "m" } }, "roster": [ { "type": "qa", "adapter": "codex" } ] }""");

        Assert.Equal(("claude", "m"), (AgentPresets.Typed(config, "claude")!.ChainFor("qa")[0].Name, AgentPresets.Typed(config, "claude")!.ChainFor("qa")[0].Model));
        Assert.Null(AgentPresets.Typed(config, "nobody"));
        Assert.Null(AgentPresets.Typed(config, "acp"));
        Assert.Equal("codex", AgentPresets.Configured(config)!.ChainFor("qa")[0].Name);
        Assert.Null(AgentPresets.Configured(new InterlockConfig()));
    }

    [Theory]
    [InlineData("""{ "agent": { "adapter": "nobody" } }""", "'nobody' is not known: it is neither")]
    [InlineData("""{ "agent": { "adapter": "shell" } }""", "needs a command")]
    [InlineData("""{ "agent": { "adapter": "claude", "command": "claude --x" } }""", "so it is a list")]
    [InlineData("""{ "agent": { "adapter": "claude", "fallback": ["nobody"] } }""", "agent.fallback: 'nobody'")]
    [InlineData("""{ "agents": { "own": { "adapter": "nobody" } } }""", "adapter 'nobody' is not known")]
    [InlineData("""{ "agents": { "own": { "adapter": "acp" } } }""", "needs a command")]
    [InlineData("""{ "agents": { "a b": { "adapter": "claude" } } }""", "is no name for an agent")]
    [InlineData("""{ "agents": { "own": null } }""", "agents.own is null")]
    [InlineData("""{ "agents": { "own": { "adapter": "claude", "fallback": ["nobody"] } } }""", "agents.own.fallback: 'nobody'")]
    [InlineData("""{ "roster": [ { "type": "dev", "adapter": "nobody" } ] }""", "roster 'dev': 'nobody'")]
    [InlineData("""{ "budget": { "task": { "usd": 0 } } }""", "more than nothing")]
    [InlineData("""{ "budget": { "day": { } } }""", "says nothing")]
    [InlineData("""{ "prices": { "m": { "input": -1, "output": 1 } } }""", "amounts of 0 or more")]
    [InlineData("""{ "prices": { "m": { "input": 1 } } }""", "missing")]
    public void A_mistake_is_named_with_its_line(string text, string says)
    {
        var error = Assert.Throws<BadInputException>(() => Read(text));

        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains("interlock.json:1:", error.Message, StringComparison.Ordinal);
    }

    private InterlockConfig Read(string text)
    {
        File.WriteAllBytes(Path.Combine(root, "interlock.json"), Encoding.UTF8.GetBytes(text));
        return ConfigFile.Read(root).Config;
    }
}
