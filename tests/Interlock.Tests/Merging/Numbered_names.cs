using Interlock.Domain.Merging;

namespace Interlock.Tests.Merging;

public sealed class Numbered_names
{
    [Theory]
    [InlineData("db/0007_users.sql", "db/", "", 7, 4, "_users.sql", "0007_users")]
    [InlineData("20240102-x", "", "", 20240102, 8, "-x", "20240102-x")]
    [InlineData("m/V7__users.sql", "m/", "V", 7, 1, "__users.sql", "V7__users")]
    [InlineData("0007.sql", "", "", 7, 4, ".sql", "0007.sql")]
    [InlineData("1_a.up.sql", "", "", 1, 1, "_a.up.sql", "1_a")]
    public void A_number_is_read_with_its_width_and_written_back(string path, string folder, string mark, long number, int width, string rest, string mention)
    {
        var name = NumberedName.TryParse(path)!;

        Assert.Equal((folder, mark, number, width, rest), (name.Folder, name.Mark, name.Number, name.Width, name.Rest));
        Assert.Equal((path, mention), (name.Path, name.Mention));
    }

    [Theory]
    [InlineData("users_0007.sql")]
    [InlineData("7zip.sql")]
    [InlineData("V1.2__users.sql")]
    [InlineData("0007")]
    [InlineData("1234567890123456789_x")]
    [InlineData("V_x")]
    [InlineData("0007_dir/users.sql")]
    public void What_only_looks_like_a_number_is_none(string path) => Assert.Null(NumberedName.TryParse(path));

    [Fact]
    public void A_number_outgrows_its_width_rather_than_start_again() =>
        Assert.Equal("10000_x", (NumberedName.TryParse("9999_x")! with { Number = 10000 }).Path);

    [Fact]
    public void Files_of_one_number_move_together_and_later_ones_make_room()
    {
        var moves = Plan(taken: ["m/01_a.sql", "m/02_b.sql"], landed: [2], "m/02_c.up.sql", "m/02_c.down.sql", "m/03_d.sql", "m/09_e.sql");

        Assert.Equal(
            [("m/02_c.down.sql", "m/03_c.down.sql"), ("m/02_c.up.sql", "m/03_c.up.sql"), ("m/03_d.sql", "m/04_d.sql")],
            moves.OrderBy(move => move.Key, StringComparer.Ordinal).Select(move => (move.Key, move.Value)));
    }

    [Fact]
    public void Without_a_collision_nothing_moves_though_a_lower_number_is_free() =>
        Assert.Empty(Plan(taken: ["01_a.sql", "05_b.sql"], landed: [5], "03_c.sql"));

    [Fact]
    public void Folders_and_marks_count_on_their_own()
    {
        var moves = Plan(taken: ["a/V2__x.sql", "b/9_x.sql"], landed: [2], "a/v2__y.sql", "b/1_y.sql");

        Assert.Equal("a/v3__y.sql", Assert.Single(moves).Value);
    }

    [Theory]
    [InlineData("a\nb\n", "a\nx\nb\n", "a\ny\nb\n", "a\nx\ny\nb\n", null)]
    [InlineData("a\nb\n", "a\nx\nb\n", "a\ny\nb\n", "a\nx\nb\n", "y")]
    [InlineData("a\nb\n", "a\nx\nb\n", "a\nx\nb\n", "a\nx\nb\n", null)]
    [InlineData("a\nb\n", "a\n", "a\nb\nc\n", "a\nb\nc\n", "b")]
    [InlineData("a\nb\n", "a\n", "a\nb\nc\n", "a\nc\n", null)]
    [InlineData("a\n", "a\nx\n", "a\ny\n", "a\nx\ny\nz\n", "z")]
    [InlineData("a\n", "a\n\nx\n", "a\n\ny\n", "a\n\nx\ny\n", null)]
    public void A_union_has_what_either_side_added_and_nothing_that_one_removed(string before, string ours, string theirs, string merged, string? fault) =>
        Assert.Equal(fault, LineUnion.FirstFault(before, ours, theirs, merged));

    private static IReadOnlyDictionary<string, string> Plan(string[] taken, long[] landed, params string[] added) => Renumbering.Plan(
        [.. taken.Select(path => NumberedName.TryParse(path)!)], [.. added.Select(path => NumberedName.TryParse(path)!)], name => landed.Contains(name.Number));
}
