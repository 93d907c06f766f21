using Interlock.Engine.Verification;

namespace Interlock.Tests.Verification;

public sealed class Stored_answers : IDisposable
{
    private readonly VerifierBench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task A_tree_that_was_green_is_never_run_again()
    {
        var checks = VerifierBench.Check("test", bench.Note("test"));

        var first = await bench.VerifyAsync(checks);
        var sameTree = bench.CommitNothing();
        var second = await bench.VerifyAsync(checks, sameTree);

        Assert.Equal((true, false, 1), (first.Passed, first.FromCache, first.Runs));
        Assert.Equal((true, true, 0), (second.Passed, second.FromCache, second.Runs));
        Assert.Equal(1, bench.Times("test"));
        Assert.Contains(bench.News, news => news.Kind == "cached");
        Assert.Equal(["check.passed"], bench.EventKinds());
        Assert.Contains("key ", bench.Workspace.Store.Read(reader => reader.Events(0, 1))[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_red_tree_is_asked_again_each_time()
    {
        var checks = VerifierBench.Check("test", bench.Note("test") + "; false");

        var first = await bench.VerifyAsync(checks);
        var second = await bench.VerifyAsync(checks);

        Assert.Equal((false, 2), (first.Passed, first.Runs));
        Assert.Equal((false, false, 2), (second.Passed, second.FromCache, second.Runs));
        Assert.Equal("check 'test' failed with exit code 1", second.Reason);
        Assert.True(File.Exists(second.Log));
        Assert.Equal(4, bench.Times("test"));
        Assert.Equal(["check.failed", "check.failed"], bench.EventKinds());
    }

    [Fact]
    public async Task Whatever_an_answer_may_depend_on_makes_it_a_new_question()
    {
        bench.Write(".gitignore", "deps/\n");
        bench.Write("deps/lib.txt", "1");
        bench.Commit();
        var times = 0;
        await AskAsync();

        await AskAsync(more: """, "toolchain": ["echo 1"]""");
        await AskAsync(more: """, "toolchain": ["echo 2"]""");
        await AskAsync(more: """, "sandbox": "none" """);
        await AskAsync(check: """, "network": true""");
        await AskAsync(more: """, "worktrees": { "setup": "true" }""");
        await AskAsync(more: """, "worktrees": { "link": ["deps"] }""");
        bench.Write("deps/installed.txt", "1");
        await AskAsync(more: """, "worktrees": { "link": ["deps"] }""");
        await AskAsync(more: """, "environment": ["STORED_ANSWER"]""", variable: "1");
        await AskAsync(more: """, "environment": ["STORED_ANSWER"]""", variable: "2");
        await AskAsync(line: "true; ");
        bench.Write("a.txt", "other");
        bench.Commit();
        await AskAsync();

        async Task AskAsync(string line = "", string check = "", string more = "", string? variable = null)
        {
            Environment.SetEnvironmentVariable("STORED_ANSWER", variable);
            var verdict = await bench.VerifyAsync(VerifierBench.Check("test", line + bench.Note("test"), check), more: more);
            Assert.True(verdict is { Passed: true, FromCache: false }, $"{line}{check}{more}{variable}: {verdict}");
            Assert.Equal(++times, bench.Times("test"));
            Assert.True((await bench.VerifyAsync(VerifierBench.Check("test", line + bench.Note("test"), check), more: more)).FromCache, $"{line}{check}{more}{variable}");
        }
    }

    [Fact]
    public async Task Another_program_behind_the_same_word_is_another_question()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the program is a shell script");
        var tool = Path.Combine(bench.Marks, "tool");
        Write("#!/bin/sh\nexit 0\n");
        var checks = VerifierBench.Check("test", tool + " --all");
        await bench.VerifyAsync(checks);
        Assert.True((await bench.VerifyAsync(checks)).FromCache);

        Write("#!/bin/sh\nexit 3\n");

        Assert.False((await bench.VerifyAsync(checks)).Passed);

        void Write(string text)
        {
            File.WriteAllText(tool, text);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
    }

    [Fact]
    public async Task A_time_limit_is_no_part_of_the_question()
    {
        await bench.VerifyAsync(VerifierBench.Check("test", "true", """, "timeout": "1m" """));

        Assert.True((await bench.VerifyAsync(VerifierBench.Check("test", "true", """, "timeout": "2m" """))).FromCache);
    }

    [Fact]
    public async Task A_check_that_wants_to_be_asked_is_asked_with_what_it_works_on_and_nothing_after_it()
    {
        // The second works on what the first built; the third stands alone.
        var checks = string.Join(',',
            VerifierBench.Check("build", bench.Note("build") + "; echo built > out"),
            VerifierBench.Check("test", bench.Note("test") + "; grep built out", """, "cache": false"""),
            VerifierBench.Check("lint", bench.Note("lint")));

        Assert.Equal((true, 1), Short(await bench.VerifyAsync(checks)));
        Assert.Equal((true, 1), Short(await bench.VerifyAsync(checks)));

        Assert.Equal((2, 2, 1), (bench.Times("build"), bench.Times("test"), bench.Times("lint")));
    }

    [Fact]
    public async Task Another_check_before_it_is_another_question()
    {
        var test = VerifierBench.Check("test", bench.Note("test"));
        await bench.VerifyAsync($"{VerifierBench.Check("build", "true")}, {test}");

        await bench.VerifyAsync($"{VerifierBench.Check("build", "true --release")}, {test}");

        Assert.Equal(2, bench.Times("test"));
    }

    [Fact]
    public async Task Each_stage_asks_its_own_checks()
    {
        var checks = string.Join(',',
            VerifierBench.Check("early", bench.Note("early"), """, "at": "submit" """),
            VerifierBench.Check("both", bench.Note("both"), """, "at": "both" """),
            VerifierBench.Check("late", bench.Note("late")));

        await bench.VerifyAsync(checks, stage: CheckStage.Submit);
        Assert.Equal((1, 1, 0), (bench.Times("early"), bench.Times("both"), bench.Times("late")));

        await bench.VerifyAsync(checks, stage: CheckStage.Land);
        Assert.Equal((1, 1), (bench.Times("early"), bench.Times("late")));
    }

    [Fact]
    public async Task A_stage_without_checks_passes_and_claims_nothing()
    {
        var verdict = await bench.VerifyAsync(VerifierBench.Check("test", "true"), stage: CheckStage.Submit);

        Assert.Equal((true, false, 0), (verdict.Passed, verdict.FromCache, verdict.Runs));
    }

    private static (bool Passed, int Runs) Short(Verdict verdict) => (verdict.Passed, verdict.Runs);
}
