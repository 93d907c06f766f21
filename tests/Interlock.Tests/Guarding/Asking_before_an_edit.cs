using System.Diagnostics;
using Interlock.Domain.Guarding;
using Interlock.Engine.Platform;

namespace Interlock.Tests.Guarding;

using Cli = Interlock.Tests.Cli.Cli;

/// <summary>The real program as a CLI's hook.</summary>
public sealed class Asking_before_an_edit : IDisposable
{
    private const string Ada = "dev-oauth-1";
    private const string Ben = "dev-backend-1";
    private readonly Cli cli = Cli.Assigned();

    public void Dispose() => cli.Dispose();

    [Theory]
    [MemberData(nameof(Questions.Clis), MemberType = typeof(Questions))]
    public void Every_cli_is_let_through_for_its_own_file_and_stopped_at_anothers(GuardedCli of)
    {
        cli.Claim("2.5.1", Ada);
        cli.Claim("2.5.5", Ben);

        var own = Ask(of, "src/config.ts");
        var others = Ask(of, "tests/config.test.ts");

        Assert.True(Questions.LetsThrough(of, own.ExitCode, own.Out), own.Out + own.Error);
        Assert.False(Questions.LetsThrough(of, others.ExitCode, others.Out), others.Out);
        Assert.Contains($"leased by {Ben} (task 2.5.5)", Questions.Reason(of, others.Out), StringComparison.Ordinal);
        Assert.Contains($"interlock send --from {Ada} --to {Ben}", Questions.Reason(of, others.Out), StringComparison.Ordinal);
    }

    [Fact]
    public void A_free_file_is_leased_at_the_first_touch()
    {
        cli.Claim("2.5.1", Ada);

        Assert.True(Allowed(Ask(GuardedCli.Claude, "src/new.ts")));

        Assert.Equal(["src/config.ts", "src/new.ts"], cli.Json("locks").Json.GetProperty("locks")[0].GetProperty("files").EnumerateArray().Select(file => file.GetString()));
        cli.Claim("2.5.5", Ben);
        Assert.False(Allowed(Ask(GuardedCli.Claude, "src/new.ts", Ben)));
    }

    [Theory]
    [InlineData("../beside.ts")]
    [InlineData("src/../../beside.ts")]
    [InlineData("/etc/hostname")]
    [InlineData("~/notes.md")]
    [InlineData(".git/config")]
    [InlineData(".GIT/hooks/pre-commit")]
    [InlineData("src/.git/config")]
    [InlineData("plan/IMPLEMENTATION_PLAN.md")]
    [InlineData("agent_tasks/todo_progress.json")]
    [InlineData(".lock/2.5.5.lock")]
    [InlineData("interlock.json")]
    [InlineData(".claude/settings.json")]
    [InlineData("escape/secret.txt")]
    [InlineData("escape/../config.ts")]
    [InlineData("linked.txt")]
    [InlineData("a\u0007b.ts")]
    [InlineData(".")]
    public void What_is_not_the_agents_is_denied_with_a_reason(string path)
    {
        cli.Claim("2.5.1", Ada);
        var outside = Directory.CreateDirectory(Path.Combine(cli.Home, "outside")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(cli.Root, "escape"), outside);
        File.CreateSymbolicLink(Path.Combine(cli.Root, "linked.txt"), Path.Combine(outside, "secret.txt"));

        var answer = Ask(GuardedCli.Claude, path);

        Assert.False(Allowed(answer), answer.Out);
        Assert.True(Questions.Reason(GuardedCli.Claude, answer.Out)!.Length > 20);
        Assert.DoesNotContain("could not decide", answer.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_inside_leads_to_the_file_that_really_changes()
    {
        cli.Claim("2.5.1", Ada);
        cli.Claim("2.5.5", Ben);
        cli.Write("tests/config.test.ts", "test\n");
        File.CreateSymbolicLink(Path.Combine(cli.Root, "alias.ts"), "tests/config.test.ts");

        Assert.False(Allowed(Ask(GuardedCli.Claude, "alias.ts")));
    }

    [Fact]
    public void Sixteen_at_once_for_one_file_get_exactly_one_lease()
    {
        var tasks = string.Join('\n', Enumerable.Range(1, 16).Select(number => $"- [ ] Task 3.1.{number}: Write part {number} [Complexity: low] [Files: src/p{number}.ts]"));
        cli.Write(Cli.PlanPath, $"# Plan\n\n### Story 3.1: Parts\n\n#### Group\n\n{tasks}\n");
        cli.Write("interlock.json", """{ "roster": [ { "type": "dev", "count": 16 } ], "limits": { "agents": 16, "per_module": 16, "per_epic": 16 } }""");
        cli.Run("assign", "--story", "3.1").Expect(0);
        for (var number = 1; number <= 16; number++)
        {
            cli.Claim($"3.1.{number}", $"dev-{number}");
        }

        var answers = new bool[16];
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 16 }, i => answers[i] = Allowed(Ask(GuardedCli.Claude, "src/shared.ts", $"dev-{i + 1}")));

        // On a machine so busy that the winner was told too late, nobody may write; nobody but one may in any case.
        Assert.InRange(answers.Count(allowed => allowed), 0, 1);
        Assert.Single(cli.Json("locks").Json.GetProperty("locks").EnumerateArray(), lease => lease.GetProperty("files").EnumerateArray().Any(file => file.GetString() == "src/shared.ts"));
    }

    [Theory]
    [MemberData(nameof(Questions.Clis), MemberType = typeof(Questions))]
    public void Whatever_goes_wrong_is_a_denial(GuardedCli of)
    {
        cli.Claim("2.5.1", Ada);

        Assert.False(Passes(of, cli.RunWith("{ not json", Words(of, Ada))));
        Assert.False(Passes(of, cli.RunWith("", Words(of, Ada))));
        Assert.False(Passes(of, cli.RunWith(Questions.Edit(of, "src/config.ts", cli.Root), Words(of, "no such agent"))));
        Assert.False(Passes(of, cli.RunWith(Questions.Edit(of, "src/config.ts", cli.Root), "hook", "--for", of.Word())));
        File.WriteAllText(Path.Combine(cli.Root, ".git", "interlock", "state.db"), "this is no database");
        Assert.False(Passes(of, Ask(of, "src/config.ts")));
        File.Delete(Path.Combine(cli.Root, ".git", "interlock", "state.db"));
        Assert.False(Passes(of, Ask(of, "src/config.ts")));
        Assert.False(File.Exists(Path.Combine(cli.Root, ".git", "interlock", "state.db")));
    }

    [Fact]
    public void An_unknown_word_denies_and_exits_with_two()
    {
        var answer = cli.RunWith(Questions.Edit(GuardedCli.Claude, "src/config.ts", cli.Root), "hook", "--fro", "claude");

        Assert.Equal(2, answer.ExitCode);
        Assert.Contains("deny", answer.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_that_stays_busy_is_a_denial_before_the_clis_own_limit()
    {
        cli.Claim("2.5.1", Ada);
        using var busy = FileGate.Acquire(Path.Combine(cli.Root, ".git", "interlock", "state.db.gate"));
        var clock = Stopwatch.StartNew();

        var answer = Ask(GuardedCli.Claude, "src/new.ts");

        Assert.False(Allowed(answer));
        Assert.Contains("4 seconds", answer.Out, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(9));
    }

    [Fact]
    public void A_claim_that_was_taken_away_allows_nothing_more()
    {
        cli.Claim("2.5.1", Ada);
        File.Delete(Path.Combine(cli.Root, ".lock", "2.5.1.lock"));
        cli.Run("status").Expect(0);

        Assert.False(Allowed(Ask(GuardedCli.Claude, "src/config.ts")));
    }

    [Fact]
    public void A_conversation_says_once_who_it_is()
    {
        cli.Claim("2.5.1", Ada);
        string[] words = ["hook", "--for", "claude"];
        var question = Questions.Edit(GuardedCli.Claude, "src/config.ts", cli.Root, "shared-window");

        var before = cli.RunWith(question, words);
        Assert.Contains("interlock hooks bind shared-window", before.Out, StringComparison.Ordinal);
        cli.Run("hooks", "bind", "shared-window", "--agent", Ada).Expect(0);

        Assert.True(Allowed(cli.RunWith(question, words)));
    }

    [Fact]
    public void Where_interlock_is_not_used_a_users_own_hook_allows_and_a_projects_denies()
    {
        using var elsewhere = Cli.EmptyRepository();
        var question = Questions.Edit(GuardedCli.Claude, "a.ts", elsewhere.Root);

        Assert.True(Allowed(elsewhere.RunWith(question, "hook", "--for", "claude", "--agent", Ada, "--where-used")));
        Assert.False(Allowed(elsewhere.RunWith(question, "hook", "--for", "claude", "--agent", Ada)));
    }

    [Fact]
    public void Each_question_is_noted_as_a_sign_of_life()
    {
        cli.Claim("2.5.1", Ada);
        Ask(GuardedCli.Claude, "src/config.ts");

        var call = Assert.Single(cli.Json("hooks", "status").Expect(0).Json.GetProperty("last_calls").EnumerateArray());
        Assert.Equal((Ada, "Edit", "allow"), (call.GetProperty("agent").GetString(), call.GetProperty("tool").GetString(), call.GetProperty("verdict").GetString()));
    }

    private Interlock.Tests.Cli.Answer Ask(GuardedCli of, string path, string agent = Ada) => cli.RunWith(Questions.Edit(of, path, cli.Root), Words(of, agent));

    private static string[] Words(GuardedCli of, string agent) => ["hook", "--for", of.Word(), "--agent", agent];

    private static bool Allowed(Interlock.Tests.Cli.Answer answer) => Passes(GuardedCli.Claude, answer);

    private static bool Passes(GuardedCli of, Interlock.Tests.Cli.Answer answer) => Questions.LetsThrough(of, answer.ExitCode, answer.Out);
}
