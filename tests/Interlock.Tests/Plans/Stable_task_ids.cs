using CsCheck;
using static Interlock.Tests.Plans.StoryPlanText;

namespace Interlock.Tests.Plans;

public sealed class Stable_task_ids
{
    private static readonly Gen<string[]> Texts = Gen.OneOf("write it", "read it", "test it", "ship it", "rest").Array[1, 8];

    [Fact]
    public void Inserting_a_task_changes_no_other_id() =>
        Gen.Select(Texts, Gen.Int[0, 7]).Sample((texts, at) =>
        {
            var before = Story(Lines(texts)).Ids();
            at = Math.Min(at, texts.Length);
            var after = Story(Lines([.. texts[..at], "something new", .. texts[at..]])).Ids();
            Assert.Equal(before, after.Where((_, index) => index != at));
        });

    [Fact]
    public void Reordering_keeps_the_set_of_ids() =>
        Texts.SelectMany(texts => Gen.Select(Gen.Const(texts), Gen.Shuffle(texts))).Sample((texts, shuffled) =>
        {
            var before = Story(Lines(texts));
            var after = Story(Lines(shuffled));
            Assert.Equal(before.Tasks.Select(Named).Order(), after.Tasks.Select(Named).Order());
            Assert.Equal(texts.Length, before.Ids().Distinct().Count());
        });

    [Fact]
    public void Marks_attributes_spacing_and_other_lines_do_not_enter_an_id()
    {
        var plain = Story("#### Part\n- [ ] Write the store\n").Ids();

        Assert.Equal(plain, Story("#### Part\n\nprose\n\n  * [x]  write   The store [Complexity: low] (dev-oauth-1)\n").Ids());
        Assert.Equal(plain, Parse("\uFEFF# T\r\n### Story 2.5: other title\r\n#### Part\r\n- [~] Write the\r\n  store").Ids());
    }

    [Theory]
    [InlineData("#### Other\n- [ ] Write the store\n")]
    [InlineData("#### Part\n- [ ] Write the stores\n")]
    [InlineData("#### Part\n##### Deep\n- [ ] Write the store\n")]
    public void Another_section_or_text_is_another_id(string lines) =>
        Assert.NotEqual(Story("#### Part\n- [ ] Write the store\n").Ids(), Story(lines).Ids());

    [Fact]
    public void The_id_is_the_same_on_every_machine() => Assert.Equal(["2.5-aa9d00c2"], Story("- [ ] write it\n").Ids());

    private static string Lines(string[] texts) => string.Concat(texts.Select(text => $"- [ ] {text}\n"));

    private static string Named(Interlock.Domain.Plans.PlanTask task) => $"{task.Id} {task.Title}";
}
