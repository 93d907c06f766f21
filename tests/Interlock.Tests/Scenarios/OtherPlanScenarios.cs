namespace Interlock.Tests.Scenarios;

public sealed class OtherPlanScenarios
{
    private const string Agent = """
        mkdir -p src
        echo "$INTERLOCK_TASK_ID" >> "src/$INTERLOCK_TASK_ID.txt"
        """;

    [Theory]
    [InlineData("specs/004-export/tasks.md", "004-export", "## Phase 1: Setup\n- [ ] T001 a\n- [x] T002 b\n- [ ] T003 c\n")]
    [InlineData("openspec/changes/export/tasks.md", "export", "## 1. A\r\n- [ ] 1.1 a\r\n- [x] 1.2 b\r\n- [ ] 1.3 c")]
    [InlineData("TODO.md", "TODO", "\uFEFF# T\n- [ ] a\n* [x] b\n1. [ ] 日本\n")]
    public async Task A_run_ticks_the_plan_it_was_given_on_the_branch_and_nothing_else(string path, string story, string plan)
    {
        using var bench = await Bench.CreateAsync("# none\n", Agent);
        bench.Write(path, plan);
        await bench.GitAsync("add", "-A");
        await bench.GitAsync("commit", "--quiet", "-m", "plan");

        var ran = await bench.InterlockAsync("run", "--story", story, "--from", path);

        Assert.True(ran.ExitCode == 0, ran.ToString());
        var before = await bench.GitAsync("show", $"main:{path}");
        Assert.Equal(before.Replace("[ ]", "[x]", StringComparison.Ordinal), await bench.GitAsync("show", $"interlock/{story}:{path}"));
        Assert.Equal(before, await bench.GitAsync("show", $"HEAD:{path}"));
        Assert.Equal("2", await bench.GitAsync("rev-list", "--count", $"main..interlock/{story}"));
    }

    [Fact]
    public async Task Work_that_touches_the_plan_it_came_from_does_not_land()
    {
        using var bench = await Bench.CreateAsync("# none\n", "echo mine >> TODO.md", limits: """{ "attempts": 1 }""");
        bench.Write("TODO.md", "- [ ] a\n");
        await bench.GitAsync("add", "-A");
        await bench.GitAsync("commit", "--quiet", "-m", "plan");

        var ran = await bench.InterlockAsync("run", "--story", "TODO", "--from", "TODO.md", "--json");

        Assert.Contains("TODO.md", ran.Json.GetProperty("needs_person")[0].GetProperty("detail").GetString(), StringComparison.Ordinal);
    }
}
