using System.Diagnostics;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Engine.Merging;
using Interlock.Engine.Worktrees;
using Interlock.Tests.Worktrees;

namespace Interlock.Tests.Merging;

public sealed class Expected_conflicts : IDisposable
{
    private readonly TestRepository repo = new();
    private readonly string start;
    private int branches;

    public Expected_conflicts() => start = repo.Head;

    public void Dispose() => repo.Dispose();

    [Fact]
    public async Task Work_is_compared_with_the_branch_and_with_each_other()
    {
        var tip = Commit(start, ("landed.txt", "l\n"), ("src/b.txt", "landed\n"));
        var one = Work("1", start, tip, ("a.txt", "ONE\n"));
        var two = Work("2", start, tip, ("a.txt", "TWO\n"), ("src/b.txt", "two\n"));
        var three = Work("3", tip, tip, ("c.txt", "3\n"));

        var conflicts = await FindAsync(FileSet.Empty, one, two, three);

        Assert.Equal(["1 and 2: a.txt", "2 and branch: src/b.txt"], Told(conflicts));
    }

    [Fact]
    public async Task Work_from_different_bases_is_not_blamed_for_what_landed_between_them()
    {
        var tip = Commit(start, ("a.txt", "landed\ntwo\nthree\nfour\nfive\nsix\nseven\n"));
        var old = Work("1", start, tip, ("a.txt", "one\ntwo\nthree\nfour\nfive\nsix\nSEVEN\n"));
        var young = Work("2", tip, tip, ("b.txt", "b\n"));
        var clash = Work("3", tip, tip, ("a.txt", "landed\ntwo\nthree\nfour\nfive\nsix\n7\n"));

        Assert.Equal(["1 and 3: a.txt"], Told(await FindAsync(FileSet.Empty, old, young, clash)));
    }

    [Fact]
    public async Task A_file_where_the_other_makes_a_folder_is_a_conflict()
    {
        var file = Work("1", start, start, ("new", "file\n"));
        var folder = Work("2", start, start, ("new/inner.txt", "folder\n"));

        Assert.Single(await FindAsync(FileSet.Empty, file, folder));
    }

    [Fact]
    public async Task What_a_merge_rule_settles_is_not_expected_to_conflict()
    {
        var one = Work("1", start, start, ("a.txt", "ONE\n"));
        var two = Work("2", start, start, ("a.txt", "TWO\n"));

        Assert.Empty(await FindAsync(FileSet.Parse("*.txt"), one, two));
    }

    [Fact]
    public async Task What_did_not_change_is_not_merged_again()
    {
        var tip = Commit(start, ("other.txt", "o\n"));
        var finder = new ConflictFinder(repo.Repository, FileSet.Empty);
        ActiveWork[] works = [Work("1", start, tip, ("a.txt", "ONE\n")), Work("2", start, tip, ("a.txt", "TWO\n")), Work("3", start, tip, ("c.txt", "3\n"))];

        var first = await finder.FindAsync(works, TestRepository.Now);
        Assert.Equal(4, finder.Merges);
        var second = await finder.FindAsync(works, TestRepository.Now);
        Assert.Equal(4, finder.Merges);
        await finder.FindAsync([.. works[..2], Work("3", start, tip, ("c.txt", "4\n"))], TestRepository.Now);

        Assert.Equal(5, finder.Merges);
        Assert.Equal(Told(first), Told(second));
    }

    [Fact]
    public async Task Looking_at_ten_worktrees_of_two_thousand_files_is_cheap_and_touches_nothing()
    {
        for (var file = 0; file < 2000; file++)
        {
            repo.Write($"many/{file % 50}/{file}.txt", $"{file}\nsecond\nthird\n");
        }

        repo.Commit("many");
        var trees = new List<Worktree>();
        for (var number = 0; number < 10; number++)
        {
            var tree = await repo.NewWorktreeAsync($"t{number}-1");
            TestRepository.WriteIn(tree.Path, "many/1/1.txt", $"changed {number}\n");
            TestRepository.WriteIn(tree.Path, $"new/{number}.txt", "new\n");
            trees.Add(tree);
        }

        // Asking for the status refreshes an index, so it comes before the first look and after the last.
        var status = trees.Select(tree => TestRepository.RunIn(tree.Path, "status", "--porcelain")).ToList();
        var before = trees.Select(tree => File.ReadAllBytes(Path.Combine(tree.GitDir, "index"))).ToList();
        var finder = new ConflictFinder(repo.Repository, FileSet.Empty);
        var times = new List<(TimeSpan Snapshots, TimeSpan Merges)>();
        for (var look = 0; look < 2; look++)
        {
            var clock = Stopwatch.StartNew();
            var works = new List<ActiveWork>();
            foreach (var tree in trees)
            {
                var snapshot = await TreeSnapshot.TakeAsync(repo.Repository, tree.Path, Path.Combine(tree.GitDir, "index"), tree.BaseCommit, [], withNested: false, TestRepository.Now);
                works.Add(new ActiveWork(new TaskId(tree.Name), "", new AgentId("dev-1"), 1, false, "refs/heads/main", tree.BaseCommit, snapshot.Tree, tree.BaseCommit));
            }

            var snapshots = clock.Elapsed;
            Assert.Equal(45, (await finder.FindAsync(works, TestRepository.Now)).Count);
            times.Add((snapshots, clock.Elapsed - snapshots));
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join("; ", times));
        Assert.Equal(45, finder.Merges);
        Assert.Equal(before, trees.Select(tree => File.ReadAllBytes(Path.Combine(tree.GitDir, "index"))));
        Assert.Equal(status, trees.Select(tree => TestRepository.RunIn(tree.Path, "status", "--porcelain")));
    }

    private static IEnumerable<string> Told(IReadOnlyList<ExpectedConflict> conflicts) => conflicts
        .Select(conflict => $"{conflict.Work.Task} and {conflict.Other?.Task.Value ?? "branch"}: {string.Join(' ', conflict.Paths)}").Order(StringComparer.Ordinal);

    private Task<IReadOnlyList<ExpectedConflict>> FindAsync(FileSet hot, params ActiveWork[] works) =>
        new ConflictFinder(repo.Repository, hot).FindAsync(works, TestRepository.Now);

    private ActiveWork Work(string task, string from, string tip, params (string Path, string Text)[] files) => new(
        new TaskId(task), "", new AgentId("dev-1"), 1, false, "refs/heads/interlock/1", from, repo.Run("rev-parse", Commit(from, files) + "^{tree}"), tip);

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
