using System.Text.Json;

namespace Interlock.Tests.Scenarios;

public sealed class QueueScenarios
{
    private const string Writes = """
        mkdir -p src
        echo "$INTERLOCK_TASK_ID by $INTERLOCK_AGENT_ID" >> "src/$INTERLOCK_TASK_ID.txt"
        """;

    // The first one waits until the test lets it go.
    private const string SlowCheck = "if mkdir $SIGNALS/first 2>/dev/null; then touch $SIGNALS/checking; while [ ! -e $SIGNALS/go ]; do sleep 0.05; done; fi; ! grep -rq BROKEN src";

    [Fact]
    public async Task What_waits_together_is_verified_together_and_lands_as_one_commit_a_task()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2", "1.1.3", "1.1.4"), Writes, SlowCheck);
        using var run = bench.StartRun();
        await bench.AwaitSignalAsync("checking");
        await AwaitWaitingAsync(bench, 4);
        bench.Signal("go");

        var ran = await Product.FinishAsync(run);

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal(4, (await bench.LandedAsync()).Count);
        Assert.InRange((await EventsAsync(bench, "check.passed")).Count, 2, 3);
        var parents = await bench.GitAsync("log", "--format=%p", "-4", Bench.Branch);
        Assert.All(parents.Split('\n'), line => Assert.DoesNotContain(' ', line));
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task What_is_handed_in_while_a_batch_is_verified_is_verified_beside_it_and_lands_right_behind()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2"), """
            mkdir -p src
            i=0
            while [ "$INTERLOCK_TASK_ID" = 1.1.2 ] && [ ! -e "$SIGNALS/first" ] && [ $i -lt 1200 ]; do sleep 0.05; i=$((i+1)); done
            echo "$INTERLOCK_TASK_ID" > "src/$INTERLOCK_TASK_ID.txt"
            """,
            "if [ -e src/1.1.2.txt ]; then touch $SIGNALS/second; exit 0; fi; touch $SIGNALS/first; i=0; while [ ! -e $SIGNALS/second ] && [ $i -lt 1200 ]; do sleep 0.05; i=$((i+1)); done; [ -e $SIGNALS/second ]");

        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal(["1.1.1", "1.1.2"], await bench.LandedAsync());
        Assert.Equal(2, (await EventsAsync(bench, "check.passed")).Count);
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task The_one_bad_change_of_a_batch_goes_back_to_its_author_and_the_others_land()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2", "1.1.3", "1.1.4"), """
            mkdir -p src
            echo "$INTERLOCK_TASK_ID" > "src/$INTERLOCK_TASK_ID.txt"
            if [ "$INTERLOCK_TASK_ID$INTERLOCK_ATTEMPT" = 1.1.31 ]; then echo BROKEN > src/1.1.3.txt; fi
            """, SlowCheck);
        using var run = bench.StartRun();
        await bench.AwaitSignalAsync("checking");
        await AwaitWaitingAsync(bench, 4);
        bench.Signal("go");

        var ran = await Product.FinishAsync(run);

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal(["1.1.1", "1.1.2", "1.1.3", "1.1.4"], (await bench.LandedAsync()).Order());
        var returned = await EventsAsync(bench, "task.returned");
        Assert.Equal("1.1.3", Assert.Single(returned).GetProperty("task_id").GetString());
        Assert.Equal("1.1.3", await bench.ShowAsync("src/1.1.3.txt"));
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task When_the_branch_itself_is_red_nobody_is_blamed_and_one_task_to_repair_it_is_opened()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2"), """
            mkdir -p src
            case $INTERLOCK_TASK_ID in
            repair-*) cp "$INTERLOCK_PROMPT_FILE" "$SIGNALS/prompt"; echo mended > src/start.txt;;
            *) echo "$INTERLOCK_TASK_ID" > "src/$INTERLOCK_TASK_ID.txt";;
            esac
            """);
        bench.Write("src/start.txt", "BROKEN\n");
        await bench.GitAsync("commit", "--quiet", "-am", "break it");

        var ran = await bench.RunAsync("--json");

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal(["1.1.1", "1.1.2", "repair-1.1"], (await bench.LandedAsync()).Order());
        Assert.Equal("repair-1.1", (await bench.LandedAsync())[0]);
        Assert.Equal(3, ran.Json.GetProperty("attempts").GetInt32());
        Assert.Single(await EventsAsync(bench, "branch.red"));
        Assert.Contains("Make the checks pass", File.ReadAllText(Path.Combine(bench.Signals, "prompt")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_that_makes_a_red_branch_green_lands_and_the_repair_is_not_needed_any_more()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2"), """
            mkdir -p src
            case $INTERLOCK_TASK_ID in
            repair-*) touch "$SIGNALS/repairing"; exit 1;;
            1.1.2) while [ ! -e "$SIGNALS/repairing" ]; do sleep 0.05; done; echo mended > src/start.txt;;
            *) echo "$INTERLOCK_TASK_ID" > "src/$INTERLOCK_TASK_ID.txt";;
            esac
            """, limits: """{ "agents": 4, "attempts": 1 }""");
        bench.Write("src/start.txt", "BROKEN\n");
        await bench.GitAsync("commit", "--quiet", "-am", "break it");

        await bench.RunAsync();

        Assert.Equal(["1.1.1", "1.1.2"], (await bench.LandedAsync()).Order());
    }

    [Fact]
    public async Task A_run_ends_when_the_branch_stays_red_though_tasks_wait_for_files_of_work_that_waits()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1||src/one.txt", "1.1.2||src/one.txt"), """
            mkdir -p src
            case $INTERLOCK_TASK_ID in
            repair-*) exit 1;;
            *) echo "$INTERLOCK_TASK_ID" >> src/one.txt;;
            esac
            """, limits: """{ "agents": 2, "attempts": 1 }""");
        bench.Write("src/start.txt", "BROKEN\n");
        await bench.GitAsync("commit", "--quiet", "-am", "break it");

        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 1, ran.ToString());
        Assert.Empty(await bench.LandedAsync());
        Assert.Contains("the checks fail on the branch itself", ran.Output, StringComparison.Ordinal);
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task Commits_of_others_on_the_branch_are_built_upon()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), Writes, SlowCheck);
        using var run = bench.StartRun();
        await bench.AwaitSignalAsync("checking");
        var tree = await bench.GitAsync("rev-parse", $"{Bench.Branch}^{{tree}}");
        var foreign = await bench.GitAsync("commit-tree", tree, "-p", Bench.Branch, "-m", "by hand");
        await bench.GitAsync("update-ref", $"refs/heads/{Bench.Branch}", foreign);
        bench.Signal("go");

        var ran = await Product.FinishAsync(run);

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal(foreign, await bench.GitAsync("rev-parse", $"{Bench.Branch}^"));
        Assert.Contains("1 commit by others", Assert.Single(await EventsAsync(bench, "branch.moved")).GetProperty("message").GetString(), StringComparison.Ordinal);
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task A_branch_moved_back_by_force_stops_the_queue_until_a_person_goes_on()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2|Task 1.1.1"), Writes);
        await bench.RunAsync();
        await bench.GitAsync("branch", "-f", Bench.Branch, $"{Bench.Branch}~1");

        var ran = await bench.RunAsync("--json");

        Assert.Equal(1, ran.ExitCode);
        Assert.Equal("1.1.2", Assert.Single(ran.Json.GetProperty("needs_person").EnumerateArray()).GetProperty("task_id").GetString());
        Assert.Equal("force-moved", (await bench.InterlockAsync("queue", "--json")).Json.GetProperty("branches")[0].GetProperty("paused").GetString());
        await bench.InterlockAsync("retry", "1.1.2");
        Assert.Equal(1, (await bench.RunAsync()).ExitCode);
        Assert.Equal(["1.1.1"], await bench.LandedAsync());
        Assert.Equal(0, (await bench.InterlockAsync("queue", "resume")).ExitCode);
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.Equal(["1.1.1", "1.1.2"], await bench.LandedAsync());
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task Landed_work_that_was_rebased_stays_landed_under_its_new_commit()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), Writes);
        await bench.RunAsync();
        bench.Write("other.txt", "by hand\n");
        await bench.GitAsync("add", "other.txt");
        await bench.GitAsync("commit", "--quiet", "-m", "meanwhile on main");
        var message = await bench.GitAsync("log", "-1", "--format=%B", Bench.Branch);
        var tree = await bench.GitAsync("merge-tree", "--write-tree", "main", Bench.Branch);
        var rebased = await bench.GitAsync("commit-tree", tree, "-p", "main", "-m", message);
        await bench.GitAsync("update-ref", $"refs/heads/{Bench.Branch}", rebased);

        await bench.RunAsync();

        var task = (await bench.InterlockAsync("status", "--story", "1.1", "--json")).Json.GetProperty("tasks")[0];
        Assert.Equal("completed", task.GetProperty("status").GetString());
        Assert.Single(await EventsAsync(bench, "task.rebased"));
        Assert.Equal("force-moved", (await bench.InterlockAsync("queue", "--json")).Json.GetProperty("branches")[0].GetProperty("paused").GetString());
    }

    [Fact]
    public async Task A_deleted_branch_comes_back_with_all_that_had_landed()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), Writes);
        await bench.RunAsync();
        var tip = await bench.GitAsync("rev-parse", Bench.Branch);
        await bench.GitAsync("branch", "-D", Bench.Branch);

        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal(tip, await bench.GitAsync("rev-parse", Bench.Branch));
        Assert.Single(await EventsAsync(bench, "branch.restored"));
    }

    [Fact]
    public async Task A_branch_that_is_deleted_while_a_batch_is_verified_keeps_no_task_from_starting()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2", "1.1.3"), """
            mkdir -p src
            echo "$INTERLOCK_TASK_ID" > "src/$INTERLOCK_TASK_ID.txt"
            if [ "$INTERLOCK_TASK_ID" = 1.1.2 ]; then
              while [ ! -e "$SIGNALS/checking" ]; do sleep 0.05; done
              git update-ref -d refs/heads/interlock/1.1
            fi
            if [ "$INTERLOCK_TASK_ID" = 1.1.3 ]; then touch "$SIGNALS/third"; fi
            """, SlowCheck, """{ "agents": 1 }""", sandbox: "none");
        using var run = bench.StartRun();
        await bench.AwaitSignalAsync("third");
        bench.Signal("go");

        var ran = await Product.FinishAsync(run);

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal(["1.1.1", "1.1.2", "1.1.3"], await bench.LandedAsync());
        Assert.Single(await EventsAsync(bench, "branch.restored"));
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task Undoing_lands_the_reverse_takes_the_tick_back_and_waits_for_a_person()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2", "1.1.3"), Writes);
        await bench.RunAsync();
        bench.Write(".lock/undo-1.1.2.lock", """{ "agent_id": "ada" }""");
        var refused = await bench.InterlockAsync("undo", "1.1.2");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("task undo-1.1.2 is on hold by ada", refused.Error, StringComparison.Ordinal);
        File.Delete(Path.Combine(bench.Root, ".lock", "undo-1.1.2.lock"));

        var undone = await bench.InterlockAsync("undo", "1.1.2", "--reason", "wrong idea", "--json");

        Assert.True(undone.ExitCode == 0, undone.ToString());
        Assert.Equal("landed", undone.Json.GetProperty("state").GetString());
        Assert.Equal("", await bench.GitAsync("ls-tree", "--name-only", Bench.Branch, "src/1.1.2.txt"));
        Assert.NotEqual("", await bench.GitAsync("ls-tree", "--name-only", Bench.Branch, "src/1.1.3.txt"));
        var plan = await bench.ShowAsync("plan/IMPLEMENTATION_PLAN.md");
        Assert.Contains("- [ ] Task 1.1.2", plan, StringComparison.Ordinal);
        Assert.Contains("- [x] Task 1.1.3", plan, StringComparison.Ordinal);
        Assert.Equal("blocked", await StatusOfAsync(bench, "1.1.2"));

        await bench.InterlockAsync("retry", "1.1.2");
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.NotEqual("", await bench.GitAsync("ls-tree", "--name-only", Bench.Branch, "src/1.1.2.txt"));
    }

    [Fact]
    public async Task Undoing_what_later_work_was_built_upon_is_refused_by_the_merge()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2|Task 1.1.1"), """
            mkdir -p src
            echo "$INTERLOCK_TASK_ID" > src/same.txt
            """);
        await bench.RunAsync();
        var tip = await bench.GitAsync("rev-parse", Bench.Branch);

        var undone = await bench.InterlockAsync("undo", "1.1.1");

        Assert.Equal(1, undone.ExitCode);
        Assert.Contains("conflicts", undone.Output, StringComparison.Ordinal);
        Assert.Equal(tip, await bench.GitAsync("rev-parse", Bench.Branch));
        Assert.Equal("completed", await StatusOfAsync(bench, "1.1.1"));
    }

    [Fact]
    public async Task Work_on_protected_files_lands_only_once_a_person_approves_it()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), """
            mkdir -p .github/workflows
            echo "on: push" > .github/workflows/ci.yml
            """);

        var ran = await bench.RunAsync("--json");

        Assert.Equal(1, ran.ExitCode);
        Assert.Contains("interlock approve 1.1.1", ran.Json.GetProperty("needs_person")[0].GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(await bench.LandedAsync());

        // Somebody else still wants to look at it.
        bench.Write(".lock/1.1.1.lock", """{ "agent_id": "ada" }""");
        var refused = await bench.InterlockAsync("approve", "1.1.1", "--by", "ann");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("task 1.1.1 is on hold by ada", refused.Error, StringComparison.Ordinal);
        Assert.Contains("remove .lock/1.1.1.lock", refused.Error, StringComparison.Ordinal);
        File.Delete(Path.Combine(bench.Root, ".lock", "1.1.1.lock"));

        var approved = await bench.InterlockAsync("approve", "1.1.1", "--by", "ann");
        Assert.True(approved.ExitCode == 0, approved.ToString());
        Assert.Equal("on: push", await bench.ShowAsync(".github/workflows/ci.yml"));
        Assert.Contains("ann", Assert.Single(await EventsAsync(bench, "task.approved")).GetProperty("message").GetString(), StringComparison.Ordinal);
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task Work_that_conflicts_goes_back_without_costing_an_attempt()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2"), """
            if [ $INTERLOCK_TASK_ID = 1.1.1 ]; then while [ ! -e "$SIGNALS/second" ]; do sleep 0.05; done; fi
            if [ $INTERLOCK_TASK_ID = 1.1.2 ]; then
                touch "$SIGNALS/second"
                while ! git -C "$INTERLOCK_ROOT" log --format=%s interlock/1.1 | grep -q "1.1.1"; do sleep 0.05; done
            fi
            echo "$INTERLOCK_TASK_ID" >> src/start.txt
            """, limits: """{ "agents": 4, "attempts": 1 }""");

        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal(2, (await bench.LandedAsync()).Count);
        Assert.Single(await EventsAsync(bench, "task.returned"));
        Assert.Equal(3, (await bench.ShowAsync("src/start.txt")).Split('\n').Length);
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task A_paused_queue_lands_nothing_and_says_why()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2|Task 1.1.1"), Writes);
        await bench.RunAsync();
        await bench.InterlockAsync("undo", "1.1.2");
        await bench.InterlockAsync("retry", "1.1.2");
        Assert.Equal(0, (await bench.InterlockAsync("queue", "pause", "--reason", "release day")).ExitCode);

        var ran = await bench.RunAsync("--json");

        Assert.Equal(1, ran.ExitCode);
        Assert.Contains("release day", ran.Json.GetProperty("open")[0].GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("release day", (await bench.InterlockAsync("queue")).Output, StringComparison.Ordinal);
        await bench.InterlockAsync("queue", "resume");
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
    }

    private static async Task AwaitWaitingAsync(Bench bench, int count)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while ((await bench.InterlockAsync("queue", "--json")).Json.GetProperty("waiting").GetArrayLength() < count)
        {
            bound.Token.ThrowIfCancellationRequested();
        }
    }

    private static async Task<IReadOnlyList<JsonElement>> EventsAsync(Bench bench, string kind) =>
        [.. (await bench.InterlockAsync("log", "--json", "--limit", "1000")).Json.GetProperty("events").EnumerateArray().Where(line => line.GetProperty("kind").GetString() == kind)];

    private static async Task<string> StatusOfAsync(Bench bench, string task) =>
        (await bench.InterlockAsync("status", "--all", "--json")).Json.GetProperty("tasks").EnumerateArray()
            .Single(row => row.GetProperty("task_id").GetString() == task).GetProperty("status").GetString()!;
}
