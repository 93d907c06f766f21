using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine;
using Interlock.Engine.Protocol;
using static Interlock.Tests.Protocol.ProtocolBench;

namespace Interlock.Tests.Protocol;

public sealed class Tokens : IDisposable
{
    private static readonly TaskId One = new("1");
    private readonly ProtocolBench bench = new();

    public void Dispose() => bench.Dispose();

    /// <summary>Every operation that takes a token.</summary>
    private static readonly Dictionary<string, Func<TaskProtocol, LeaseToken, Reply>> Uses = new()
    {
        ["renew"] = (protocol, token) => protocol.Renew(One, token),
        ["extend"] = (protocol, token) => protocol.Extend(One, token, ["x"]),
        ["register"] = (protocol, token) => protocol.Register(token, new Supervisor("h", "b", 1, 1)),
        ["release"] = (protocol, token) => protocol.Release(One, token),
        ["submit"] = (protocol, token) => protocol.Submit(One, token, Target, "b0", "c0"),
        ["fail"] = (protocol, token) => protocol.Fail(One, token, "why"),
        ["block"] = (protocol, token) => protocol.Block(One, token, "why", null),
        ["complete"] = (protocol, token) => protocol.Complete(One, token, "no-code", null, "why"),
        ["check"] = (protocol, token) => protocol.Check(One, token),
    };

    public static TheoryData<string> Operations => [.. Uses.Keys];

    [Theory]
    [MemberData(nameof(Operations))]
    public void A_stale_holder_changes_nothing_and_is_told_to_stop_and_who_came_after(string operation)
    {
        bench.With(Task("1"));
        var stale = ProtocolBench.TokenOf(bench.Protocol.Claim(new ClaimRequest(One, new AgentId("dev-1"), WorktreeName: fence => $"1-{fence}")));
        bench.Protocol.Reclaim(stale.Fence, "it slept", usesAttempt: false);
        var successor = bench.Token("1", "dev-2");

        var refusal = AssertRefusedWithoutTrace(operation, stale);
        Assert.True(refusal.Stop);
        Assert.Equal(new AgentId("dev-2"), refusal.Holder);
        Assert.Contains("it slept", refusal.Message);
        Assert.Contains($"dev-2 holds it now with fence {successor.Fence}", refusal.Message);
        Assert.Contains("Stop working", refusal.Hint);
        Assert.Contains($"refs/interlock/salvage/1/{stale.Fence}", refusal.Hint);
        Assert.True(bench.Protocol.Check(One, successor).Done);
    }

    [Fact]
    public void A_window_is_promised_no_saved_work_for_it_never_left_its_checkout()
    {
        bench.With(Task("1"));
        var stale = bench.Token("1");
        bench.Protocol.Reclaim(stale.Fence, "it slept", usesAttempt: false);

        Assert.Equal("Stop working on it. Take another: interlock next --agent dev-1", bench.Protocol.Renew(One, stale).Refusal!.Hint);
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void A_forged_secret_changes_nothing(string operation)
    {
        bench.With(Task("1"));
        var token = bench.Token("1");
        Assert.True(AssertRefusedWithoutTrace(operation, token with { Secret = new string('0', 32) }).Stop);
        Assert.True(AssertRefusedWithoutTrace(operation, token with { Secret = token.Secret.ToUpperInvariant() + "x" }).Stop);
        AssertRefusedWithoutTrace(operation, token with { Fence = token.Fence + 1 });
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void A_token_of_another_store_changes_nothing(string operation)
    {
        bench.With(Task("1"));
        var refusal = AssertRefusedWithoutTrace(operation, bench.Token("1") with { Epoch = "epoch0" });
        Assert.Contains("another incarnation", refusal.Message);
        Assert.True(refusal.Stop);
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void A_token_of_another_task_changes_nothing(string operation)
    {
        if (operation == "register")
        {
            return;
        }

        bench.With(Task("1"), Task("2"));
        bench.Claim("1", "dev-1");
        var refusal = AssertRefusedWithoutTrace(operation, bench.Token("2", "dev-2"), RefusalCodes.NotHolder);
        Assert.Contains("for task 2, not 1", refusal.Message);
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void A_current_token_is_taken(string operation)
    {
        bench.With(Task("1"));
        Assert.True(Uses[operation](bench.Protocol, bench.Token("1")).Done);
    }

    [Theory]
    [InlineData("release")]
    [InlineData("submit")]
    [InlineData("fail")]
    [InlineData("block")]
    [InlineData("complete")]
    public void Submitted_work_is_no_longer_its_authors_to_change(string operation)
    {
        bench.With(Task("1"));
        var token = bench.Token("1");
        bench.Submit("1", token);
        AssertRefusedWithoutTrace(operation, token, RefusalCodes.NotOpen);

        bench.Protocol.TryBeginLanding([new LandingStep(token.Fence, "n0")], "o0");
        AssertRefusedWithoutTrace(operation, token, RefusalCodes.NotOpen);
        Assert.Equal("n0", bench.Landing(token).IntentNew);
    }

    [Theory]
    [InlineData("submit")]
    [InlineData("fail")]
    [InlineData("complete")]
    public void A_hold_is_no_attempt_at_the_task(string operation)
    {
        bench.With(Task("1") with { State = TaskState.Merged, Commit = "c0", CompletedHow = "landed" });
        var hold = TokenOf(bench.Protocol.Hold(new AgentId("me"), One, [], null, null));
        AssertRefusedWithoutTrace(operation, hold, RefusalCodes.NotHolder);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("e.1")]
    [InlineData("e.0.s")]
    [InlineData("e.-1.s")]
    [InlineData("e.1.")]
    [InlineData(".1.s")]
    [InlineData("e.1.s.t")]
    [InlineData("e. 1.s")]
    [InlineData("e.99999999999999999999.s")]
    public void Text_that_is_no_token_is_none(string? text) => Assert.Null(LeaseToken.TryParse(text));

    [Fact]
    public void A_token_reads_back_as_written() =>
        Assert.Equal(new LeaseToken("e1", 42, "ab"), LeaseToken.TryParse($" {new LeaseToken("e1", 42, "ab")}\n"));

    [Fact]
    public void No_two_claims_share_a_secret()
    {
        bench.With(Task("1"), Task("2"));
        var secrets = new[] { bench.Token("1", "dev-1").Secret, bench.Token("2", "dev-2").Secret };
        Assert.Equal(2, secrets.Distinct().Count());
        Assert.All(secrets, secret => Assert.Equal(32, secret.Length));
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, bench.Dump()));
    }

    [Fact]
    public void The_token_folder_gives_back_what_it_was_given_to_its_user_alone()
    {
        var folder = Path.Combine(Directory.CreateTempSubdirectory("interlock-tokens-").FullName, "tokens");
        var tokens = new TokenFolder(folder);
        Assert.Null(tokens.Find(One, new AgentId("dev-1")));

        tokens.Remember(One, new AgentId("dev-1"), "e.1.s");
        tokens.Remember(One, new AgentId("dev-1"), "e.2.s");
        Assert.Equal(new LeaseToken("e", 2, "s"), tokens.Find(One, new AgentId("dev-1")));
        Assert.Null(tokens.Find(One, new AgentId("dev-2")));
        Assert.Null(tokens.Find(new TaskId("1.1"), new AgentId("dev-1")));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        }

        Directory.Delete(Path.GetDirectoryName(folder)!, recursive: true);
    }

    private Refusal AssertRefusedWithoutTrace(string operation, LeaseToken token, string code = RefusalCodes.NotCurrent)
    {
        var before = bench.Dump();
        var refusal = Claiming_a_task.AssertRefused(Uses[operation](bench.Protocol, token), code, "");
        Assert.Equal(before, bench.Dump());
        return refusal;
    }
}
