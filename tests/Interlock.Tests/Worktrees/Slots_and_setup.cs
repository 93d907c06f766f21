using Interlock.Engine.Platform;
using Interlock.Engine.Worktrees;

namespace Interlock.Tests.Worktrees;

public sealed class Slots_and_setup : IDisposable
{
    private static readonly WorktreeOptions WithPorts = new()
    {
        Pooled = 3,
        Slots = new SlotSettings(4100, 10, new Dictionary<string, string> { ["PORT"] = "{port}", ["DATABASE"] = "app_{slot}" }),
    };

    private readonly TestRepository repo = new();

    public void Dispose() => repo.Dispose();

    [Fact]
    public async Task Each_live_worktree_has_the_lowest_number_that_is_free()
    {
        var pool = repo.NewPoolingPool();
        var made = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => CreateAsync(pool, $"t{i}")));
        Assert.Equal(Enumerable.Range(0, 10), made.Select(w => w.Slot).Order());

        var freed = made.Where(w => w.Slot is 3 or 7).ToList();
        await Task.WhenAll(freed.Select(w => pool.RemoveAsync(w, deleteBranch: true, TestRepository.Now)));

        Assert.Equal(3, (await CreateAsync(pool, "verify-11")).Slot);
        Assert.Equal(7, (await CreateAsync(pool, "t12")).Slot);
        Assert.Equal(10, (await CreateAsync(pool, "t13")).Slot);
    }

    [Fact]
    public async Task An_adopted_worktree_keeps_its_slot_and_one_from_before_gets_one()
    {
        await CreateAsync(repo.Pool, "t0");
        var w = await CreateAsync(repo.Pool, "t1");
        Assert.Equal(w, await CreateAsync(repo.Pool, "t1"));

        File.Delete(Path.Combine(w.GitDir, "interlock-slot"));

        Assert.Equal(1, (await CreateAsync(repo.Pool, "t1")).Slot);
        Assert.Equal(1, (await repo.Pool.FindAsync("t1", TestRepository.Now))!.Slot);
    }

    [Fact]
    public async Task The_setup_command_finds_the_ports_and_variables_of_its_slot()
    {
        repo.Write(".gitignore", "seen\n");
        repo.Commit("ignore");
        var pool = repo.NewPool(new WorktreeSetup([], [], "echo $INTERLOCK_SLOT $INTERLOCK_PORT $PORT $DATABASE > seen"), WithPorts);

        await CreateAsync(pool, "t0");
        var second = await CreateAsync(pool, "t1");

        Assert.Equal("1 4110 4110 app_1\n", File.ReadAllText(Path.Combine(second.Path, "seen")));
        Assert.Equal("4110", pool.EnvironmentOf(second)["PORT"]);
    }

    [Fact]
    public void A_slot_beyond_the_last_port_says_which_setting_to_change() => Assert.Contains(
        "worktrees.ports", Assert.Throws<IOException>(() => new SlotSettings(65530, 5, new Dictionary<string, string>()).EnvironmentOf(2)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Cloned_trees_keep_modes_and_inner_links_and_leave_behind_links_that_lead_out()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        repo.Write(".gitignore", "node_modules/\n");
        repo.Commit("ignore");
        repo.Write("node_modules/tool/cli.js", "js");
        var script = Path.Combine(repo.Main, "node_modules/tool/cli.js");
        File.SetUnixFileMode(script, File.GetUnixFileMode(script) | UnixFileMode.UserExecute);
        Directory.CreateDirectory(Path.Combine(repo.Main, "node_modules/.bin"));
        File.CreateSymbolicLink(Path.Combine(repo.Main, "node_modules/.bin/tool"), "../tool/cli.js");
        Directory.CreateSymbolicLink(Path.Combine(repo.Main, "node_modules/app"), "../src");
        Directory.CreateSymbolicLink(Path.Combine(repo.Main, "node_modules/home"), repo.Home);
        Directory.CreateSymbolicLink(Path.Combine(repo.Main, "node_modules/up"), "../..");

        var w = await CreateAsync(repo.NewPool(WorktreeSetup.None with { Cloned = ["node_modules"] }), "t1");

        var cloned = Path.Combine(w.Path, "node_modules");
        Assert.Null(new DirectoryInfo(cloned).LinkTarget);
        Assert.Equal("js", File.ReadAllText(Path.Combine(cloned, ".bin/tool")));
        Assert.True(File.GetUnixFileMode(Path.Combine(cloned, "tool/cli.js")).HasFlag(UnixFileMode.UserExecute));
        Assert.Equal("../src", new DirectoryInfo(Path.Combine(cloned, "app")).LinkTarget);
        Assert.False(Path.Exists(Path.Combine(cloned, "home")));
        Assert.False(Path.Exists(Path.Combine(cloned, "up")));
        Assert.IsType<SealResult.Nothing>(await Sealer.SealAsync(w, "m", "a", "a@b", TestRepository.Now));
    }

    [Fact]
    public async Task A_clone_shares_blocks_or_else_is_a_second_name_and_a_copy_is_never_one()
    {
        repo.Write(".gitignore", "*.bin\n");
        repo.Commit("ignore");
        repo.Write("cloned.bin", "bytes");
        repo.Write("copied.bin", "bytes");
        var reflinks = FileClone.TryReflink(Path.Combine(repo.Main, "cloned.bin"), Path.Combine(repo.Home, "probe"));

        var w = await CreateAsync(repo.NewPool(WorktreeSetup.None with { Cloned = ["cloned.bin"], Copy = ["copied.bin"] }), "t1");

        var same = FileIdentity.Of(Path.Combine(repo.Main, "cloned.bin")) == FileIdentity.Of(Path.Combine(w.Path, "cloned.bin"));
        Assert.Equal(!reflinks && !OperatingSystem.IsWindows(), same);
        Assert.NotEqual(FileIdentity.Of(Path.Combine(repo.Main, "copied.bin")), FileIdentity.Of(Path.Combine(w.Path, "copied.bin")));
        Assert.Equal("bytes", File.ReadAllText(Path.Combine(w.Path, "cloned.bin")));
    }

    [Fact]
    public async Task Cloned_files_leave_with_a_reused_folder_and_the_main_checkouts_stay()
    {
        repo.Write(".gitignore", "cache/\n");
        repo.Commit("ignore");
        repo.Write("cache/x.bin", "bytes");
        var pool = repo.NewPool(WorktreeSetup.None with { Cloned = ["cache"] }, WithPorts);
        await pool.DiscardAsync(await CreateAsync(pool, "t1"), TestRepository.Now);
        repo.Write("cache/x.bin", "newer");

        var w = await CreateAsync(pool, "t2");

        Assert.Equal("newer", File.ReadAllText(Path.Combine(w.Path, "cache/x.bin")));
        Assert.Equal("newer", File.ReadAllText(Path.Combine(repo.Main, "cache/x.bin")));
    }

    [Fact]
    public async Task Nothing_is_brought_through_a_link_that_the_checkout_holds()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var outside = Directory.CreateDirectory(Path.Combine(repo.Home, "outside")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(repo.Main, "conf"), outside);
        File.CreateSymbolicLink(Path.Combine(repo.Main, "one.env"), Path.Combine(outside, "not-there"));
        var linked = repo.Commit("links");
        File.Delete(Path.Combine(repo.Main, "conf"));
        File.Delete(Path.Combine(repo.Main, "one.env"));
        repo.Write("conf/two.env", "secret");
        repo.Write("one.env", "secret");

        await repo.NewPool(new WorktreeSetup(["one.env", "conf/*.env"], [], null)).CreateAsync("t1", "interlock/t1", linked, TestRepository.Now);

        Assert.Empty(Directory.GetFileSystemEntries(outside));
    }

    private Task<Worktree> CreateAsync(WorktreePool pool, string name) => pool.CreateAsync(name, $"interlock/{name}", repo.Head, TestRepository.Now);
}
