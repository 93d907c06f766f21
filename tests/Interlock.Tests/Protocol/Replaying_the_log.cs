using CsCheck;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Engine.Protocol;
using Interlock.Engine.Stores;

namespace Interlock.Tests.Protocol;

public sealed class Replaying_the_log
{
    private static readonly string[] Names = ["2.5.1", "2.5.2", "2.5.3"];
    private static readonly AgentId Ada = new("dev-1");
    private static readonly AgentId Ben = new("dev-2");

    // Whatever people and agents do: after each transaction, the log alone tells the rows (A1).
    [Fact]
    public void After_any_operations_the_log_rebuilds_the_rows_of_every_moment() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 2], Gen.Bool).Array[1, 25].Sample(operations =>
        {
            using var bench = new ProtocolBench();
            bench.With([.. Names.Select(name => ProtocolBench.Task(name))]);
            var moments = new List<(long Revision, IReadOnlyList<StoredRow> Rows)>();
            var tokens = new Dictionary<string, LeaseToken>(StringComparer.Ordinal);
            foreach (var (what, which, ada) in operations)
            {
                Do(bench, tokens, what, Names[which], ada ? Ada : Ben);
                moments.Add(bench.Store.Read(reader => (reader.Revision, reader.Rows())));
            }

            foreach (var (revision, rows) in moments)
            {
                Assert.Empty(bench.Store.Read(reader => EventReplay.Until(reader, revision)).DifferencesTo(rows));
            }
        }, iter: 40);

    private static void Do(ProtocolBench bench, Dictionary<string, LeaseToken> tokens, int what, string name, AgentId agent)
    {
        var (protocol, task, token) = (bench.Protocol, new TaskId(name), tokens.GetValueOrDefault(name));
        switch (what)
        {
            case 0 or 1 when protocol.Claim(new ClaimRequest(task, agent, WorktreeName: fence => $"{name}-{fence}")) is { Token: { } granted }:
                tokens[name] = LeaseToken.TryParse(granted)!;
                break;
            case 2 when token is not null:
                protocol.Submit(task, token, "refs/heads/interlock/2.5", "base", $"commit-{token.Fence}");
                break;
            case 3 when token is not null:
                protocol.TryBeginLanding([new LandingStep(token.Fence, $"new-{token.Fence}")], "old");
                break;
            case 4 when token is not null:
                protocol.RecordLanded([token.Fence], $"new-{token.Fence}");
                break;
            case 5 when token is not null:
                protocol.Fail(task, token, "it came to nothing");
                break;
            case 6:
                protocol.Cancel(task, "not needed");
                break;
            case 7:
                protocol.Retry(task);
                break;
            case 8:
                protocol.Hold(agent, null, [$"docs/{name}"], null, null);
                break;
            case 9 when token is not null:
                protocol.Reclaim(token.Fence, "gone", usesAttempt: true);
                break;
        }
    }
}
