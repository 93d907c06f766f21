using Interlock.Engine.Platform;
using Interlock.Engine.Worktrees;

namespace Interlock.Tests.Worktrees;

/// <summary>A folder that served before comes out as a fresh checkout would, whatever was done to it.</summary>
public sealed class Reuse : IDisposable
{
    private readonly TestRepository repo = new();
    private readonly WorktreePool pool;

    public Reuse() => pool = repo.NewPoolingPool();

    public void Dispose() => repo.Dispose();

    private string Pooled => Path.Combine(repo.Root, ".pooled");

    private string Trash => Path.Combine(repo.Root, ".trash");

    [Fact]
    public async Task A_removed_worktree_is_pooled_and_its_folder_becomes_the_next_one()
    {
        var first = await CreateAsync("t1-1");
        var folder = FileIdentity.Of(first.Path);
        var unchanged = FileIdentity.Of(Path.Combine(first.Path, "a.txt"));

        await pool.RemoveAsync(first, deleteBranch: true, TestRepository.Now);

        Assert.Single(Directory.GetDirectories(Pooled));
        Assert.DoesNotContain("t1-1", repo.Run("worktree", "list"), StringComparison.Ordinal);
        Assert.Empty(await pool.ListAsync(TestRepository.Now));

        repo.Write("src/b.txt", "changed\n");
        repo.Write("new/c.txt", "c\n");
        repo.Commit("second");
        var second = await CreateAsync("t2-2");

        Assert.Equal(folder, FileIdentity.Of(second.Path));
        Assert.Equal(unchanged, FileIdentity.Of(Path.Combine(second.Path, "a.txt")));
        Assert.Empty(Directory.GetDirectories(Pooled));
        AssertFresh(second);
    }

    [Theory]
    [InlineData("echo x > \"$(printf 'x\\351.log')\"")]
    [InlineData("mkdir \"$(printf 'x\\351')\"; echo x > \"$(printf 'x\\351/y.log')\"")]
    public async Task An_ignored_name_that_is_no_text_goes_too(string makes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere names are text");
        repo.Write(".gitignore", "*.log\n");
        repo.Commit("ignore");
        await UsedAsync(path => TestRepository.ShellIn(path, makes));

        var next = await CreateAsync("t2-2");

        AssertFresh(next);
        Assert.Equal("", TestRepository.RunIn(next.Path, "ls-files", "--others"));
        foreach (var folder in pool.Trash())
        {
            Assert.True(pool.EmptyTrash(folder));
        }
    }

    [Fact]
    public async Task Everything_untracked_and_ignored_goes()
    {
        repo.Write(".gitignore", "out/\n*.log\n");
        repo.Commit("ignore");
        await UsedAsync(path =>
        {
            TestRepository.WriteIn(path, "out/old.bin", "old");
            TestRepository.WriteIn(path, "src/deep/er/x.log", "old");
            Directory.CreateDirectory(Path.Combine(path, "empty/folders"));
            TestRepository.RunIn(path, "init", "-q", Path.Combine(path, "out/nested"));
        });

        AssertFresh(await CreateAsync("t2-2"));
    }

    [Fact]
    public async Task Flags_in_the_index_and_settings_of_the_former_occupant_hide_nothing()
    {
        var outside = Path.Combine(repo.Home, "ran");
        await UsedAsync(path =>
        {
            TestRepository.RunIn(path, "update-index", "--assume-unchanged", "a.txt");
            TestRepository.RunIn(path, "update-index", "--skip-worktree", "src/b.txt");
            TestRepository.WriteIn(path, "a.txt", "hidden\n");
            File.Delete(Path.Combine(path, "src/b.txt"));
            var gitDir = TestRepository.RunIn(path, "rev-parse", "--git-dir");
            File.WriteAllText(Path.Combine(gitDir, "config.worktree"), $"[core]\n\tfsmonitor = touch {outside}\n");
            File.WriteAllText(Path.Combine(path, ".git"), $"gitdir: {repo.Home}/elsewhere\n");
        });

        AssertFresh(await CreateAsync("t2-2"));
        Assert.False(File.Exists(outside));
    }

    [Fact]
    public async Task A_changed_file_of_the_same_size_and_time_is_written_again()
    {
        await UsedAsync(path =>
        {
            var file = Path.Combine(path, "src/b.txt");
            var time = File.GetLastWriteTimeUtc(file);
            File.WriteAllText(file, "X\n");
            File.SetLastWriteTimeUtc(file, time);
        });

        AssertFresh(await CreateAsync("t2-2"));
    }

    [Fact]
    public async Task Planted_links_are_unlinked_and_nothing_is_written_through_them()
    {
        var outside = Path.Combine(repo.Home, "outside");
        TestRepository.WriteIn(outside, "b.txt", "mine\n");
        await UsedAsync(path =>
        {
            Directory.Delete(Path.Combine(path, "src"), recursive: true);
            Directory.CreateSymbolicLink(Path.Combine(path, "src"), outside);
            File.Delete(Path.Combine(path, "a.txt"));
            File.CreateSymbolicLink(Path.Combine(path, "a.txt"), Path.Combine(outside, "b.txt"));
            Directory.CreateSymbolicLink(Path.Combine(path, "more"), outside);
            File.Delete(Path.Combine(path, ".git"));
            Directory.CreateSymbolicLink(Path.Combine(path, ".git"), outside);
        });

        AssertFresh(await CreateAsync("t2-2"));
        Assert.Equal("mine\n", File.ReadAllText(Path.Combine(outside, "b.txt")));
        Assert.Single(Directory.GetFileSystemEntries(outside));
    }

    [Fact]
    public async Task A_tracked_file_with_a_second_name_elsewhere_is_cut_off_from_it()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var outside = Path.Combine(repo.Home, "second-name");
        await UsedAsync(path => Assert.True(FileClone.TryHardLink(Path.Combine(path, "a.txt"), outside)));

        var w = await CreateAsync("t2-2");
        File.WriteAllText(outside, "written from outside\n");

        AssertFresh(w);
    }

    [Fact]
    public async Task Files_folders_and_pipes_in_the_wrong_place_and_odd_permissions_are_put_right()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await UsedAsync(path =>
        {
            Directory.Delete(Path.Combine(path, "src"), recursive: true);
            TestRepository.WriteIn(path, "src", "a file now");
            File.Delete(Path.Combine(path, "a.txt"));
            TestRepository.WriteIn(path, "a.txt/inner.txt", "a folder now");
            using var made = System.Diagnostics.Process.Start("mkfifo", Path.Combine(path, "pipe"))!;
            made.WaitForExit();
        });
        var w = await CreateAsync("t2-2");
        AssertFresh(w);

        File.SetUnixFileMode(Path.Combine(w.Path, "a.txt"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite);
        File.SetUnixFileMode(Path.Combine(w.Path, "src"), (UnixFileMode)0b111_111_111);
        await pool.DiscardAsync(w, TestRepository.Now);

        AssertFresh(await CreateAsync("t3-3"));
    }

    [Theory]
    [InlineData("* text=auto\n", "a.txt", "one\r\ntwo\r\nthree\r\nfour\r\nfive\r\nsix\r\nseven\r\n")]
    [InlineData("a.txt eol=crlf\n", "a.txt", "one\ntwo\nthree\nfour\nfive\nsix\nseven\n")]
    [InlineData("src/b.txt ident\n", "src/b.txt", "b\n")]
    public async Task Bytes_are_as_in_a_fresh_checkout_even_where_git_would_call_others_equal(string attributes, string file, string left)
    {
        repo.Write(".gitattributes", attributes);
        repo.Write("src/b.txt", "b $Id$\n");
        repo.Commit("attributes");
        await UsedAsync(path => TestRepository.WriteIn(path, file, left));

        AssertFresh(await CreateAsync("t2-2"));
    }

    [Fact]
    public async Task Folders_of_agents_and_of_checks_are_not_exchanged()
    {
        await pool.DiscardAsync(await CreateAsync("t1-1"), TestRepository.Now);

        await CreateAsync("verify-2");
        Assert.Single(Directory.GetDirectories(Pooled));
        await CreateAsync("t2-3");

        Assert.Empty(Directory.GetDirectories(Pooled));
    }

    [Fact]
    public async Task Only_so_many_are_pooled_and_the_rest_is_deleted()
    {
        var made = new List<Worktree>();
        for (var i = 0; i < 5; i++)
        {
            made.Add(await CreateAsync($"t{i}"));
        }

        await Task.WhenAll(made.Select(w => pool.RemoveAsync(w, deleteBranch: true, TestRepository.Now)));

        Assert.Equal(3, Directory.GetDirectories(Pooled).Length);
        Assert.Empty(Directory.GetFileSystemEntries(Trash));
    }

    [Fact]
    public async Task A_pooled_folder_that_cannot_be_used_goes_to_the_trash_and_a_fresh_checkout_takes_its_place()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await UsedAsync(path =>
        {
            // A name that is no UTF-8 cannot be deleted by name here.
            using var made = System.Diagnostics.Process.Start("/bin/sh", ["-c", "cd \"$0\" && printf x > \"$(printf 'bad\\377name')\"", path]);
            made.WaitForExit();
        });

        var w = await CreateAsync("t2-2");

        AssertFresh(w);
        using var cleared = System.Diagnostics.Process.Start("find", [Assert.Single(Directory.GetDirectories(Trash)), "-name", "bad*", "-delete"]);
        cleared.WaitForExit();
    }

    [Fact]
    public async Task A_crash_while_a_pooled_folder_moves_in_is_healed()
    {
        await UsedAsync(_ => { });
        var pooled = Assert.Single(Directory.GetDirectories(Pooled));
        var path = Path.Combine(repo.Root, "t2-2");
        repo.Run("worktree", "add", "-q", "--no-checkout", "-b", "interlock/t2-2", path);
        Directory.Delete(path, recursive: true);
        Directory.Move(pooled, path);

        await pool.ClearHalfMadeAsync(TestRepository.Now);

        Assert.False(Directory.Exists(path));
        AssertFresh(await CreateAsync("t2-2"));
    }

    [Fact]
    public async Task A_crash_between_pooling_a_folder_and_forgetting_its_record_is_healed()
    {
        var w = await CreateAsync("t1-1");
        Directory.CreateDirectory(Pooled);
        Directory.Move(w.Path, Path.Combine(Pooled, $"t1-1-{Guid.CreateVersion7():N}"));

        await pool.RemoveAsync(Assert.Single(await pool.ListAsync(TestRepository.Now)), deleteBranch: true, TestRepository.Now);

        Assert.Empty(await pool.ListAsync(TestRepository.Now));
        AssertFresh(await CreateAsync("t2-2"));
    }

    [Fact]
    public async Task A_worktree_that_is_being_made_is_not_swept_away()
    {
        var slow = repo.NewPool(new WorktreeSetup([], [], "touch ../started; while [ ! -e ../go ]; do :; done"));
        var making = slow.CreateAsync("t1", "interlock/t1", repo.Head, TestRepository.Now);
        while (!File.Exists(Path.Combine(repo.Root, "started")))
        {
            Assert.False(making.IsCompleted);
            await Task.Yield();
        }

        // As before it was published.
        var marker = Path.Combine(repo.Main, ".git/worktrees/t1/interlock");
        File.Move(marker, marker + ".away");
        await pool.ClearHalfMadeAsync(TestRepository.Now);
        File.Move(marker + ".away", marker);
        await File.WriteAllTextAsync(Path.Combine(repo.Root, "go"), "", TestRepository.Now);

        Assert.True(Directory.Exists((await making).Path));
    }

    [Fact]
    public async Task Kept_build_output_stays_for_agents_but_neither_links_nor_files_that_are_not_ignored()
    {
        repo.Write(".gitignore", "out/\n");
        repo.Commit("ignore");
        var keeping = repo.NewPoolingPool(3, "out/", "notes/");
        foreach (var name in new[] { "t1-1", "verify-2" })
        {
            var w = await keeping.CreateAsync(name, $"interlock/{name}", repo.Head, TestRepository.Now);
            TestRepository.WriteIn(w.Path, "out/lib/a.o", "warm");
            TestRepository.WriteIn(w.Path, "notes/n.txt", "not ignored");
            Directory.CreateSymbolicLink(Path.Combine(w.Path, "out/link"), repo.Home);
            await keeping.DiscardAsync(w, TestRepository.Now);
        }

        var agent = await keeping.CreateAsync("t3-3", "interlock/t3-3", repo.Head, TestRepository.Now);
        var verify = await keeping.CreateAsync("verify-4", "interlock/verify-4", repo.Head, TestRepository.Now);

        Assert.Equal("warm", File.ReadAllText(Path.Combine(agent.Path, "out/lib/a.o")));
        Assert.False(Path.Exists(Path.Combine(agent.Path, "out/link")));
        Assert.False(File.Exists(Path.Combine(agent.Path, "notes/n.txt")));
        AssertFresh(verify);
    }

    private Task<Worktree> CreateAsync(string name) => pool.CreateAsync(name, $"interlock/{name}", repo.Head, TestRepository.Now);

    /// <summary>Pools one folder after somebody has worked in it.</summary>
    private async Task UsedAsync(Action<string> work)
    {
        var w = await CreateAsync("t1-1");
        work(w.Path);
        await pool.DiscardAsync(w, TestRepository.Now);
        Assert.Single(Directory.GetDirectories(Pooled));
    }

    private void AssertFresh(Worktree w)
    {
        var fresh = Path.Combine(repo.Home, $"fresh-{Guid.NewGuid():N}");
        repo.Run("worktree", "add", "-q", "--detach", fresh, w.BaseCommit);
        Assert.Equal(Describe(fresh), Describe(w.Path));
        Assert.Equal("", TestRepository.RunIn(w.Path, "status", "--porcelain", "--ignored"));
        Assert.Equal(w.BaseCommit, TestRepository.RunIn(w.Path, "rev-parse", "HEAD"));
        Assert.All(TestRepository.RunIn(w.Path, "ls-files", "-v").Split('\n'), line => Assert.StartsWith("H ", line, StringComparison.Ordinal));
        repo.Run("worktree", "remove", "--force", fresh);
    }

    private static List<string> Describe(string folder) => [.. new DirectoryInfo(folder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
        .Where(entry => entry.Name != ".git")
        .Select(entry => $"{Path.GetRelativePath(folder, entry.FullName)} {entry.UnixFileMode} {entry.LinkTarget} {(entry is FileInfo { LinkTarget: null } ? File.ReadAllText(entry.FullName) : "")}")
        .Order(StringComparer.Ordinal)];
}
