using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Spending;
using Interlock.Engine.Agents;
using Interlock.Engine.Configuration;

namespace Interlock.Tests.Spending;

public sealed class Prices_and_budgets
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly StoryId Story = new("1.1");
    private static readonly TaskId Task = new("1.1.1");
    private static readonly AgentId Ada = new("dev-1");
    private static readonly PriceTable Table = new(new Dictionary<string, Price> { ["model-x"] = new(1, 0.1m, 2, 10) });

    [Fact]
    public void Each_kind_of_token_has_its_own_price()
    {
        Assert.Equal(1m + 0.1m + 2m + 10m, Table.CostOf("model-x", new Usage(1_000_000, 1_000_000, 1_000_000, 1_000_000, 500_000)));
        Assert.Equal(0m, Table.CostOf("model-x", Usage.None));
    }

    [Theory]
    [InlineData("model-x", true)]
    [InlineData("MODEL-X", true)]
    [InlineData("vendor/model-x", true)]
    [InlineData("model-x-20260131", true)]
    [InlineData("model-x-2026-01-31", true)]
    [InlineData("vendor/model-x-20260131[1m]", true)]
    [InlineData("model-x-mini", false)]
    [InlineData("model-x-20269999", false)]
    [InlineData("model", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_model_is_found_by_its_name_with_or_without_provider_and_date_and_no_other_is(string? model, bool known) =>
        Assert.Equal(known, Table.CostOf(model, new Usage(10)) is not null);

    [Fact]
    public void The_cost_of_an_unknown_model_and_of_tokens_of_an_unknown_kind_is_unknown_and_never_nothing()
    {
        Assert.Null(Table.CostOf("new-model", new Usage(1000)));
        Assert.Null(Table.CostOf("model-x", Usage.None with { Unsplit = 1000 }));
        var prices = PriceList.Read(new InterlockConfig());
        Assert.Null(prices.CostOf("new-model", new Usage(1000), null));
        Assert.Null(prices.CostOf("claude-sonnet-5", Usage.None, null));
        Assert.Equal(1, Spent.Of([Attempt(cost: null)]).Unpriced);
    }

    [Fact]
    public void A_price_of_ones_own_counts_before_the_CLIs_word_and_that_before_the_list()
    {
        var usage = new Usage(1_000_000);
        var own = PriceList.Read(new InterlockConfig { Prices = new Dictionary<string, PriceEntry> { ["claude-sonnet-5"] = new() { Input = 7, Output = 7 } } });
        var listed = PriceList.Read(new InterlockConfig());

        Assert.Equal(7m, own.CostOf("claude-sonnet-5", usage, 3m));
        Assert.Equal(3m, listed.CostOf("claude-sonnet-5", usage, 3m));
        Assert.Equal(2m, listed.CostOf("claude-sonnet-5", usage, null));
    }

    [Fact]
    public void Each_budget_binds_what_it_is_for_and_names_what_is_used_up()
    {
        List<AttemptUsage> attempts = [Attempt(cost: 3, tokens: 500), Attempt(task: "1.1.2", cost: 1, tokens: 100), Attempt(story: "2.2", task: "2.2.1", agent: "dev-2", cost: 5, at: Noon.AddDays(-1))];

        Assert.Null(Check(new Budgets(Task: new Budget(Usd: 3.01m)), attempts));
        Assert.Contains("$3.00 of $3.00 by task 1.1.1", Check(new Budgets(Task: new Budget(Usd: 3)), attempts)!.Message, StringComparison.Ordinal);
        Assert.Contains("600 tokens of 600 by story 1.1", Check(new Budgets(Story: new Budget(Tokens: 600)), attempts)!.Message, StringComparison.Ordinal);
        Assert.Null(Check(new Budgets(Story: new Budget(Usd: 5)), attempts));
        Assert.Contains("by today (UTC)", Check(new Budgets(Day: new Budget(Usd: 4)), attempts)!.Message, StringComparison.Ordinal);
        Assert.Null(Check(new Budgets(Day: new Budget(Usd: 5)), attempts));
        Assert.Contains("2 turns of 2", Check(new Budgets(Task: new Budget(Turns: 2)), attempts)!.Message, StringComparison.Ordinal);
        Assert.Equal(RefusalCodes.Budget, Check(new Budgets(Task: new Budget(Time: TimeSpan.FromMinutes(1))), attempts)!.Code);
        Assert.Contains("dev-1 in story 1.1", BudgetRules.CheckAgent(new Budgets(Agent: new Budget(Usd: 4)), attempts, Story, Ada)!.Message, StringComparison.Ordinal);
        Assert.Null(BudgetRules.CheckAgent(new Budgets(Agent: new Budget(Usd: 4)), attempts, Story, new AgentId("dev-2")));
        Assert.Null(Check(Budgets.None, attempts));
    }

    [Fact]
    public void A_running_total_that_fell_is_that_of_a_new_session()
    {
        var before = new Usage(1000, 200, 0, 50);

        Assert.Equal(new Usage(500, 100, 0, 10), new Usage(1500, 300, 0, 60).Since(before));
        Assert.Equal(new Usage(10, 0, 0, 5), new Usage(10, 0, 0, 5).Since(before));
    }

    [Fact]
    public void The_last_word_on_a_process_counts_and_its_steps_only_without_one()
    {
        var steps = UsageTally.Empty.With(new UsageReport(new Usage(100, Turns: 1), UsageScope.Step, 0.1m)).With(new UsageReport(new Usage(50, Turns: 1), UsageScope.Step, 0.2m));
        Assert.Equal((new Usage(150, Turns: 2), 0.3m), (steps.Settle(SessionTotal.None).Usage, steps.Settle(SessionTotal.None).Cost));

        var ended = steps.With(new UsageReport(new Usage(160, Turns: 3), UsageScope.Attempt, 1.5m, UsageScope.Session, "m"));
        var metered = ended.Settle(new SessionTotal(new Usage(1000), 1m));
        Assert.Equal((new Usage(160, Turns: 3), 0.5m, 1.5m), (metered.Usage, metered.Cost, metered.Session.Cost));
    }

    private static Refusal? Check(Budgets budgets, List<AttemptUsage> attempts) => BudgetRules.Check(budgets, attempts, Story, Task, Noon);

    private static AttemptUsage Attempt(string story = "1.1", string task = "1.1.1", string agent = "dev-1", decimal? cost = 1, long tokens = 10, DateTimeOffset? at = null) => new()
    {
        Fence = 1,
        Story = new StoryId(story),
        Task = new TaskId(task),
        Agent = new AgentId(agent),
        Preset = "claude",
        Adapter = "claude",
        Provider = "anthropic",
        Cost = cost,
        Usage = new Usage(tokens, Turns: 2),
        Time = TimeSpan.FromMinutes(1),
        EndedAt = at ?? Noon,
    };
}
