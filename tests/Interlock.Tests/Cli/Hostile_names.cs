using CsCheck;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Engine.Protocol;
using Interlock.Tests.Projections;

namespace Interlock.Tests.Cli;

public sealed class Hostile_names
{
    private static readonly string[] Known =
    [
        "../x", "../../etc/passwd", "/etc/passwd", "..", ".", "a/../../b", "a\\..\\b", "C:\\x", "\\\\host\\share", "-rf", "--exec=x", "$(touch x)", "`touch x`",
        "a;touch x", "a|b", "a\nb", "a\u001b[31m", "a\u202eb", "é", "x.lock", "x.", "con", "a b", "'", "\"", "*", "?", "~", "~root", "%2e%2e%2f", "refs/heads/main", "@{-1}", "a..b",
        new('a', 65), new('a', 5000), "{a,b}", "[", "a[", "!", "#", "\u0001", "💥", ".git/config", ".git/hooks/pre-commit",
    ];

    private static readonly Gen<string> OneKnown = Gen.Int[0, Known.Length - 1].Select(index => Known[index]);

    private static readonly Gen<string> Any = Gen.OneOf(
        OneKnown,
        Gen.Char["./\\:-_~$`;|&*?[]{}<>'\"\n\r\t\u001b\u202eaZ0é "].Array[1, 20].Select(letters => new string(letters)),
        Gen.Select(OneKnown, OneKnown, (left, right) => $"{left}/{right}"));

    [Fact]
    public void Nothing_outside_the_repository_is_touched_whatever_the_names()
    {
        using var cli = Cli.Assigned();
        var token = cli.Json("claim", "2.5.1", "--agent", "qa-1").Expect(0).Json.GetProperty("token").GetString()!;
        var outside = Outside(cli);
        var head = cli.Git("for-each-ref");
        foreach (var name in Known.Where(name => name.Length < 5000).Where((_, index) => index % 4 == 0))
        {
            AssertCalm(cli.Run("claim", "--agent", "qa-2", "--", name));
            AssertCalm(cli.Run("explain", "--", name));
            AssertCalm(cli.Run("extend", "--token", token, "--", "2.5.1", name));
        }

        AssertCalm(cli.Run(["lock", "--", .. Known]));
        AssertCalm(cli.Run("claim", "2.5.5", "--agent", "../qa"));
        AssertCalm(cli.Run("send", "--from", "../qa", "--to", "all", "--message", "m"));
        AssertCalm(cli.Run("status", "--story", "../2.5"));

        Assert.Equal(outside, Outside(cli));
        Assert.Equal(head, cli.Git("for-each-ref"));
        Assert.Equal("", cli.Git("status", "--porcelain"));
    }

    [Fact]
    public void Five_hundred_names_make_neither_a_crash_nor_a_file_elsewhere()
    {
        using var repository = new OpenedRepository();
        var token = repository.Claim("2.5.1");
        var outside = Directory.GetFileSystemEntries(repository.Root, "*", SearchOption.TopDirectoryOnly).Order(StringComparer.Ordinal).ToArray();
        Any.Sample(name =>
        {
            if (Identifiers.IsValid(name))
            {
                Assert.Equal(RefusalCodes.UnknownTask, repository.Protocol.Claim(new ClaimRequest(new TaskId(name), new AgentId(name))).Refusal!.Code);
                Assert.NotNull(repository.Protocol.WhyNot(new TaskId(name)));
            }

            var extended = repository.Protocol.Extend(new TaskId("2.5.1"), token, [name]);
            var held = repository.Protocol.Hold(new AgentId("a"), null, [name], null, name);
            foreach (var granted in new[] { extended, held }.Where(reply => reply.Done))
            {
                Assert.All(granted.Lease!.Files, file => Assert.DoesNotContain("..", file.Split('/', '\\')));
            }

            if (held.Lease is { } lease)
            {
                repository.Protocol.Reclaim(lease.Fence, "test", usesAttempt: false);
            }
        }, iter: 500, threads: 1);
        repository.Sync();

        Assert.Equal(outside, Directory.GetFileSystemEntries(repository.Root, "*", SearchOption.TopDirectoryOnly).Order(StringComparer.Ordinal));
        Assert.Equal(["2.5.1.lock"], repository.Files(".lock"));
    }

    [Fact]
    public void Escape_and_direction_characters_of_a_title_never_reach_the_terminal()
    {
        using var cli = Cli.Repository("### Story 2.5: A\u001b]0;pwned\u0007\n- [ ] Task 2.5.1: red\u001b[31m \u009b31m \u202etxt.exe [bold]x[/] [Files: a]\n");
        cli.Run("assign", "--story", "2.5").Expect(0);
        cli.Claim("2.5.1", "qa-1");
        cli.Run("send", "--from", "qa-1", "--to", "all", "--subject", "s\u001b[2J", "--message", "m\u001b[2J\u202e").Expect(0);
        foreach (var line in (string[][])[["status"], ["status", "--all"], ["plan"], ["assign", "--story", "2.5"], ["explain", "2.5.1"], ["graph"], ["graph", "--format", "dot"], ["log"], ["locks"], ["next", "--agent", "qa-1"], ["inbox", "--agent", "qa-2", "--peek"], ["inbox", "--agent", "qa-2", "--json"], ["status", "--json"], ["plan", "--json"]])
        {
            var answer = cli.Run(line).Expect(0);
            Assert.True(IsHarmless(answer.Out + answer.Error), $"{string.Join(' ', line)}: {answer.Out}");
        }
    }

    private static bool IsHarmless(string text) =>
        text.All(character => character == '\n' || !(char.IsControl(character) || char.GetUnicodeCategory(character) == System.Globalization.UnicodeCategory.Format));

    private static void AssertCalm(Answer answer) => answer.Expect(answer.ExitCode is 1 or 2 ? answer.ExitCode : 0);

    // Everything beside the repository, and in it but for what Interlock keeps itself.
    private static string[] Outside(Cli cli) =>
        [.. Directory.GetFileSystemEntries(cli.Home, "*", SearchOption.AllDirectories).Where(path => !path.Contains("/.git/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}
