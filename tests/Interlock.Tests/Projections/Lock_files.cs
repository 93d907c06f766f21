using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Protocol;

namespace Interlock.Tests.Projections;

public sealed class Lock_files : IDisposable
{
    private readonly OpenedRepository repository = new();

    public void Dispose() => repository.Dispose();

    [Fact]
    public void A_claim_shows_as_a_lock_without_its_secret()
    {
        var token = repository.Claim("2.5.1");

        var text = repository.Read(".lock/2.5.1.lock");
        var json = System.Text.Json.JsonDocument.Parse(text).RootElement;

        Assert.Equal(["task_id", "agent_id", "locked_at", "expires_at", "reason", "related_files", "token", "host", "pid"], json.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("2.5.1", "a-1", "2026-03-01T14:00:00.000Z"), (json.GetProperty("task_id").GetString(), json.GetProperty("agent_id").GetString(), json.GetProperty("expires_at").GetString()));
        Assert.DoesNotContain(token.Secret, text, StringComparison.Ordinal);
        repository.Protocol.Release(new TaskId("2.5.1"), token);
        repository.Workspace.Sync();
        Assert.Empty(repository.Files(".lock"));
    }

    [Fact]
    public void Removing_a_lock_frees_the_task_and_its_old_token_is_told_to_stop()
    {
        var old = repository.Claim("2.5.1");
        repository.Delete(".lock/2.5.1.lock");

        var revoked = Assert.Single(repository.Sync());

        Assert.Equal(("lease.revoked", "2.5.1", old.Fence), (revoked.Kind, revoked.Task!.Value.Value, revoked.Fence));
        Assert.Equal((TaskState.Ready, 0), (repository.Task("2.5.1").State, repository.Task("2.5.1").Attempts));
        var current = repository.Claim("2.5.1", "a-2");
        Assert.True(current.Fence > old.Fence);
        var refusal = repository.Protocol.Renew(new TaskId("2.5.1"), old).Refusal!;
        Assert.Equal((RefusalCodes.NotCurrent, true, "a-2"), (refusal.Code, refusal.Stop, refusal.Holder!.Value.Value));
        Assert.Contains($"fence {current.Fence}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lock_that_went_with_its_lease_does_not_end_the_next_one()
    {
        var old = repository.Claim("2.5.1");
        repository.Protocol.Release(new TaskId("2.5.1"), old);
        repository.Delete(".lock/2.5.1.lock");
        Assert.True(repository.Protocol.Claim(new ClaimRequest(new TaskId("2.5.1"), new AgentId("a-2"))).Done);

        Assert.Empty(repository.Sync());

        Assert.Equal("a-2", repository.LeaseOf("2.5.1")!.Agent.Value);
        Assert.Contains("\"a-2\"", repository.Read(".lock/2.5.1.lock"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_minimal_lock_written_by_hand_keeps_the_task_until_it_expires()
    {
        repository.Write(".lock/2.5.1.lock", """{ "agent_id": "me", "locked_at": "2026-03-01T11:55:00Z", "expires_at": "2026-03-01T12:30:00Z" }""");

        var taken = Assert.Single(repository.Sync());

        Assert.Equal(("hold.taken", "me"), (taken.Kind, taken.Agent!.Value.Value));
        var hold = repository.LeaseOf("2.5.1")!;
        Assert.Equal((LeaseKind.Hold, "me", new DateTimeOffset(2026, 3, 1, 12, 30, 0, TimeSpan.Zero)), (hold.Kind, hold.Agent.Value, hold.ExpiresAt));
        Assert.Equal(RefusalCodes.AlreadyClaimed, repository.Protocol.WhyNot(new TaskId("2.5.1"), new AgentId("a-1"))!.Code);
        Assert.Contains("\"token\"", repository.Read(".lock/2.5.1.lock"), StringComparison.Ordinal);
        repository.AssertSettled();
        repository.Time.Advance(TimeSpan.FromMinutes(30));
        Assert.True(hold.HasExpired(repository.Protocol.Clock.Read()));
        Assert.False((hold with { Deadline = hold.Deadline + TimeSpan.FromTicks(1) }).HasExpired(repository.Protocol.Clock.Read()));
    }

    [Fact]
    public void Whoever_wrote_a_lock_for_itself_can_claim_the_task_with_it()
    {
        repository.Write(".lock/2.5.1.lock", """{ "agent_id": "me" }""");
        repository.Sync();

        repository.Claim("2.5.1", "me");

        Assert.Equal(LeaseKind.Task, repository.LeaseOf("2.5.1")!.Kind);
    }

    [Fact]
    public void An_expired_lock_written_by_hand_is_set_aside_and_named()
    {
        const string Text = """{ "agent_id": "me", "locked_at": "2026-03-01T08:00:00Z", "expires_at": "2026-03-01T12:00:00Z" }""";
        repository.Write(".lock/2.5.1.lock", Text);

        Assert.Equal("lock.stale", Assert.Single(repository.Sync()).Kind);

        Assert.False(repository.Has(".lock/2.5.1.lock"));
        Assert.Equal([Text], repository.Quarantined);
        repository.Claim("2.5.1");
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("[]")]
    [InlineData("{ \"agent_id\": \"a\\ud800\" }")]
    [InlineData("{ \"agent_id\": \"../x\", \"related_files\": [\"../../etc\", 5] }")]
    [InlineData("{ \"locked_at\": \"9999-12-31T23:59:59Z\" }")]
    public void An_unreadable_lock_is_a_hold_by_an_unknown_owner_and_never_a_free_task(string text)
    {
        repository.Write(".lock/2.5.1.lock", text);

        Assert.Equal("hold.taken", repository.Sync()[0].Kind);

        Assert.Equal("manual", repository.LeaseOf("2.5.1")!.Agent.Value);
        Assert.Empty(repository.LeaseOf("2.5.1")!.Files);
        Assert.Equal(RefusalCodes.AlreadyClaimed, repository.Protocol.WhyNot(new TaskId("2.5.1"))!.Code);
        repository.AssertSettled();
    }

    [Theory]
    [InlineData("{ \"agent_id\"", "it is not JSON")]
    [InlineData("""{ "agent_id": "../x" }""", "agent_id")]
    [InlineData("""{ "agent_id": "a", "expires_at": "20#6-03-01T13:00:00Z" }""", "expires_at")]
    [InlineData("""{ "agent_id": "a", "locked_at": 5, "related_files": ["src/**", "../../etc"] }""", "locked_at, ../../etc")]
    [InlineData("""{ "agent_id": "a", "related_files": ["src/**", 5] }""", "related_files")]
    public void What_a_lock_says_and_nobody_can_use_is_told_and_kept(string text, string unclear)
    {
        repository.Write(".lock/2.5.1.lock", text);

        var told = Assert.Single(repository.Sync(), entry => entry.Kind == "lock.unclear");

        Assert.Contains(unclear, told.Message, StringComparison.Ordinal);
        Assert.Equal([text], repository.Quarantined);
        repository.AssertSettled();
    }

    [Theory]
    [InlineData("""{ "agent_id": "intruder", "expires_at": "2027-01-01T00:00:00Z" }""")]
    [InlineData("garbage")]
    [InlineData(null)]
    public void Against_a_live_lease_an_edited_lock_is_reported_and_loses(string? text)
    {
        var token = repository.Claim("2.5.1");
        var projected = repository.Read(".lock/2.5.1.lock");
        repository.Write(".lock/2.5.1.lock", text ?? projected.Replace("14:00:00", "23:00:00", StringComparison.Ordinal));

        var conflict = Assert.Single(repository.Sync());

        Assert.Equal(("lock.conflict", "2.5.1"), (conflict.Kind, conflict.Task!.Value.Value));
        Assert.Equal(projected, repository.Read(".lock/2.5.1.lock"));
        Assert.Equal([text ?? projected.Replace("14:00:00", "23:00:00", StringComparison.Ordinal)], repository.Quarantined);
        Assert.Contains("/quarantine/2.5.1.lock.", conflict.Message, StringComparison.Ordinal);
        Assert.True(repository.Protocol.Renew(new TaskId("2.5.1"), token).Done);
    }

    [Fact]
    public void A_lock_over_files_somebody_has_leased_is_set_aside()
    {
        repository.Claim("2.5.1");
        repository.Write(".lock/2.5.3.lock", """{ "agent_id": "me", "related_files": ["src/*.ts"] }""");

        Assert.Equal("lock.refused", Assert.Single(repository.Sync()).Kind);

        Assert.Null(repository.LeaseOf("2.5.3"));
        Assert.Equal(["2.5.1.lock"], repository.Files(".lock"));
        Assert.Single(repository.Quarantined);
    }

    [Fact]
    public void A_lock_whose_name_is_no_id_is_set_aside_however_long_it_is()
    {
        repository.Write(".lock/a b.lock", "{}");
        repository.Write($".lock/{new string('x', 250)}.lock", "{ }");

        Assert.All(repository.Sync(), entry => Assert.Equal("lock.refused", entry.Kind));

        Assert.Empty(repository.Files(".lock"));
        Assert.Equal(2, repository.Quarantined.Length);
        repository.AssertSettled();
    }

    [Fact]
    public void A_hold_of_files_and_a_lock_for_a_task_of_that_name_stand_side_by_side()
    {
        repository.Write(".lock/hold-2.lock", """{ "agent_id": "me" }""");
        repository.Sync();

        Assert.True(repository.Protocol.Hold(new AgentId("you"), null, ["docs/"], null, null).Done);
        repository.Sync();

        repository.AssertSettled();
        Assert.Equal(2, repository.Files(".lock").Length);
        Assert.Equal(2, repository.Workspace.Snapshot().Leases.Count);
    }

    [Fact]
    public void Removing_the_lock_of_held_files_frees_them()
    {
        repository.Protocol.Hold(new AgentId("you"), null, ["src/"], null, null);
        repository.Sync();
        repository.Delete($".lock/{Assert.Single(repository.Files(".lock"))}");

        Assert.Equal("lease.revoked", Assert.Single(repository.Sync()).Kind);

        repository.Claim("2.5.1");
    }
}
