using System.Text;
using Interlock.Engine.Merging;
using Interlock.Engine.Worktrees;
using Interlock.Tests.Worktrees;

namespace Interlock.Tests.Merging;

public sealed class CandidateBuilding : IDisposable
{
    private readonly TestRepository repo = new();
    private readonly string start;

    public CandidateBuilding() => start = repo.Head;

    public void Dispose() => repo.Dispose();

    [Fact]
    public async Task A_candidate_is_the_tip_plus_the_work_with_the_tip_as_only_parent()
    {
        var work = Branch("work", ("a.txt", "ONE\ntwo\nthree\nfour\nfive\nsix\nseven\n"), ("new.txt", "n\n"));
        var tip = Branch("tip", ("a.txt", "one\ntwo\nthree\nfour\nfive\nsix\nSEVEN\n"), ("other.txt", "o\n"));

        var done = Assert.IsType<Candidate.Clean>(await BuildAsync(tip, work));

        Assert.Equal(tip, repo.Run("rev-list", "--parents", "-n1", done.Commit).Split(' ').Skip(1).Single());
        Assert.Equal(["a.txt", "new.txt"], done.ChangedPaths);
        Assert.Equal("ONE\ntwo\nthree\nfour\nfive\nsix\nSEVEN", repo.Run("show", done.Commit + ":a.txt"));
        Assert.Equal(["a.txt", "new.txt", "other.txt", "src/b.txt"], repo.Tree(done.Commit));
        Assert.Equal("dev-1 Interlock [dev-1] [t1] work", repo.Run("log", "-1", "--format=%an %cn %s", done.Commit));
    }

    [Fact]
    public async Task The_given_base_decides_and_not_the_one_git_would_find()
    {
        // The work was redone from the start, but shares history with a landed earlier attempt of itself.
        var landed = Branch("tip", ("a.txt", "one\nlanded\nthree\nfour\nfive\nsix\nseven\n"));
        repo.Run("checkout", "-q", "-b", "later", landed);
        repo.Write("late.txt", "late\n");
        var work = repo.Commit("later");

        var done = Assert.IsType<Candidate.Clean>(await CandidateBuilder.BuildAsync(
            repo.Repository, start, landed, work, "m", "a", "a@b", [], MergeRules.None, TestRepository.Now));

        Assert.Equal(["late.txt"], done.ChangedPaths);
        Assert.Contains("two", repo.Run("show", done.Commit + ":a.txt"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conflicting_work_names_the_files_and_shows_both_sides()
    {
        var work = Branch("work", ("a.txt", "mine\n"), ("fine.txt", "f\n"));
        var tip = Branch("tip", ("a.txt", "theirs\n"));

        var conflict = Assert.IsType<Candidate.Conflicted>(await BuildAsync(tip, work));

        Assert.Equal(["a.txt"], conflict.Paths);
        Assert.Contains("CONFLICT (content)", conflict.Text, StringComparison.Ordinal);
        Assert.Contains("+mine", conflict.Text, StringComparison.Ordinal);
        Assert.Contains("+theirs", conflict.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_conflict_says_whose_landed_work_is_in_the_way_and_what_to_do()
    {
        repo.Run("checkout", "-q", "-b", "tip", start);
        repo.Write("a.txt", "theirs\n");
        repo.Commit("[dev-2] [2.5.3] Speak\u001b[31m up\n\nTask-Id: 2.5.3\nLease-Fence: 9");
        repo.Write("src/b.txt", "elsewhere\n");
        var tip = repo.Commit("[dev-3] [2.5.4] Other\n\nTask-Id: 2.5.4");
        var work = Branch("work", ("a.txt", "mine\n"));

        var conflict = Assert.IsType<Candidate.Conflicted>(await BuildAsync(tip, work));

        Assert.Equal(["2.5.3"], conflict.LandedTasks);
        Assert.Matches(@"- task 2\.5\.3 by Test: \[dev-2\] \[2\.5\.3\] Speak \[31m up \(commit [0-9a-f]{7,}\)", conflict.Text);
        Assert.Contains($"git diff {start[..10]} {tip[..10]}", conflict.Text, StringComparison.Ordinal);
        Assert.EndsWith("and name task 2.5.3.\n", conflict.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("elsewhere", conflict.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_conflict_in_many_large_files_is_told_within_bounds()
    {
        var paths = Enumerable.Range(0, 40).Select(number => $"big/{number:00}.txt").ToList();
        var work = Branch("work", [.. paths.Select(path => (path, string.Concat(Enumerable.Repeat("mine\n", 5000))))]);
        var tip = Branch("tip", [.. paths.Select(path => (path, string.Concat(Enumerable.Repeat("theirs\n", 5000))))]);

        var conflict = Assert.IsType<Candidate.Conflicted>(await BuildAsync(tip, work));

        Assert.Equal(40, conflict.Paths.Count);
        Assert.InRange(conflict.Text.Length, 10_000, 48_000);
        Assert.Contains("The diffs of 30 more files are left out", conflict.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_changed_here_and_renamed_there_is_a_conflict_and_never_lands_on_the_new_name()
    {
        var work = Branch("work", ("a.txt", "ONE\ntwo\nthree\nfour\nfive\nsix\nseven\n"));
        repo.Run("checkout", "-q", "-b", "tip", start);
        repo.Run("mv", "a.txt", "renamed.txt");
        var tip = repo.Commit("rename");

        Assert.Equal(["a.txt"], Assert.IsType<Candidate.Conflicted>(await BuildAsync(tip, work)).Paths);
    }

    [Fact]
    public async Task Work_that_is_there_already_changes_nothing()
    {
        var work = Branch("work", ("x.txt", "1\n"));

        var done = Assert.IsType<Candidate.Clean>(await BuildAsync(work, work));

        Assert.Empty(done.ChangedPaths);
    }

    [Fact]
    public async Task An_edit_is_applied_to_the_merged_file_byte_for_byte()
    {
        var work = Branch("work", ("x.txt", "1\n"));
        var tip = Branch("tip", ("plan.md", "- [ ] one\r\n- [ ] two\n"));
        var tick = new FileEdit("plan.md", plan => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(plan).Replace("[ ] two", "[x] two", StringComparison.Ordinal)));
        var missing = new FileEdit("none.md", _ => throw new InvalidOperationException("there is no such file"));
        var untouched = new FileEdit("a.txt", _ => null);

        var done = Assert.IsType<Candidate.Clean>(await BuildAsync(tip, work, tick, missing, untouched));

        Assert.Equal(["plan.md", "x.txt"], done.ChangedPaths);
        Assert.Equal("- [ ] one\r\n- [x] two\n"u8.ToArray(), await repo.Repository.ReadFileAsync(done.Commit, "plan.md", TestRepository.Now));
    }

    [Fact]
    public async Task Union_files_are_united()
    {
        repo.Write(".gitattributes", "CHANGES merge=union\n");
        repo.Write("CHANGES", "top\n");
        var b = repo.Commit("attributes");
        var work = BranchFrom(b, "work", ("CHANGES", "top\nmine\n"));
        var tip = BranchFrom(b, "tip", ("CHANGES", "top\ntheirs\n"));

        var done = Assert.IsType<Candidate.Clean>(await CandidateBuilder.BuildAsync(repo.Repository, tip, b, work, "m", "a", "a@b", [], MergeRules.None, TestRepository.Now));

        Assert.Equal("top\ntheirs\nmine", repo.Run("show", done.Commit + ":CHANGES"));
    }

    [Fact]
    public async Task Building_touches_no_checkout_and_no_ref()
    {
        var work = Branch("work", ("x.txt", "1\n"));
        repo.Run("checkout", "-q", "main");
        var refs = repo.Run("for-each-ref");

        await BuildAsync(start, work);

        Assert.Equal(refs, repo.Run("for-each-ref"));
        Assert.Equal("", repo.Run("status", "--porcelain"));
    }

    private Task<Candidate> BuildAsync(string tip, string work, params FileEdit[] edits) =>
        CandidateBuilder.BuildAsync(repo.Repository, tip, start, work, "[dev-1] [t1] work", "dev-1", "dev-1@agents", edits, MergeRules.None, TestRepository.Now);

    private string Branch(string name, params (string Path, string Text)[] files) => BranchFrom(start, name, files);

    private string BranchFrom(string commit, string name, params (string Path, string Text)[] files)
    {
        repo.Run("checkout", "-q", "-b", name, commit);
        foreach (var (path, text) in files)
        {
            repo.Write(path, text);
        }

        return repo.Commit(name);
    }
}
