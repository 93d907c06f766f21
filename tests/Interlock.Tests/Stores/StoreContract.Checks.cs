using Interlock.Domain.Verification;

namespace Interlock.Tests.Stores;

public abstract partial class StoreContract
{
    private static readonly CheckRun Green = new("key", "test", CheckResult.Passed, Noon, TimeSpan.FromMilliseconds(1234), 1, null);

    [Fact]
    public void Every_member_of_a_checks_answer_comes_back()
    {
        var flaky = new CheckRun("key 2", "lint", CheckResult.Flaky, Noon.AddMilliseconds(5), TimeSpan.FromMilliseconds(7), 2, "/logs/lint.log");
        Open().Write(transaction => { transaction.Add(Green, 10); transaction.Add(flaky, 10); return true; });

        Open().Read(reader =>
        {
            Assert.Equal(Green, reader.FindGreen("key"));
            Assert.Equal(flaky, Assert.Single(reader.LatestRuns("lint", 10)));
            Assert.Equal(["lint", "test"], reader.CheckNames());
            return true;
        });
    }

    [Fact]
    public void What_was_green_is_found_by_its_whole_key_and_what_was_red_is_not()
    {
        var store = Open();
        store.Write(transaction =>
        {
            transaction.Add(Green with { Key = "flaky", Result = CheckResult.Flaky }, 10);
            transaction.Add(Green with { Key = "red", Result = CheckResult.Failed }, 10);
            transaction.Add(Green with { Key = "both" }, 10);
            transaction.Add(Green with { Key = "both", Result = CheckResult.Failed }, 10);
            return true;
        });

        store.Read(reader =>
        {
            Assert.NotNull(reader.FindGreen("flaky"));
            Assert.NotNull(reader.FindGreen("both"));
            Assert.Null(reader.FindGreen("red"));
            Assert.Null(reader.FindGreen("bot"));
            return true;
        });
    }

    [Fact]
    public void The_answers_of_a_check_come_newest_first()
    {
        var store = Open();
        for (var i = 1; i <= 4; i++)
        {
            store.Write(transaction => { transaction.Add(Green with { Runs = i }, 10); transaction.Add(Green with { Check = "other" }, 10); return true; });
        }

        Assert.Equal([4, 3, 2], store.Read(reader => reader.LatestRuns("test", 3)).Select(run => run.Runs));
    }

    [Fact]
    public void Only_the_newest_answers_are_kept()
    {
        var store = Open();
        for (var i = 1; i <= 5; i++)
        {
            store.Write(transaction => { transaction.Add(Green with { Key = $"key {i}" }, 3); return true; });
        }

        Assert.Equal(["key 5", "key 4", "key 3"], store.Read(reader => reader.LatestRuns("test", 10)).Select(run => run.Key));
        Assert.Null(store.Read(reader => reader.FindGreen("key 2")));
    }
}
