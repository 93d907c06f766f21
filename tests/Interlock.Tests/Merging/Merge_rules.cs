using CsCheck;
using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Engine.Merging;
using Interlock.Tests.Worktrees;

namespace Interlock.Tests.Merging;

public sealed class Merge_rules : IDisposable
{
    private static readonly MergeRules Rules = new(
        [
            new MergeRule(MergeRuleKind.Union, FileSet.Parse("CHANGES.md", "blob.bin")),
            new MergeRule(MergeRuleKind.Renumber, FileSet.Parse("db/*.sql")),
        ],
        null);

    private readonly TestRepository repo = new();
    private int branches;
    private string start;

    public Merge_rules() => start = repo.Head;

    public void Dispose() => repo.Dispose();

    [Fact]
    public async Task A_union_keeps_the_lines_of_both_with_the_landed_ones_first()
    {
        start = Commit(("CHANGES.md", "# Changes\n\n## Next\n- first\n"));
        var tip = Commit(("CHANGES.md", "# Changes\n\n## Next\n- first\n- landed\n"));
        var work = Commit(("CHANGES.md", "# Changes\n\n## Next\n- first\n- mine\n"), ("a.txt", "new\n"));

        var done = Assert.IsType<Candidate.Clean>(await BuildAsync(tip, work));

        Assert.Equal("# Changes\n\n## Next\n- first\n- landed\n- mine", repo.Run("show", $"{done.Commit}:CHANGES.md"));
        Assert.Equal("union CHANGES.md", repo.Run("log", "-1", "--format=%(trailers:key=Merge-Rule,valueonly,separator=)", done.Commit));
        Assert.Equal("t1", repo.Run("log", "-1", "--format=%(trailers:key=Task-Id,valueonly,separator=)", done.Commit));
    }

    [Fact]
    public async Task A_changelog_that_both_started_is_united_too()
    {
        var tip = Commit(("CHANGES.md", "- landed"));
        var work = Commit(("CHANGES.md", "- mine"));

        var done = Assert.IsType<Candidate.Clean>(await BuildAsync(tip, work));

        Assert.Equal("- landed\n- mine", repo.Run("show", $"{done.Commit}:CHANGES.md"));
    }

    [Fact]
    public async Task Without_a_rule_the_same_two_changes_conflict()
    {
        start = Commit(("CHANGES.md", "- first\n"));
        var tip = Commit(("CHANGES.md", "- first\n- landed\n"));
        var work = Commit(("CHANGES.md", "- first\n- mine\n"));

        Assert.IsType<Candidate.Conflicted>(await BuildAsync(tip, work, MergeRules.None));
    }

    [Theory]
    [InlineData("- first\n- second\n", "- first\n", "- first\n- second\n- mine\n")]
    [InlineData("- first\n- second\n", "- first\n- landed\n- second\n", "- first\n")]
    [InlineData("a\n", "b\0\n", "c\0\n")]
    public async Task A_removal_that_a_union_would_bring_back_and_a_binary_file_are_conflicts(string before, string landed, string mine)
    {
        start = Commit(("CHANGES.md", before));
        var tip = Commit(("CHANGES.md", landed));
        var work = Commit(("CHANGES.md", mine));

        Assert.Equal(["CHANGES.md"], Assert.IsType<Candidate.Conflicted>(await BuildAsync(tip, work)).Paths);
    }

    [Fact]
    public async Task A_conflict_beside_a_union_stays_one()
    {
        start = Commit(("CHANGES.md", "- first\n"));
        var tip = Commit(("CHANGES.md", "- first\n- landed\n"), ("a.txt", "landed\n"));
        var work = Commit(("CHANGES.md", "- first\n- mine\n"), ("a.txt", "mine\n"));

        Assert.Equal(["a.txt"], Assert.IsType<Candidate.Conflicted>(await BuildAsync(tip, work)).Paths);
    }

    [Fact]
    public async Task Every_union_of_random_edits_holds_both_changes_or_is_a_conflict()
    {
        // Mostly insertions, close together: those are what a union is for.
        var edits = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 5], Gen.Int[0, 9].Select(n => n < 9)).List[1, 3];
        var united = 0;
        await Gen.Select(edits, edits).SampleAsync(async (ours, theirs) =>
        {
            start = Commit(("CHANGES.md", Text([])));
            var (tip, work) = (Commit(("CHANGES.md", Text(ours))), Commit(("CHANGES.md", Text(theirs))));
            var plain = await BuildAsync(tip, work, MergeRules.None);
            var candidate = await BuildAsync(tip, work);
            Assert.IsNotType<Candidate.Broken>(candidate);
            if (candidate is Candidate.Clean clean && plain is Candidate.Conflicted)
            {
                united++;
                Assert.Null(LineUnion.FirstFault(Text([]), Text(ours), Text(theirs), repo.Run("show", $"{clean.Commit}:CHANGES.md")));
            }
        }, iter: 25, threads: 1);

        Assert.True(united > 0, "no pair of edits was united: the test looked at nothing");
    }

    [Fact]
    public async Task A_migration_whose_number_landed_meanwhile_gets_the_next_one()
    {
        start = Commit(("db/0006_old.sql", "old\n"));
        var tip = Commit(("db/0007_users.sql", "users\n"));
        var work = Commit(("db/0007_tokens.sql", "tokens\n"), ("db/0008_index.sql", "index\n"));

        var done = Assert.IsType<Candidate.Clean>(await BuildAsync(tip, work));

        Assert.Equal(["db/0006_old.sql", "db/0007_users.sql", "db/0008_tokens.sql", "db/0009_index.sql"], repo.Tree(done.Commit).Where(path => path.StartsWith("db/", StringComparison.Ordinal)));
        Assert.Equal(("tokens", "users"), (repo.Run("show", $"{done.Commit}:db/0008_tokens.sql"), repo.Run("show", $"{done.Commit}:db/0007_users.sql")));
        Assert.Equal(["db/0008_tokens.sql", "db/0009_index.sql"], done.ChangedPaths);
    }

    [Fact]
    public async Task Two_migrations_of_one_name_and_different_content_both_land()
    {
        var tip = Commit(("db/1_users.sql", "theirs\n"));
        var work = Commit(("db/1_users.sql", "mine\n"), ("db/2_users.sql", "second\n"));

        var done = Assert.IsType<Candidate.Clean>(await BuildAsync(tip, work));

        Assert.Equal(
            ("theirs", "mine", "second"),
            (repo.Run("show", $"{done.Commit}:db/1_users.sql"), repo.Run("show", $"{done.Commit}:db/2_users.sql"), repo.Run("show", $"{done.Commit}:db/3_users.sql")));
    }

    [Fact]
    public async Task The_same_migration_on_both_sides_lands_once()
    {
        var tip = Commit(("db/1_users.sql", "same\n"), ("db/2_b.sql", "b\n"));
        var work = Commit(("db/1_users.sql", "same\n"), ("db/3_c.sql", "c\n"));

        Assert.Equal(["db/3_c.sql"], Assert.IsType<Candidate.Clean>(await BuildAsync(tip, work)).ChangedPaths);
    }

    [Fact]
    public async Task A_migration_that_another_file_mentions_is_not_renamed_but_a_conflict_that_says_the_free_name()
    {
        var tip = Commit(("db/0001_users.sql", "users\n"));
        var work = Commit(("db/0001_tokens.sql", "tokens\n"), ("src/list.txt", "run 0001_tokens first\n"));

        var conflict = Assert.IsType<Candidate.Conflicted>(await BuildAsync(tip, work));

        Assert.Equal(["db/0001_tokens.sql", "src/list.txt"], conflict.Paths);
        Assert.Contains("Name the file db/0002_tokens.sql", conflict.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Random_migrations_of_both_sides_all_land_with_numbers_of_their_own()
    {
        var numbers = Gen.Int[1, 6].HashSet[1, 4];
        await Gen.Select(numbers, numbers, numbers).SampleAsync(async (old, landed, mine) =>
        {
            start = Commit([.. old.Select(number => ($"db/{number:000}_old.sql", $"old {number}\n"))]);
            repo.Run("checkout", "-q", start);
            var tip = Commit([.. landed.Select(number => ($"db/{number:000}_landed.sql", $"landed {number}\n"))]);
            var work = Commit([.. mine.Select(number => ($"db/{number:000}_mine.sql", $"mine {number}\n"))]);

            var done = Assert.IsType<Candidate.Clean>(await BuildAsync(tip, work));

            var all = repo.Tree(done.Commit).Where(path => path.StartsWith("db/", StringComparison.Ordinal)).Select(path => NumberedName.TryParse(path)!).ToList();
            var added = all.Where(name => name.Rest == "_mine.sql").OrderBy(name => name.Number).ToList();
            Assert.Equal(mine.Order().Select(number => $"mine {number}"), added.Select(name => repo.Run("show", $"{done.Commit}:{name.Path}")));
            Assert.All(added, name => Assert.DoesNotContain(all, other => other.Rest == "_landed.sql" && other.Number == name.Number));
            Assert.Equal(landed.Count, all.Count(name => name.Rest == "_landed.sql"));
            start = repo.Run("rev-list", "--max-parents=0", "HEAD");
        }, iter: 15, threads: 1);
    }

    private static string Text(IReadOnlyList<(int Line, int Text, bool Insert)> edits)
    {
        var lines = Enumerable.Range(0, 6).Select(i => $"line {i % 4}").ToList();
        foreach (var (line, text, insert) in edits)
        {
            if (insert)
            {
                lines.Insert(Math.Min(line, lines.Count), $"new {text}");
            }
            else if (text == 0)
            {
                lines.RemoveAt(Math.Min(line, lines.Count - 1));
            }
            else
            {
                lines[Math.Min(line, lines.Count - 1)] = $"changed {text}";
            }
        }

        return string.Join('\n', lines) + "\n";
    }

    private Task<Candidate> BuildAsync(string tip, string work, MergeRules? rules = null) => CandidateBuilder.BuildAsync(
        repo.Repository, tip, start, work, "[dev-1] [t1] work\n\nTask-Id: t1\nLease-Fence: 1\n", "dev-1", "dev-1@agents", [], rules ?? Rules, TestRepository.Now);

    private string Commit(params (string Path, string Text)[] files)
    {
        repo.Run("checkout", "-q", "-b", $"b{branches++}", start);
        foreach (var (path, text) in files)
        {
            repo.Write(path, text);
        }

        return repo.Commit("c");
    }
}
