using System.Text.Json;
using Interlock.Engine.Sandbox;

namespace Interlock.Tests.Scenarios;

/// <summary>Agents of a run that reach for what is not theirs, and agents that ask.</summary>
public sealed class GuardScenarios
{
    private static readonly string Ask = $"'{Product.Path}' hook --for claude";

    [Fact]
    public async Task An_agent_of_a_run_asks_at_its_door_and_gets_free_files_and_not_anothers()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1||src/a.txt", "1.1.2||src/b.txt"), $$$"""
            ask() { printf '{"tool_name":"Write","cwd":"%s","tool_input":{"file_path":"%s"}}' "$PWD" "$1" | {{{Ask}}} > "$SIGNALS/$INTERLOCK_TASK_ID-$2"; }
            if [ "$INTERLOCK_TASK_ID" = 1.1.1 ]; then
              read -r _ < "$SIGNALS/second"
              ask src/a.txt own; ask src/free.txt free; ask src/b.txt other; ask /etc/passwd outside
              echo free > src/free.txt
              echo go > "$SIGNALS/asked"
            else
              echo go > "$SIGNALS/second"
              read -r _ < "$SIGNALS/asked"
            fi
            echo "$INTERLOCK_TASK_ID" > "$INTERLOCK_FILES"
            """);
        await MakeFifosAsync(bench, "second", "asked");

        Assert.Equal(0, (await bench.RunAsync()).ExitCode);

        Assert.Equal("", Said(bench, "1.1.1-own"));
        Assert.Equal("", Said(bench, "1.1.1-free"));
        Assert.Contains("src/b.txt is leased by", Said(bench, "1.1.1-other"), StringComparison.Ordinal);
        Assert.Contains("lies outside", Said(bench, "1.1.1-outside"), StringComparison.Ordinal);
        Assert.Equal("free", await bench.ShowAsync("src/free.txt"));
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task Inside_the_sandbox_an_agent_still_speaks_with_the_run_but_for_itself_alone()
    {
        Assert.SkipWhen(Sandboxes.For(new()).WhyNone is not null, "there is no bwrap here");
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1||src/a.txt"), $$"""
            '{{Product.Path}}' extend 1.1.1 src/more.txt > "$SIGNALS/extend" 2>&1; echo $? >> "$SIGNALS/extend"
            '{{Product.Path}}' send --from dev-qa-9 --to all --subject x --message x > "$SIGNALS/forged" 2>&1; echo $? >> "$SIGNALS/forged"
            '{{Product.Path}}' cancel 1.1.1 --reason x > "$SIGNALS/cancel" 2>&1; echo $? >> "$SIGNALS/cancel"
            '{{Product.Path}}' status --root / > "$SIGNALS/root" 2>&1; echo $? >> "$SIGNALS/root"
            echo a > src/a.txt; echo more > src/more.txt
            """);

        Assert.Equal(0, (await bench.RunAsync()).ExitCode);

        Assert.Contains("1.1.1 now holds src/a.txt, src/more.txt\n0", Said(bench, "extend"), StringComparison.Ordinal);
        Assert.Contains("nobody else is spoken for\n1", Said(bench, "forged"), StringComparison.Ordinal);
        Assert.Contains("refused: an agent of a run may use", Said(bench, "cancel"), StringComparison.Ordinal);
        Assert.Contains("'--root' cannot be used", Said(bench, "root"), StringComparison.Ordinal);
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task An_agent_in_the_sandbox_commits_on_its_branch_and_reaches_nothing_else()
    {
        Assert.SkipWhen(Sandboxes.For(new()).WhyNone is not null, "there is no bwrap here");
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1||src/a.txt"), """
            echo a > src/a.txt && git add -A && git commit -qm 'my own words' || exit 1
            echo x > "$INTERLOCK_ROOT/src/start.txt"
            echo x >> "$INTERLOCK_ROOT/.git/config"
            git update-ref refs/heads/main HEAD
            cat "$INTERLOCK_ROOT/.git/interlock/state.db" > "$SIGNALS/state"
            exit 0
            """);

        Assert.Equal(0, (await bench.RunAsync()).ExitCode);

        Assert.Equal("start\n", bench.Read("src/start.txt"));
        Assert.Equal("", Said(bench, "state"));
        Assert.Equal("1", await bench.GitAsync("rev-list", "--count", "main"));
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task A_shell_write_to_anothers_file_is_seen_while_the_agent_is_at_work()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1||src/a.txt", "1.1.2||src/b.txt"), """
            if [ "$INTERLOCK_TASK_ID" = 1.1.1 ]; then
              read -r _ < "$SIGNALS/second"
              echo a > src/a.txt; echo mine > src/b.txt
              read -r _ < "$SIGNALS/undo"
              git checkout -q -- . ; rm -f src/b.txt; echo a > src/a.txt
              echo go > "$SIGNALS/done"
            else
              echo go > "$SIGNALS/second"
              read -r _ < "$SIGNALS/done"
              echo b > src/b.txt
            fi
            """);
        await MakeFifosAsync(bench, "second", "undo", "done");
        var run = bench.StartRun();
        var output = new List<string>();
        while (await run.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            output.Add(line);
            if (line.Contains("touched", StringComparison.Ordinal))
            {
                await File.WriteAllTextAsync(Path.Combine(bench.Signals, "undo"), "go\n", TestContext.Current.CancellationToken);
            }
        }

        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(run.ExitCode == 0, string.Join('\n', output));
        Assert.Contains(output, line => line.Contains("touched", StringComparison.Ordinal) && line.Contains("src/b.txt", StringComparison.Ordinal));
        Assert.Contains("guard.touched", await bench.EventKindsAsync());
        Assert.Contains("message.sent", await bench.EventKindsAsync());
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task Without_a_sandbox_it_is_said_at_the_start_and_in_status_and_a_change_of_the_checkout_raises_the_alarm()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1||src/a.txt"), """
            echo a > src/a.txt
            git -C "$INTERLOCK_ROOT" config alias.x '!touch /tmp/x'
            """, sandbox: "none");
        var ran = await bench.RunAsync();

        Assert.Contains("agents and checks run without a sandbox", ran.Output, StringComparison.Ordinal);
        Assert.Contains("without a sandbox, the main checkout changed: .git/config", ran.Output, StringComparison.Ordinal);
        Assert.Contains("guard.escaped", await bench.EventKindsAsync());
        Assert.Equal("none", JsonDocument.Parse((await bench.InterlockAsync("status", "--json")).Output).RootElement.GetProperty("sandbox").GetString());
    }

    private static string Said(Bench bench, string name) => File.ReadAllText(Path.Combine(bench.Signals, name)).TrimEnd('\n');

    private static async Task MakeFifosAsync(Bench bench, params string[] names)
    {
        foreach (var name in names)
        {
            using var made = System.Diagnostics.Process.Start("mkfifo", Path.Combine(bench.Signals, name));
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }
}
