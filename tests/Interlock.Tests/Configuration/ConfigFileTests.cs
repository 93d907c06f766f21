using System.Text;
using Interlock.Domain.Plans;
using Interlock.Engine.Configuration;
using Interlock.Engine.Merging;

namespace Interlock.Tests.Configuration;

public sealed class ConfigFileTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("interlock-config-").FullName;

    private string File => Path.Combine(root, "interlock.json");

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Without_a_file_everything_has_its_default()
    {
        var file = ConfigFile.Read(root);
        Assert.Null(file.Hash);
        AssertDefaults(file);
        Assert.Null(file.Config.Checks);
    }

    [Fact]
    public void What_a_file_leaves_out_keeps_its_default()
    {
        AssertDefaults(Read("{}"));
        AssertDefaults(Read("""{ "limits": {}, "lease": {}, "worktrees": {}, "modules": {}, "environment": [] }"""));
    }

    [Fact]
    public void Every_setting_is_read()
    {
        var file = Read("""
            {
              "$schema": "https://example.org/schema.json",
              "plan": "docs/PLAN.md",
              "roster": [ { "type": "dev", "count": 4, "specialties": ["api^2", "sign in"] }, { "type": "qa" } ],
              "limits": { "agents": 7, "per_module": 2, "per_epic": 4, "per_type": { "qa": 1 }, "attempts": 5 },
              "modules": { "web": ["src/web/**"], "core": ["src/core/"] },
              "lease": { "duration": "90m" },
              "agent": { "adapter": "shell", "command": ["agent", "--go"], "timeout": "1.5h", "silence": "90s" },
              "checks": [ { "name": "build", "command": "make all", "timeout": "1d" }, { "name": "lint", "command": ["lint", "."], "at": "submit", "cache": false, "network": true } ],
              "worktrees": { "root": "../trees", "link": ["node_modules"], "copy": [".env"], "setup": "npm ci", "clone": ["cache"], "pool": 3,
                             "keep": ["bin/"], "disk": "1.5GB", "ports": { "from": 4100 }, "env": { "PORT": "{port}" } },
              "environment": ["API_KEY"],
              "sandbox": "bwrap",
              "sandbox_write": ["~/.npm"],
              "toolchain": ["node --version"],
              "merge_rules": [
                { "paths": ["lock.json"], "rule": "regenerate", "command": ["make", "lock"], "timeout": "90s" },
                { "paths": ["CHANGES.md", "db/"], "rule": "union" }
              ],
              "early_warning": "10m"
            }
            """);
        var config = file.Config;
        Assert.Equal(("docs/PLAN.md", "https://example.org/schema.json"), (config.Plan, config.Schema));
        Assert.Equal(["dev-1", "dev-2", "dev-3", "dev-4", "qa-1"], file.Roster.Agents.Select(agent => agent.Id.Value));
        Assert.Equal(["api^2", "sign in"], file.Roster.Types[0].Specialties);
        Assert.Equal((7, 2, 4, 1, 5), (file.Limits.Agents, file.Limits.PerModule, file.Limits.PerEpic, file.Limits.PerType["qa"], file.Limits.Attempts));
        Assert.Equal(TimeSpan.FromMinutes(90), config.Lease.Duration);
        Assert.Equal((TimeSpan.FromMinutes(90), TimeSpan.FromSeconds(90)), (config.Agent!.Timeout, config.Agent.Silence));
        Assert.Equal(["agent", "--go"], config.Agent.Command!.ToArguments());
        Assert.Equal(["build", "lint"], config.Checks!.Entries.Select(check => check.Name));
        Assert.Equal((TimeSpan.FromDays(1), TimeSpan.FromMinutes(10)), (config.Checks.Entries[0].Timeout, config.Checks.Entries[1].Timeout));
        Assert.Equal(("land", true, false), (config.Checks.Entries[0].At, config.Checks.Entries[0].Cache, config.Checks.Entries[0].Network));
        Assert.Equal(("submit", false, true), (config.Checks.Entries[1].At, config.Checks.Entries[1].Cache, config.Checks.Entries[1].Network));
        Assert.Equal(("bwrap", "~/.npm", "node --version"), (config.Sandbox, config.SandboxWrite.Single(), config.Toolchain.Single()));
        Assert.Equal("make all", config.Checks.Entries[0].Command.ToArguments()[^1]);
        Assert.Equal(("../trees", "npm ci"), (config.Worktrees.Root, config.Worktrees.Setup));
        Assert.Equal(["node_modules", ".env", "API_KEY"], [.. config.Worktrees.Link, .. config.Worktrees.Copy, .. config.Environment]);
        Assert.Equal(["cache", "bin/", "{port}"], [.. config.Worktrees.Cloned, .. config.Worktrees.Keep, config.Worktrees.Env["PORT"]]);
        Assert.Equal((3, 3L << 29, 4100, 10), (config.Worktrees.Pool, config.Worktrees.Disk!.Value.Bytes, config.Worktrees.Ports!.From, config.Worktrees.Ports.PerSlot));
        Assert.Equal([MergeRuleKind.Regenerate, MergeRuleKind.Union], file.MergeRules.Select(rule => rule.Kind));
        Assert.Equal((TimeSpan.FromSeconds(90), TimeSpan.FromMinutes(10)), (file.MergeRules[0].Command!.Timeout, config.EarlyWarning));
        Assert.Equal("lock.json, CHANGES.md, db/**", file.Limits.Hot.ToString());
        Assert.Equal(Timeout.InfiniteTimeSpan, Read("""{ "early_warning": "off" }""").Config.EarlyWarning);
        Assert.Equal("web", file.ModuleOf(new StoryId("2.5"), "Backend", ["src/web/a.ts"]));
        Assert.Equal("2.5 Backend", file.ModuleOf(new StoryId("2.5"), "Backend", ["lib/a.ts"]));
        Assert.Equal("2.5", file.ModuleOf(new StoryId("2.5"), null, []));
    }

    [Fact]
    public void Comments_trailing_commas_and_a_byte_order_mark_are_fine()
    {
        System.IO.File.WriteAllText(File, "{ // why\n \"limits\": { \"agents\": 4, }, /* more */ }", new UTF8Encoding(true));
        Assert.Equal(4, ConfigFile.Read(root).Limits.Agents);
    }

    [Fact]
    public void The_hash_is_of_every_byte()
    {
        Assert.NotEqual(Read("{}").Hash, Read("{} ").Hash);
        Assert.Equal(Read("{}").Hash, Read("{}").Hash);
    }

    [Fact]
    public void No_checks_have_to_be_written_down() => Assert.True(Read("""{ "checks": "none" }""").Config.Checks!.None);

    [Theory]
    [InlineData("{\n \"limit\": {} }", 2, "limit")]
    [InlineData("{\n\n \"limits\": { \"agent\": 1 } }", 3, "agent")]
    [InlineData("{\n \"limits\": {\n \"agents\": \"ten\" } }", 3, "limits.agents")]
    [InlineData("{\n \"limits\": {\n \"agents\": 1.5 } }", 3, "limits.agents")]
    [InlineData("{\n \"plan\": 7 }", 2, "plan")]
    [InlineData("{\n \"lease\": { \"duration\": \"2 hours\" } }", 2, "90s")]
    [InlineData("{\n \"lease\": { \"duration\": 7200 } }", 2, "90s")]
    [InlineData("{\n \"lease\": { \"duration\": \"0s\" } }", 2, "90s")]
    [InlineData("{\n \"checks\": [] }", 2, "write \"none\"")]
    [InlineData("{\n \"checks\": \"all\" }", 2, "\"none\"")]
    [InlineData("{\n \"checks\": true }", 2, "\"none\"")]
    [InlineData("{\n \"checks\": [ null ] }", 2, "check")]
    [InlineData("{\n \"checks\": [ { \"name\": \"x\" } ] }", 2, "command")]
    [InlineData("{\n \"checks\": [ { \"name\": \"x\", \"command\": \" \" } ] }", 2, "command is empty")]
    [InlineData("{\n \"checks\": [ { \"name\": \"x\", \"command\": \"y\", \"at\": \"noon\" } ] }", 2, "write submit, land or both")]
    [InlineData("{\n \"checks\": [ { \"name\": \"x\", \"command\": \"y\", \"at\": \"submit\" } ] }", 2, "no check is asked at landing")]
    [InlineData("{\n \"checks\": [ { \"name\": \"x\", \"command\": \"y\", \"cache\": 1 } ] }", 2, "true or false")]
    [InlineData("{\n \"sandbox\": \"docker\" }", 2, "write auto, bwrap or none")]
    [InlineData("{\n \"durability\": \"most\" }", 2, "write full or normal")]
    [InlineData("{\n \"sandbox_write\": [null] }", 2, "sandbox_write")]
    [InlineData("{\n \"toolchain\": [\" \"] }", 2, "toolchain is empty")]
    [InlineData("{\n \"agent\": { \"command\": [] } }", 2, "starts with a program")]
    [InlineData("{\n \"agent\": { \"command\": [\"a\", null] } }", 2, "starts with a program")]
    [InlineData("{\n \"agent\": { \"command\": \"a\", \"adapter\": \"robot\" } }", 2, "'robot' is not known")]
    [InlineData("{\n \"plan\": \"../plan.md\" }", 2, "not a path inside")]
    [InlineData("{\n \"plan\": \"/etc/plan.md\" }", 2, "not a path inside")]
    [InlineData("{\n \"plan\": \"plans/*.md\" }", 2, "not a path inside")]
    [InlineData("{\n \"plan\": null }", 2, "plan")]
    [InlineData("{\n \"limits\": null }", 2, "limits")]
    [InlineData("{\n \"lease\": null }", 2, "lease")]
    [InlineData("{\n \"modules\": null }", 2, "modules")]
    [InlineData("{\n \"modules\": { \"m\": null } }", 2, "module")]
    [InlineData("{\n \"modules\": { \"m\": [null] } }", 2, "module")]
    [InlineData("{\n \"modules\": { \"m\": [\"../x\"] } }", 2, "../x")]
    [InlineData("{\n \"environment\": [null] }", 2, "environment")]
    [InlineData("{\n \"worktrees\": { \"link\": [null] } }", 2, "link")]
    [InlineData("{\n \"worktrees\": { \"clone\": [null] } }", 2, "clone")]
    [InlineData("{\n \"worktrees\": {\n \"copy\": [\"../.env\"] } }", 3, "worktrees.copy glob '../.env' must stay inside")]
    [InlineData("{\n \"worktrees\": {\n \"keep\": [\"/bin\"] } }", 3, "worktrees.keep")]
    [InlineData("{\n \"worktrees\": {\n \"pool\": -1 } }", 3, "worktrees.pool is -1")]
    [InlineData("{\n \"worktrees\": {\n \"pool\": \"many\" } }", 3, "a whole number")]
    [InlineData("{\n \"worktrees\": {\n \"disk\": 20 } }", 3, "20GB")]
    [InlineData("{\n \"worktrees\": {\n \"disk\": \"20 GB\" } }", 3, "20GB")]
    [InlineData("{\n \"worktrees\": {\n \"ports\": { \"per_slot\": 2 } } }", 3, "from")]
    [InlineData("{\n \"worktrees\": {\n \"ports\": { \"from\": 0 } } }", 3, "ports.from is 0")]
    [InlineData("{\n \"worktrees\": {\n \"ports\": { \"from\": 9, \"per_slot\": 0 } } }", 3, "per_slot is 0")]
    [InlineData("{\n \"worktrees\": {\n \"ports\": { \"from\": 65500 } } }", 3, "beyond 65535")]
    [InlineData("{\n \"worktrees\": {\n \"env\": { \"INTERLOCK_TOKEN\": \"x\" } } }", 3, "INTERLOCK_")]
    [InlineData("{\n \"worktrees\": {\n \"env\": { \"A=B\": \"x\" } } }", 3, "'A=B'")]
    [InlineData("{\n \"worktrees\": {\n \"env\": { \"P\": \"{prot}\" } } }", 3, "{prot}")]
    [InlineData("{\n \"worktrees\": {\n \"env\": { \"P\": \"{port}\" } } }", 3, "worktrees.ports is not set")]
    [InlineData("{\n \"worktrees\": {\n \"env\": { \"P\": null } } }", 3, "null")]
    [InlineData("{\n \"roster\": [] }", 2, "empty")]
    [InlineData("{\n \"roster\": [ null ] }", 2, "roster")]
    [InlineData("{\n \"roster\": [ { \"type\": \"a b\" } ] }", 2, "not a valid id")]
    [InlineData("{\n \"roster\": [ { \"type\": \"a\", \"count\": 0 } ] }", 2, "count 0")]
    [InlineData("{\n \"roster\": [ { \"type\": \"a\" }, { \"type\": \"a\" } ] }", 2, "twice")]
    [InlineData("{\n \"roster\": [ { \"type\": \"a\", \"specialties\": [null] } ] }", 2, "specialties")]
    [InlineData("{\n \"limits\": { \"per_epic\": 0 } }", 2, "at least 1")]
    [InlineData("{\n \"limits\": { \"per_type\": { \"qa\": 0 } } }", 2, "'qa' is at least 1")]
    [InlineData("{\n \"limits\": {},\n \"limits\": {} }", 3, "limits")]
    [InlineData("{\n \"merge_rules\": null }", 2, "merge_rules")]
    [InlineData("{\n \"merge_rules\": [ null ] }", 2, "merge_rules")]
    [InlineData("{\n \"merge_rules\": [ { \"paths\": [], \"rule\": \"union\" } ] }", 2, "names no paths")]
    [InlineData("{\n \"merge_rules\": [\n { \"paths\": [null], \"rule\": \"union\" } ] }", 3, "paths")]
    [InlineData("{\n \"merge_rules\": [ {\n \"paths\": [\"../x\"], \"rule\": \"union\" } ] }", 3, "../x")]
    [InlineData("{\n \"merge_rules\": [ {\n \"paths\": [\"a\"],\n \"rule\": \"ours\" } ] }", 4, "there are: union, regenerate, renumber")]
    [InlineData("{\n \"merge_rules\": [\n { \"paths\": [\"a\"], \"rule\": \"regenerate\" } ] }", 3, "needs a command")]
    [InlineData("{\n \"merge_rules\": [\n { \"paths\": [\"a\"], \"rule\": \"union\", \"command\": \"x\" } ] }", 3, "runs no command")]
    [InlineData("{\n \"early_warning\": \"never\" }", 2, "\"off\"")]
    [InlineData("{\n \"early_warning\": null }", 2, "early_warning")]
    [InlineData("{\n \"plan\": \"a.md\"", 2, "")]
    [InlineData("", 1, "")]
    [InlineData("[]", 1, "")]
    public void A_mistake_is_named_with_its_place(string text, int line, string says)
    {
        var error = Assert.Throws<BadInputException>(() => Read(text));
        Assert.StartsWith($"{File}:{line}: ", error.Message);
        Assert.Contains(says, error.Message);
        Assert.DoesNotContain("System.", error.Message);
        Assert.DoesNotContain("Interlock.Engine", error.Message);
        Assert.NotEmpty(error.Hint);
    }

    [Fact]
    public void A_file_that_holds_null_is_no_configuration() => Assert.Throws<BadInputException>(() => Read("null"));

    [Fact]
    public void A_file_that_cannot_be_read_is_no_missing_file()
    {
        Directory.CreateDirectory(File);
        Assert.Contains(File, Assert.Throws<BadInputException>(() => ConfigFile.Read(root)).Message);
    }

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("15m", 900)]
    [InlineData("2h", 7200)]
    [InlineData("1.5d", 129600)]
    [InlineData("2H", null)]
    [InlineData("h", null)]
    [InlineData("-1h", null)]
    [InlineData(" 1h", null)]
    [InlineData("1e3s", null)]
    [InlineData("100001s", null)]
    [InlineData(null, null)]
    public void A_duration_is_a_number_and_a_unit(string? text, int? seconds) =>
        Assert.Equal(seconds, (int?)DurationConverter.TryParse(text)?.TotalSeconds);

    private ConfigFile Read(string text)
    {
        System.IO.File.WriteAllText(File, text);
        return ConfigFile.Read(root);
    }

    private static void AssertDefaults(ConfigFile file)
    {
        Assert.Equal("plan/IMPLEMENTATION_PLAN.md", file.Config.Plan);
        Assert.Equal((10, 3, 5, 3), (file.Limits.Agents, file.Limits.PerModule, file.Limits.PerEpic, file.Limits.Attempts));
        Assert.Equal(TimeSpan.FromHours(2), file.Config.Lease.Duration);
        Assert.Equal(7, file.Roster.Agents.Count);
        Assert.Null(file.Config.Agent);
        Assert.Equal("auto", file.Config.Sandbox);
        Assert.Empty(file.Config.Worktrees.Link.Concat(file.Config.SandboxWrite).Concat(file.Config.Toolchain));
        Assert.Equal((0, TimeSpan.FromMinutes(2)), (file.MergeRules.Count, file.Config.EarlyWarning));
    }
}
