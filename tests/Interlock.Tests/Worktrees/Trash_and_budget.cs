using Interlock.Engine.Worktrees;

namespace Interlock.Tests.Worktrees;

public sealed class Trash_and_budget : IDisposable
{
    private readonly TestRepository repo = new();

    public void Dispose() => repo.Dispose();

    private string Pooled => Path.Combine(repo.Root, ".pooled");

    private string Trash => Path.Combine(repo.Root, ".trash");

    [Fact]
    public async Task What_has_been_in_the_trash_or_pooled_for_14_days_goes_and_what_is_younger_stays()
    {
        var pool = repo.NewPoolingPool();
        await pool.DiscardAsync(await CreateAsync(pool, "t1-1"), TestRepository.Now);
        var now = DateTimeOffset.UtcNow;
        var pooled = Put(Pooled, "t2-2", now.AddDays(-15));
        var old = Put(Trash, "t3-3", now.AddDays(-15));
        var young = Put(Trash, "t4-4", now.AddDays(-13));

        await pool.TidyAsync(now, TestRepository.Now);

        Assert.False(Directory.Exists(pooled));
        Assert.False(Directory.Exists(old));
        Assert.Equal([young], Directory.GetDirectories(Trash));
        Assert.Single(Directory.GetDirectories(Pooled));
    }

    [Fact]
    public async Task Nothing_is_emptied_below_a_root_that_is_not_marked_as_ours_nor_what_we_did_not_put_there()
    {
        var pool = repo.NewPoolingPool();
        var long_ago = DateTimeOffset.UtcNow.AddYears(-1);
        var foreign = Put(Trash, "t3-3", long_ago);
        await pool.TidyAsync(DateTimeOffset.UtcNow, TestRepository.Now);
        Assert.True(Directory.Exists(foreign));

        File.WriteAllText(Path.Combine(repo.Root, ".interlock-worktrees"), "/somewhere/else/.git\n");
        await pool.DiscardAsync(await CreateAsync(pool, "t1-1"), TestRepository.Now);
        await pool.TidyAsync(DateTimeOffset.UtcNow, TestRepository.Now);
        Assert.True(Directory.Exists(foreign));
        Assert.False(Directory.Exists(Pooled));

        File.WriteAllText(Path.Combine(repo.Root, ".interlock-worktrees"), Path.Combine(repo.Main, ".git") + "\n");
        var letters = Directory.CreateDirectory(Path.Combine(Trash, "my letters")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(Trash, $"link-{Guid.CreateVersion7(long_ago):N}"), repo.Main);
        await pool.TidyAsync(DateTimeOffset.UtcNow, TestRepository.Now);
        Assert.False(Directory.Exists(foreign));
        Assert.True(Directory.Exists(letters));
        Assert.True(File.Exists(Path.Combine(repo.Main, "a.txt")));
    }

    [Fact]
    public async Task A_trash_folder_that_is_a_link_is_not_followed()
    {
        var pool = repo.NewPoolingPool(0);
        var w = await CreateAsync(pool, "t1-1");
        var elsewhere = Path.Combine(repo.Home, "elsewhere");
        var precious = Put(elsewhere, "t3-3", DateTimeOffset.UtcNow.AddDays(-99));
        Directory.CreateSymbolicLink(Trash, elsewhere);

        await pool.TidyAsync(DateTimeOffset.UtcNow, TestRepository.Now);
        await Assert.ThrowsAsync<IOException>(() => pool.DiscardAsync(w, TestRepository.Now));

        Assert.True(Directory.Exists(precious));
        Assert.True(File.Exists(Path.Combine(w.Path, "a.txt")));
    }

    [Fact]
    public async Task A_smaller_pool_gives_up_the_folders_pooled_first()
    {
        await repo.NewPoolingPool().DiscardAsync(await CreateAsync(repo.NewPoolingPool(), "t1-1"), TestRepository.Now);
        var newest = Put(Pooled, "t2-2", DateTimeOffset.UtcNow.AddMinutes(1));

        await repo.NewPoolingPool(1).TidyAsync(DateTimeOffset.UtcNow, TestRepository.Now);

        Assert.Equal([newest], Directory.GetDirectories(Pooled));
    }

    [Fact]
    public async Task Over_the_budget_trash_and_pooled_folders_go_before_a_worktree_is_refused()
    {
        var pool = Budgeted(2 << 20);
        var live = await CreateAsync(pool, "t1-1");
        await pool.DiscardAsync(await CreateAsync(pool, "verify-2"), TestRepository.Now);
        var pooled = Assert.Single(Directory.GetDirectories(Pooled));
        File.WriteAllBytes(Path.Combine(pooled, "big"), new byte[1 << 20]);
        var trash = Put(Trash, "t3-3", DateTimeOffset.UtcNow);
        File.WriteAllBytes(Path.Combine(trash, "big"), new byte[1 << 20]);

        await CreateAsync(Budgeted(2 << 20), "t4-4");
        Assert.False(Directory.Exists(trash));
        Assert.True(Directory.Exists(pooled));

        File.WriteAllBytes(Path.Combine(live.Path, "work"), new byte[2 << 20]);
        var refused = await Assert.ThrowsAsync<IOException>(() => CreateAsync(Budgeted(2 << 20), "t5-5"));

        Assert.Contains("worktrees.disk", refused.Message, StringComparison.Ordinal);
        Assert.Contains("2 MB", refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(pooled));
        Assert.Equal(2 << 20, new FileInfo(Path.Combine(live.Path, "work")).Length);
        Assert.Empty(repo.Run("branch", "--list", "interlock/t5-5"));
        Assert.NotNull(await CreateAsync(Budgeted(8 << 20), "t5-5"));
    }

    [Fact]
    public async Task Worktrees_that_are_made_at_once_do_not_share_the_last_room()
    {
        File.WriteAllBytes(Path.Combine(repo.Main, "big"), new byte[1 << 20]);
        repo.Commit("big");
        var pool = Budgeted(7 << 19);

        var made = await Task.WhenAll(Enumerable.Range(0, 6).Select(async i =>
        {
            try
            {
                return await CreateAsync(pool, $"t{i}");
            }
            catch (IOException)
            {
                return null;
            }
        }));

        Assert.Equal(3, made.OfType<Worktree>().Count());
    }

    [Fact]
    public async Task A_reused_folder_needs_no_room()
    {
        File.WriteAllBytes(Path.Combine(repo.Main, "big"), new byte[1 << 20]);
        repo.Commit("big");
        await Budgeted(2 << 20).DiscardAsync(await CreateAsync(Budgeted(2 << 20), "t1-1"), TestRepository.Now);
        var folder = Assert.Single(Directory.GetDirectories(Pooled));

        var w = await CreateAsync(Budgeted(3 << 19), "t2-2");

        Assert.False(Directory.Exists(folder));
        Assert.Equal(1 << 20, new FileInfo(Path.Combine(w.Path, "big")).Length);
    }

    [Fact]
    public async Task On_a_disk_with_less_than_200_MB_no_worktree_is_made()
    {
        Directory.CreateDirectory(repo.Root);
        Assert.SkipUnless(OperatingSystem.IsLinux() && Ran("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", repo.Root), "cannot mount a small disk here");
        try
        {
            var refused = await Assert.ThrowsAsync<IOException>(() => repo.NewWorktreeAsync());
            Assert.Contains("200 MB", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            Assert.True(Ran("umount", repo.Root));
        }
    }

    private WorktreePool Budgeted(long bytes) => repo.NewPool(WorktreeSetup.None, new WorktreeOptions { Pooled = 3, Disk = bytes });

    private Task<Worktree> CreateAsync(WorktreePool pool, string name) => pool.CreateAsync(name, $"interlock/{name}", repo.Head, TestRepository.Now);

    private static string Put(string place, string name, DateTimeOffset at) => Directory.CreateDirectory(Path.Combine(place, $"{name}-{Guid.CreateVersion7(at):N}")).FullName;

    private static bool Ran(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(program, arguments);
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
