using System.Diagnostics;
using System.Globalization;
using System.Text;
using Interlock.Engine.Worktrees;

namespace Interlock.Tests.Worktrees;

/// <summary>
/// A campaign: in each round ten worktrees are made at once, checked, partly dirtied, saved and removed, so that later
/// rounds reuse their folders. <c>INTERLOCK_FAULTS_SIZE=full</c> is 50,000 files and 200 rounds; <c>files,rounds</c> is any
/// other size; <c>INTERLOCK_FAULTS_SEED</c> repeats one.
/// </summary>
public sealed class Ten_at_once : IDisposable
{
    private const int AtOnce = 10;
    private readonly TestRepository repo = new();
    private readonly int seed = int.TryParse(Environment.GetEnvironmentVariable("INTERLOCK_FAULTS_SEED"), out var given) ? given : Random.Shared.Next();

    public void Dispose() => repo.Dispose();

    [Fact]
    public async Task No_worktree_made_among_ten_at_once_is_ever_anything_but_whole()
    {
        var (files, rounds) = Size();
        var random = new Random(seed);
        var watch = Stopwatch.StartNew();
        Fill(files);
        var reused = 0;
        for (var round = 1; round <= rounds; round++)
        {
            var pooled = PooledIn();
            var made = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(i => CheckedAsync($"t{i}-{round}", withContent: i == round % AtOnce)));
            reused += pooled - PooledIn();
            Assert.Equal(Enumerable.Range(0, AtOnce), made.Select(w => w.Slot).Order());

            var dirty = made.Where(_ => random.Next(3) == 0).Select(w => (Worktree: w, Work: Dirty(w.Path, files, random))).ToList();
            await Task.WhenAll(made.Select(w => SavedAsync(w, round, dirty.FirstOrDefault(d => d.Worktree == w).Work)));
            MoveOn(round, files, random);
            if (rounds > 20 && round % 5 == 0)
            {
                Report($"{round} rounds, {round * AtOnce} worktrees, {reused} reused, 0 failures, {watch.Elapsed.TotalSeconds:0} s");
            }
        }

        Assert.Equal((rounds - 1) * AtOnce, reused);
        Assert.False(Directory.Exists(Path.Combine(repo.Root, ".trash")), "a folder could not be reused");
        Report($"{rounds} rounds of {AtOnce} on {files} files: 0 failures, {reused} of {rounds * AtOnce} reused, {watch.Elapsed.TotalSeconds:0} s");
    }

    private static (int Files, int Rounds) Size() => Environment.GetEnvironmentVariable("INTERLOCK_FAULTS_SIZE") switch
    {
        null or "" or "small" => (500, 3),
        "full" => (50_000, 200),
        var size => (int.Parse(size.Split(',')[0], CultureInfo.InvariantCulture), int.Parse(size.Split(',')[1], CultureInfo.InvariantCulture)),
    };

    /// <summary>With <paramref name="withContent"/> every file is read and hashed by a git that knows nothing of the checkout's index.</summary>
    private async Task<Worktree> CheckedAsync(string name, bool withContent)
    {
        var pool = NewPool();
        var w = await pool.CreateAsync(name, $"interlock/{name}", repo.Head, TestRepository.Now);
        await Task.Run(() =>
        {
            Assert.Equal(w.BaseCommit, TestRepository.RunIn(w.Path, "rev-parse", "HEAD"));
            Assert.Equal(repo.Run("rev-parse", "HEAD^{tree}"), TestRepository.RunIn(w.Path, "write-tree"));
            Assert.Equal("", TestRepository.RunIn(w.Path, "status", "--porcelain", "--ignored"));
            if (withContent)
            {
                File.Delete(Path.Combine(w.GitDir, "index"));
                TestRepository.RunIn(w.Path, "read-tree", "HEAD");
                Assert.Equal("", TestRepository.RunIn(w.Path, "status", "--porcelain", "--ignored"));
            }
        });
        return w;
    }

    private async Task SavedAsync(Worktree w, int round, string? work)
    {
        var pool = NewPool();
        if (work is not null)
        {
            var saved = await pool.SalvageAsync(w, w.Name, round, TestRepository.Now);
            Assert.Equal(work, repo.Run("cat-file", "blob", $"{saved}:work.txt"));
        }

        await pool.RemoveAsync(w, deleteBranch: true, TestRepository.Now);
    }

    private static string Dirty(string folder, int files, Random random)
    {
        var work = $"work {random.Next()}";
        TestRepository.WriteIn(folder, "work.txt", work);
        TestRepository.WriteIn(folder, "out/ignored.bin", "x");
        foreach (var number in Enumerable.Range(0, 20).Select(_ => random.Next(files)).Distinct())
        {
            var file = Path.Combine(folder, NameOf(number));
            switch (random.Next(4))
            {
                case 0:
                    File.Delete(file);
                    break;
                case 1:
                    File.Delete(file);
                    File.CreateSymbolicLink(file, "/dev/null");
                    break;
                case 2:
                    File.Delete(file);
                    Directory.CreateDirectory(file);
                    break;
                default:
                    File.AppendAllText(file, work);
                    break;
            }
        }

        if (random.Next(2) == 0)
        {
            TestRepository.RunIn(folder, "add", "-A");
            TestRepository.RunIn(folder, "update-index", "--assume-unchanged", ".gitignore");
        }

        return work;
    }

    // The branch goes on, without a checkout of 50,000 files of its own.
    private void MoveOn(int round, int files, Random random)
    {
        var stream = new StringBuilder(Head("round", repo.Head));
        foreach (var number in Enumerable.Range(0, 50).Select(_ => random.Next(files)).Distinct())
        {
            Append(stream, NameOf(number), $"round {round}, {random.Next()}\n");
        }

        Import(stream);
    }

    private void Fill(int files)
    {
        var stream = new StringBuilder(Head("files", null));
        Append(stream, ".gitignore", "out/\n");
        for (var i = 0; i < files; i++)
        {
            Append(stream, NameOf(i), $"file {i}\n{new string((char)('a' + (i % 26)), i % 700)}\n");
        }

        Import(stream);
    }

    private static string NameOf(int file) => string.Create(CultureInfo.InvariantCulture, $"src/d{file % 97}/e{file % 11}/f{file}.txt");

    private static string Head(string message, string? parent) =>
        $"commit refs/heads/main\ncommitter Test <test@localhost> 1700000000 +0000\ndata {message.Length}\n{message}\n{(parent is null ? "deleteall\n" : $"from {parent}\n")}";

    private static void Append(StringBuilder stream, string path, string content) =>
        stream.Append(CultureInfo.InvariantCulture, $"M 100644 inline {path}\ndata {content.Length}\n{content}\n");

    private void Import(StringBuilder stream)
    {
        var start = new ProcessStartInfo("git", ["fast-import", "--quiet", "--force"]) { WorkingDirectory = repo.Main, RedirectStandardInput = true };
        using var git = Process.Start(start)!;
        git.StandardInput.Write(stream);
        git.StandardInput.Close();
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
    }

    private int PooledIn() => Path.Combine(repo.Root, ".pooled") is var pooled && Directory.Exists(pooled) ? Directory.GetDirectories(pooled).Length : 0;

    private WorktreePool NewPool() => new(Repository.Discover(repo.Main)!, repo.Root, WorktreeSetup.None, new WorktreeOptions { Pooled = AtOnce + 1 });

    private void Report(FormattableString line) => Console.Error.WriteLine($"seed {seed}: {line.ToString(CultureInfo.InvariantCulture)}");
}
