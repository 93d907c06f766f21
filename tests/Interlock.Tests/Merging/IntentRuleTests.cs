using Interlock.Domain.Merging;

namespace Interlock.Tests.Merging;

public sealed class IntentRuleTests
{
    [Theory]
    [InlineData(true, false, IntentAction.Record)]
    [InlineData(true, true, IntentAction.Record)]
    [InlineData(false, true, IntentAction.Redo)]
    [InlineData(false, false, IntentAction.Rebuild)]
    public void What_the_branch_shows_decides_whoever_moved_it(bool landed, bool unmoved, IntentAction action) =>
        Assert.Equal(action, IntentRule.Decide(landed, unmoved));
}
