using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CsCheck;

namespace Interlock.Tests.Worktrees;

/// <summary>Whatever an agent did in its worktree: nothing it made, and git does not ignore, is lost with the worktree.</summary>
public sealed class Any_worktree_left_behind : IDisposable
{
    private const int Cases = 200;
    private static readonly string[] Paths = ["a.txt", "src/b.txt", "new.txt", "deep/er/ü x.txt", "src/c.txt", "ignored/x.bin", "x.log", "nested/lib.c"];

    private static readonly Gen<Act[]> Acts = Gen.Select(Gen.Int[0, 13], Gen.Int[0, Paths.Length - 1], Gen.Int[0, Paths.Length - 1], Gen.Int[0, 3])
        .Select(act => new Act(act.Item1, Paths[act.Item2], Paths[act.Item3], act.Item4)).Array[1, 7];

    private readonly TestRepository repo = new();
    private readonly string outside;
    private int count;

    public Any_worktree_left_behind()
    {
        repo.Write(".gitignore", "ignored/\n*.log\n");
        repo.Commit("ignore");
        outside = Directory.CreateDirectory(Path.Combine(repo.Home, "outside")).FullName;
        TestRepository.WriteIn(outside, "keep.txt", "keep\n");
    }

    public void Dispose() => repo.Dispose();

    [Fact]
    public async Task Has_every_byte_in_a_ref_once_it_was_salvaged_and_removed()
    {
        await Acts.SampleAsync(LeaveAsync, iter: Cases, threads: 1, print: acts => string.Join(' ', acts.Select(act => act.ToString())));
        Assert.True(count >= Cases);
    }

    private async Task LeaveAsync(Act[] acts)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"t1-{++count}");
        var w = await repo.NewWorktreeAsync(name);
        foreach (var act in acts)
        {
            Do(w.Path, act);
        }

        var made = Made(w.Path);
        made.Add(TestRepository.RunIn(w.Path, "rev-parse", "HEAD"));
        made.Add(repo.Run("rev-parse", w.Branch));

        await repo.Pool.SalvageAsync(w, "t1", count, TestRepository.Now);
        await repo.Pool.RemoveAsync(w, deleteBranch: acts.Length % 2 == 0, TestRepository.Now);

        Assert.False(Directory.Exists(w.Path));
        var kept = repo.Run("rev-list", "--objects", "--all", "--no-object-names").Split('\n').ToHashSet();
        Assert.Empty(made.Except(kept));
        Assert.Equal("keep\n", File.ReadAllText(Path.Combine(outside, "keep.txt")));
        Assert.Equal("", repo.Run("status", "--porcelain"));
    }

    private void Do(string folder, Act act)
    {
        var full = Path.Combine(folder, act.Path);
        var there = File.Exists(full);
        switch (act.Kind)
        {
            case 0 or 1 or 2 or 3 when !Directory.Exists(full):
                TestRepository.WriteIn(folder, act.Path, string.Create(CultureInfo.InvariantCulture, $"{count}.{act.Dice} {act.Path}\n"));
                break;
            case 4 when there:
                File.Delete(full);
                break;
            case 5 when there && !Path.Exists(Path.Combine(folder, act.Other)):
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, act.Other))!);
                File.Move(full, Path.Combine(folder, act.Other));
                break;
            case 6 when there && !Directory.Exists(Path.Combine(folder, "nested/.git")):
                TestRepository.RunIn(folder, "add", "-f", "--", act.Path);
                break;
            case 7 or 8:
                TestRepository.RunIn(folder, "add", "-u");
                break;
            case 9:
                TestRepository.RunIn(folder, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "own");
                break;
            case 10:
                TestRepository.RunIn(folder, "checkout", "-q", "--detach");
                break;
            case 11:
                TestRepository.RunIn(folder, "checkout", "-q", "-b", string.Create(CultureInfo.InvariantCulture, $"own-{count}-{Guid.NewGuid():N}"));
                break;
            case 12 when !Directory.Exists(Path.Combine(folder, "nested/.git")):
                TestRepository.WriteIn(folder, "nested/lib.c", string.Create(CultureInfo.InvariantCulture, $"int x{count};\n"));
                TestRepository.RunIn(Path.Combine(folder, "nested"), "init", "-q");
                break;
            case 13 when !Path.Exists(Path.Combine(folder, "link")):
                Directory.CreateSymbolicLink(Path.Combine(folder, "link"), outside);
                break;
        }
    }

    // Object names of what is in the files and of what is staged; the test's own arithmetic, not git's.
    private static HashSet<string> Made(string folder)
    {
        var made = TestRepository.RunIn(folder, "ls-files", "-s").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[1]).ToHashSet();
        foreach (var path in TestRepository.RunIn(folder, "ls-files", "-z", "-c", "-o", "--exclude-standard").Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            var full = Path.Combine(folder, path);
            foreach (var file in path.EndsWith('/')
                ? Directory.EnumerateFiles(full, "*", SearchOption.AllDirectories).Where(inner => !inner.Contains("/.git/", StringComparison.Ordinal))
                : [full])
            {
                if (new FileInfo(file).LinkTarget is { } target)
                {
                    made.Add(Blob(Encoding.UTF8.GetBytes(target)));
                }
                else if (File.Exists(file))
                {
                    made.Add(Blob(File.ReadAllBytes(file)));
                }
            }
        }

        return made;
    }

#pragma warning disable CA5350 // git's own name for content, nobody's secret
    private static string Blob(byte[] content) =>
        Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {content.Length}\0")), .. content]));
#pragma warning restore CA5350

    private sealed record Act(int Kind, string Path, string Other, int Dice)
    {
        public override string ToString() => $"{Kind}/{Path}/{Other}/{Dice}";
    }
}
