using CsCheck;
using Interlock.Domain.Leasing;
using Interlock.Engine.Merging;
using Interlock.Engine.Worktrees;
using Interlock.Tests.Worktrees;

namespace Interlock.Tests.Merging;

/// <summary>The check that trusts no merge: given four trees it finds what a wrong merge base or a lost hunk did.</summary>
public sealed class Construction : IDisposable
{
    private readonly TestRepository repo = new();
    private readonly string start;
    private int branches;

    public Construction() => start = repo.Head;

    public void Dispose() => repo.Dispose();

    [Fact]
    public async Task A_wrong_merge_base_that_reverts_landed_work_is_caught()
    {
        var landed = Commit(start, ("a.txt", "one\nLANDED\nthree\nfour\nfive\nsix\nseven\n"), ("landed.txt", "l\n"));
        var work = Commit(start, ("x.txt", "1\n"));

        // With the tip itself taken for the base, all that the work lacks looks like the work's removals.
        var merge = await TreeMerge.MergeAsync(repo.Repository, landed, landed, work, TestRepository.Now);

        Assert.True(merge.Clean);
        Assert.Contains("the work does not", await FaultAsync(landed, work, merge.Tree) ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_only_one_side_has_moved_its_tree_is_the_merge()
    {
        var work = Commit(start, ("x.txt", "1\n"));
        var same = Commit(start, ("x.txt", "1\n"));
        var tree = await repo.Repository.TreeOfAsync(work, TestRepository.Now);

        foreach (var (ours, theirs) in ((string, string)[])[(start, work), (work, start), (work, same)])
        {
            var merge = await TreeMerge.MergeAsync(repo.Repository, start, ours, theirs, TestRepository.Now);

            Assert.True(merge is { Clean: true, Paths: [] });
            Assert.Equal(tree, merge.Tree);
        }

        Assert.Equal(tree, await repo.Repository.TreeOfAsync(tree, TestRepository.Now));
        await Assert.ThrowsAsync<GitException>(() => repo.Repository.TreeOfAsync(new string('1', 40), TestRepository.Now));
    }

    [Fact]
    public async Task The_tree_of_a_branch_follows_it()
    {
        var before = await repo.Repository.TreeOfAsync("HEAD", TestRepository.Now);

        Commit(start, ("x.txt", "1\n"));

        Assert.NotEqual(before, await repo.Repository.TreeOfAsync("HEAD", TestRepository.Now));
    }

    [Fact]
    public async Task A_landed_line_lost_in_a_file_both_changed_is_caught()
    {
        var landed = Commit(start, ("a.txt", "one\ntwo\nthree\nfour\nfive\nsix\nLANDED\n"));
        var work = Commit(start, ("a.txt", "WORK\ntwo\nthree\nfour\nfive\nsix\nseven\n"));
        var wrong = Commit(start, ("a.txt", "WORK\ntwo\nthree\nfour\nfive\nsix\nseven\n"));

        Assert.Equal("a.txt: a landed line would vanish: LANDED", await FaultAsync(landed, work, wrong));
    }

    [Fact]
    public async Task A_line_of_the_work_dropped_in_a_file_both_changed_is_caught()
    {
        var landed = Commit(start, ("a.txt", "one\ntwo\nthree\nfour\nfive\nsix\nLANDED\n"));
        var work = Commit(start, ("a.txt", "one\nWORK\ntwo\nthree\nfour\nfive\nsix\nseven\n"));

        Assert.Equal("a.txt: a line of the work is missing: WORK", await FaultAsync(landed, work, landed));
    }

    [Fact]
    public async Task Work_dropped_from_a_file_only_it_changed_is_caught()
    {
        var work = Commit(start, ("x.txt", "1\n"), ("src/b.txt", "B\n"));
        var wrong = Commit(start, ("x.txt", "1\n"));

        Assert.Equal("src/b.txt: the merge lost the work's version", await FaultAsync(start, work, wrong));
    }

    [Fact]
    public async Task A_moved_line_is_the_works_own_removal()
    {
        var landed = Commit(start, ("a.txt", "one\ntwo\nthree\nfour\nfive\nsix\nseven\nlanded\n"));
        var work = Commit(start, ("a.txt", "two\none\nthree\nfour\nfive\nsix\nseven\n"));
        var merged = Commit(start, ("a.txt", "two\none\nthree\nfour\nfive\nsix\nseven\nlanded\n"));

        Assert.Null(await FaultAsync(landed, work, merged));
    }

    [Fact]
    public async Task Every_clean_merge_of_random_edits_passes()
    {
        var edits = Gen.Select(Gen.Int[0, 11], Gen.Int[0, 3], Gen.Bool).List[1, 3];
        var clean = 0;
        await Gen.Select(edits, edits).SampleAsync(async (ours, theirs) =>
        {
            var b = Commit(start, ("f.txt", Text([])));
            var tip = Commit(b, ("f.txt", Text(ours)));
            var work = Commit(b, ("f.txt", Text(theirs)));
            var merge = await TreeMerge.MergeAsync(repo.Repository, b, tip, work, TestRepository.Now);
            clean += merge.Clean ? 1 : 0;
            Assert.Null(merge.Clean ? await ConstructionCheck.FindFaultAsync(repo.Repository, tip, b, work, merge.Tree, MergeRules.None, TestRepository.Now) : null);
        }, iter: 25, threads: 1);

        Assert.InRange(clean, 3, 25);
    }

    [Fact]
    public async Task A_renumbered_file_is_the_same_file_under_a_number_that_nobody_uses()
    {
        var landed = Commit(start, ("db/1_a.sql", "a\n"));
        var work = Commit(start, ("db/1_b.sql", "b\n"));

        Assert.Null(await RuledFaultAsync(landed, work, Commit(landed, ("db/2_b.sql", "b\n"))));
        Assert.Contains("the work does not", await RuledFaultAsync(landed, work, Commit(landed, ("db/2_b.sql", "other\n"))) ?? "", StringComparison.Ordinal);
        Assert.Contains("the work does not", await RuledFaultAsync(landed, work, Commit(landed, ("db/2_c.sql", "b\n"))) ?? "", StringComparison.Ordinal);
        Assert.Equal("db/1_b.sql: the merge lost the work's version", await RuledFaultAsync(landed, work, landed));

        var crowded = Commit(landed, ("db/2_a.sql", "2\n"));
        Assert.Equal("db/2_b.sql: its new number is used already", await RuledFaultAsync(crowded, work, Commit(crowded, ("db/2_b.sql", "b\n"))));
    }

    [Fact]
    public async Task Only_the_declared_paths_of_work_that_touches_one_may_be_made_anew()
    {
        var work = Commit(start, ("lock.json", "work\n"), ("x.txt", "1\n"));
        var made = Commit(start, ("lock.json", "made\n"), ("x.txt", "1\n"));

        Assert.Null(await RuledFaultAsync(start, work, made));
        Assert.Contains("y.txt", await RuledFaultAsync(start, work, Commit(made, ("y.txt", "1\n"))) ?? "", StringComparison.Ordinal);
        Assert.Contains("lock.json", await RuledFaultAsync(start, Commit(start, ("x.txt", "1\n")), made) ?? "", StringComparison.Ordinal);
        Assert.Equal("lock.json: the merge lost the work's version", await FaultAsync(start, work, made));
    }

    [Fact]
    public async Task A_union_loses_no_line_and_invents_none()
    {
        var landed = Commit(start, ("CHANGES", "- landed\n"));
        var work = Commit(start, ("CHANGES", "- mine\n"));

        Assert.Null(await RuledFaultAsync(landed, work, Commit(start, ("CHANGES", "- landed\n- mine\n"))));
        Assert.Equal("CHANGES: a landed line would vanish: - landed", await RuledFaultAsync(landed, work, work));
        Assert.Equal("CHANGES: a line of the work is missing: - mine", await RuledFaultAsync(landed, work, landed));
        Assert.Equal("CHANGES: a line that neither side has: - other", await RuledFaultAsync(landed, work, Commit(start, ("CHANGES", "- landed\n- other\n- mine\n"))));
    }

    private Task<string?> RuledFaultAsync(string tip, string work, string merged) => ConstructionCheck.FindFaultAsync(
        repo.Repository, tip, start, work, merged, new MergeRules(
            [
                new MergeRule(MergeRuleKind.Renumber, FileSet.Parse("db/")),
                new MergeRule(MergeRuleKind.Regenerate, FileSet.Parse("lock.json")),
                new MergeRule(MergeRuleKind.Union, FileSet.Parse("CHANGES")),
            ],
            null), TestRepository.Now);

    private static string Text(IReadOnlyList<(int Line, int Text, bool Insert)> edits)
    {
        // Few different lines, so that equal ones stand in several places.
        var lines = Enumerable.Range(0, 12).Select(i => $"line {i % 5}").ToList();
        foreach (var (line, text, insert) in edits)
        {
            if (insert)
            {
                lines.Insert(Math.Min(line, lines.Count), $"line {text}");
            }
            else if (text == 0)
            {
                lines.RemoveAt(Math.Min(line, lines.Count - 1));
            }
            else
            {
                lines[Math.Min(line, lines.Count - 1)] = $"new {text}";
            }
        }

        return string.Join('\n', lines) + "\n";
    }

    private Task<string?> FaultAsync(string tip, string work, string merged) =>
        ConstructionCheck.FindFaultAsync(repo.Repository, tip, start, work, merged, MergeRules.None, TestRepository.Now);

    private string Commit(string from, params (string Path, string Text)[] files)
    {
        repo.Run("checkout", "-q", "-b", $"b{branches++}", from);
        foreach (var (path, text) in files)
        {
            repo.Write(path, text);
        }

        return repo.Commit("c");
    }
}
