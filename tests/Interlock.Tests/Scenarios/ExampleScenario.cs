using System.Text.Json;

namespace Interlock.Tests.Scenarios;

/// <summary>The bundled example, as the README runs it, through kill -9.</summary>
public sealed class ExampleScenario
{
    private const int Kills = 3;

    [Fact]
    public async Task The_example_lands_all_25_tasks_with_three_agents_though_the_coordinator_is_killed_three_times()
    {
        var modules = Environment.GetEnvironmentVariable("INTERLOCK_EXAMPLE_MODULES");
        Assert.SkipUnless(Directory.Exists(modules), "INTERLOCK_EXAMPLE_MODULES does not name the example's installed packages");
        using var bench = await ExampleBench.CreateAsync(modules!);

        // Each kill comes right after one more task has landed: agents at work, a check running, nothing tidy.
        for (var kill = 1; kill <= Kills; kill++)
        {
            using var run = bench.Start("run", "--story", "2.5", "--agents", "3");
            while (await run.StandardOutput.ReadLineAsync() is { } line && !line.Contains("landed", StringComparison.Ordinal))
            {
            }

            run.Kill();
            await run.WaitForExitAsync();
        }

        var ran = await Product.FinishAsync(bench.Start("run", "--story", "2.5", "--agents", "3", "--json"));

        Assert.True(ran.ExitCode == 0, ran.ToString());
        var landed = await bench.LandedAsync();
        Assert.Equal(Enumerable.Range(1, 25).Select(number => $"2.5.{number}").Order(StringComparer.Ordinal), landed.Order(StringComparer.Ordinal));
        var plan = await bench.GitAsync("show", "interlock/2.5:plan/IMPLEMENTATION_PLAN.md");
        Assert.Equal(25, plan.Split('\n').Count(line => line.StartsWith("- [x] Task 2.5.", StringComparison.Ordinal)));
        Assert.Equal("", await bench.GitAsync("fsck", "--no-dangling", "--no-progress"));
        Assert.Single((await bench.GitAsync("worktree", "list")).Split('\n'));
        var status = JsonDocument.Parse(File.ReadAllText(Path.Combine(bench.Root, "agent_tasks", "todo_progress.json"))).RootElement;
        Assert.Equal(25, status.GetProperty("tasks").EnumerateArray().Count(task =>
            task.GetProperty("story_id").GetString() == "2.5" && task.GetProperty("status").GetString() == "completed"));
        Assert.True(Retried(status, "2.5.5") >= 1, "the task that fails its checks first was never sent back");
    }

    private static int Retried(JsonElement status, string id) => status.GetProperty("tasks").EnumerateArray()
        .Single(task => task.GetProperty("task_id").GetString() == id).GetProperty("retry_count").GetInt32();
}
