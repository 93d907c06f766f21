namespace Interlock.Tests.Scenarios;

/// <summary>Tasks whose parts do all their work.</summary>
public sealed class WholeScenarios
{
    private const string Agent = """
        mkdir -p src
        echo "$INTERLOCK_TASK_ID" >> "src/$INTERLOCK_TASK_ID.txt"
        """;

    [Fact]
    public async Task A_run_completes_a_task_master_parent_with_its_last_subtask_and_goes_on_with_what_waited()
    {
        using var bench = await Bench.CreateAsync("# none\n", Agent);
        const string Path = ".taskmaster/tasks/tasks.json";
        bench.Write(Path, """
            { "master": { "tasks": [
              { "id": 1, "title": "Parent", "status": "pending", "dependencies": [], "subtasks": [
                { "id": 1, "title": "a", "status": "pending", "dependencies": [] },
                { "id": 2, "title": "b", "status": "pending", "dependencies": [] } ] },
              { "id": 2, "title": "After", "status": "pending", "dependencies": [1] } ] } }
            """);
        await bench.GitAsync("add", "-A");
        await bench.GitAsync("commit", "--quiet", "-m", "plan");

        var ran = await bench.InterlockAsync("run", "--story", "master", "--from", Path);

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal("3", await bench.GitAsync("rev-list", "--count", "main..interlock/master"));
        Assert.Equal("src/1.1.txt\nsrc/1.2.txt\nsrc/2.txt\nsrc/start.txt", await bench.GitAsync("ls-tree", "-r", "--name-only", "interlock/master", "src"));
        var plan = await bench.GitAsync("show", $"interlock/master:{Path}");
        Assert.Equal(4, plan.Split("\"status\": \"done\"").Length - 1);
        var events = (await bench.InterlockAsync("log", "--task", "1", "--json")).Json.GetProperty("events").EnumerateArray().Select(line => line.GetProperty("kind").GetString()).ToList();
        Assert.Contains("task.completed-by-parts", events);
        Assert.DoesNotContain("task.claimed", events);
    }

    [Fact]
    public async Task A_nested_check_list_is_ticked_up_to_its_outermost_task()
    {
        using var bench = await Bench.CreateAsync("# none\n", Agent);
        bench.Write("TODO.md", "- [ ] outer\n  - [ ] inner\n    - [ ] a\n    - [ ] b\n- [ ] other\n  - [x] done before\n");
        await bench.GitAsync("add", "-A");
        await bench.GitAsync("commit", "--quiet", "-m", "plan");

        var ran = await bench.InterlockAsync("run", "--story", "TODO", "--from", "TODO.md");

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal("- [x] outer\n  - [x] inner\n    - [x] a\n    - [x] b\n- [ ] other\n  - [x] done before", await bench.GitAsync("show", "interlock/TODO:TODO.md"));
        Assert.Equal("2", await bench.GitAsync("rev-list", "--count", "main..interlock/TODO"));
    }

    [Fact]
    public async Task Nobody_can_claim_a_task_that_its_parts_do()
    {
        using var bench = await Bench.CreateAsync("# none\n", Agent);
        bench.Write("TODO.md", "- [ ] outer `src/o.cs`\n  - [ ] ID-7: a\n");
        Assert.Equal(0, (await bench.InterlockAsync("import", "--from", "TODO.md")).ExitCode);
        var tasks = (await bench.InterlockAsync("status", "--json")).Json.GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("task_id").GetString()!).ToList();

        var refused = await bench.InterlockAsync("claim", tasks[0], "--agent", "qa-1", "--json");

        Assert.Equal("has-parts", refused.Json.GetProperty("refused").GetProperty("code").GetString());
        Assert.Contains(tasks[1], refused.Json.GetProperty("refused").GetProperty("message").GetString(), StringComparison.Ordinal);
    }
}
