using Interlock.Engine.Worktrees;

namespace Interlock.Tests.Scenarios;

/// <summary>What the settings under <c>worktrees</c>, and Cursor's, do in a real run.</summary>
public sealed class WorktreeScenarios
{
    private const string Works = """
        mkdir -p src
        env > "$SIGNALS/agent-$INTERLOCK_TASK_ID"
        echo x > "src/$INTERLOCK_TASK_ID.txt"
        """;

    [Fact]
    public async Task Agents_and_checks_find_the_ports_and_variables_of_their_slot()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1||src/1.1.1.txt", "1.1.2||src/1.1.2.txt"), Works);
        Configure(bench, """ "ports": { "from": 4100, "per_slot": 10 }, "env": { "DATABASE": "app_{slot}", "PORT": "{port}" } """, "env > $SIGNALS/check");
        await CommitAsync(bench);
        Assert.Equal(0, (await bench.InterlockAsync("trust", "--yes")).ExitCode);

        var ran = await bench.RunAsync();
        Assert.True(ran.ExitCode == 0, ran.ToString());

        foreach (var file in Directory.GetFiles(bench.Signals))
        {
            var seen = File.ReadAllLines(file).Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
            var slot = int.Parse(seen["INTERLOCK_SLOT"], System.Globalization.CultureInfo.InvariantCulture);
            Assert.InRange(slot, 0, 3);
            Assert.Equal($"{4100 + (10 * slot)} {4100 + (10 * slot)} app_{slot}", $"{seen["INTERLOCK_PORT"]} {seen["PORT"]} {seen["DATABASE"]}");
        }

        Assert.Equal(3, Directory.GetFiles(bench.Signals).Length);
    }

    [Fact]
    public async Task A_second_task_works_in_the_folder_of_the_first()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1||src/1.1.1.txt", "1.1.2|1.1.1|src/1.1.2.txt"), """
            mkdir -p src
            ls -di . > "$SIGNALS/$INTERLOCK_TASK_ID"
            test ! -e left || exit 9
            echo x > "src/$INTERLOCK_TASK_ID.txt"
            echo left > left.log
            """);
        bench.Write(".gitignore", "*.log\n");
        await bench.GitAsync("add", "-A");
        await bench.GitAsync("commit", "--quiet", "-m", "ignore");

        Assert.Equal(0, (await bench.RunAsync()).ExitCode);

        Assert.Equal(File.ReadAllText(Path.Combine(bench.Signals, "1.1.1")), File.ReadAllText(Path.Combine(bench.Signals, "1.1.2")));
    }

    [Fact]
    public async Task Cursors_setup_runs_in_each_worktree_once_it_is_trusted_and_any_change_asks_again()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1||src/1.1.1.txt"), Works);
        bench.Write(".cursor/worktrees.json", """
            { // as Cursor reads it
              "setup-worktree-unix": "../tools/setup.sh",
              "setup-worktree": ["touch \"$SIGNALS/wrong\""],
            }
            """);
        bench.Write("tools/setup.sh", $"echo \"$ROOT_WORKTREE_PATH $PWD\" >> '{bench.Signals}/setup'\n");
        await CommitAsync(bench);

        var refused = await bench.RunAsync();
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(".cursor/worktrees.json", refused.Error, StringComparison.Ordinal);
        Assert.Contains("interlock trust", refused.Error, StringComparison.Ordinal);

        Assert.Contains("tools/setup.sh", (await bench.InterlockAsync("trust", "--yes")).Output, StringComparison.Ordinal);
        bench.Write("tools/setup.sh", "true\n");
        Assert.Equal(1, (await bench.RunAsync()).ExitCode);

        await bench.GitAsync("checkout", "--quiet", "tools/setup.sh");
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);

        var lines = File.ReadAllLines(Path.Combine(bench.Signals, "setup"));
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.StartsWith(RealPath.Of(bench.Root) + " ", line, StringComparison.Ordinal));
        Assert.All(lines, line => Assert.DoesNotContain($" {bench.Root}", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Commands_of_Cursor_run_one_after_the_other_and_a_setup_of_our_own_replaces_them()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1||src/1.1.1.txt"), Works);
        var marks = $"{bench.Signals}/marks";
        bench.Write(".cursor/worktrees.json", $$"""{ "setup-worktree": ["echo one >> '{{marks}}'", "echo two >> '{{marks}}'; exit 3", "echo three >> '{{marks}}'"] }""");
        await CommitAsync(bench);

        Assert.Equal(1, (await bench.RunAsync("--trust")).ExitCode);
        Assert.Equal("one\ntwo\n", File.ReadAllText(marks)[..8]);
        Assert.DoesNotContain("three", File.ReadAllText(marks), StringComparison.Ordinal);

        File.Delete(marks);
        Configure(bench, $""" "setup": "echo own >> '{marks}'" """, "true");
        await CommitAsync(bench);
        await bench.InterlockAsync("retry", "1.1.1");
        var ran = await bench.RunAsync("--trust");
        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal("own\nown\n", File.ReadAllText(marks));
    }

    [Theory]
    [InlineData("{ \"setup-worktree\": 7 }", "neither")]
    [InlineData("{ \"setup-worktree\": [7] }", "no text")]
    [InlineData("{ \"setup-worktree\": \"missing.sh\" }", "no file of this checkout")]
    [InlineData("{ \"setup-worktree\": \"../../outside.sh\" }", "no file of this checkout")]
    [InlineData("{\n\"setup-worktree\" }", ".cursor/worktrees.json:2")]
    public async Task A_file_of_Cursors_that_cannot_be_used_is_named(string text, string says)
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), Works);
        bench.Write(".cursor/worktrees.json", text);
        bench.Write("../outside.sh", "true\n");

        foreach (var ran in new[] { await bench.RunAsync("--allow-dirty"), await bench.InterlockAsync("trust", "--yes") })
        {
            Assert.Equal(1, ran.ExitCode);
            Assert.Contains(says, ran.Error, StringComparison.Ordinal);
        }

        Assert.Equal(0, (await bench.InterlockAsync("status")).ExitCode);
    }

    [Fact]
    public async Task A_run_over_its_disk_budget_fails_its_attempts_with_the_setting_and_lands_once_there_is_room()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1||src/1.1.1.txt"), Works, limits: """{ "agents": 1, "attempts": 1 }""");
        bench.Write("big.bin", new string('x', 3 << 20));
        Configure(bench, """ "disk": "2MB" """, "true");
        await CommitAsync(bench);

        var ran = await bench.RunAsync("--trust", "--json");
        Assert.Equal(1, ran.ExitCode);
        Assert.Contains("worktrees.disk", ran.Output, StringComparison.Ordinal);

        Configure(bench, """ "disk": "20MB" """, "true");
        await CommitAsync(bench);
        Assert.Equal(0, (await bench.InterlockAsync("retry", "1.1.1")).ExitCode);
        Assert.Equal(0, (await bench.RunAsync("--trust", "--allow-dirty")).ExitCode);
    }

    private static void Configure(Bench bench, string worktrees, string check) => bench.Write("interlock.json", $$"""
        {
          "agent": { "command": ["sh", "{{Path.Combine(bench.Root, "agent.sh")}}"], "timeout": "2m" },
          "admission": "off",
          "checks": [ { "name": "check", "command": "{{check}}" } ],
          "environment": ["SIGNALS"],
          "sandbox_write": ["{{bench.Signals}}"],
          "limits": { "agents": 3, "attempts": 1 },
          "worktrees": { {{worktrees}} }
        }
        """);

    private static async Task CommitAsync(Bench bench)
    {
        await bench.GitAsync("add", "-A");
        await bench.GitAsync("commit", "--quiet", "-m", "settings");
    }
}
