using System.Text;
using Interlock.Domain.Leasing;

namespace Interlock.Engine.Worktrees;

/// <summary>
/// Makes a folder that was a worktree before into the checkout of a commit. Whatever its former occupant left, index,
/// flags, configuration, hooks, links and file times, decides nothing: git's record is new, and content is compared by hash.
/// </summary>
/// <param name="keep">Ignored files that may stay.</param>
internal sealed class TreeReuse(Repository repository, string path, string gitDir, FileSet keep)
{
    private static readonly string[] Converting = ["eol", "ident", "working-tree-encoding"];

    private readonly IReadOnlyDictionary<string, string> index = WorktreeMaker.IndexOf(gitDir);

    internal static string PointerTo(string gitDir) => $"gitdir: {gitDir.Replace('\\', '/')}\n";

    internal async Task RefreshAsync(string commit, CancellationToken cancellation)
    {
        var view = await repository.ViewAsync(cancellation);
        var git = view.On(path);
        var plain = RenewPointer();
        await git.RunAsync(["read-tree", commit], cancellation, env: index);
        var tracked = await TrackedPaths.ReadAsync(git, index, cancellation);
        new TreePurge(tracked, keep, plain).Run(path);
        RenewPointer();
        if (!view.ConvertsLineEnds)
        {
            await DeleteConvertedAsync(git, tracked, cancellation);

            // Fills the fresh index with the times of files that hold exactly their blob. It says with its exit code
            // that some do not; the next command writes those.
            await view.RawOn(path).TryRunAsync(["update-index", "-q", "--refresh"], cancellation, env: index);
        }

        await git.RunAsync(["read-tree", "--reset", "-u", commit], cancellation, env: index);
        await DeleteNotIgnoredAsync(git, cancellation);
    }

    /// <summary>Files that no checkout of the commit has, other than kept ones; ignored ones too.</summary>
    internal async Task<IReadOnlyList<string>> FindStrayAsync(CancellationToken cancellation)
    {
        var git = (await repository.ViewAsync(cancellation)).On(path);
        return [.. (await git.RunToEndAsync(["ls-files", "--others", "-z"], cancellation, env: index)).Records.Where(file => !keep.Covers(file))];
    }

    // The pointer is written anew from our record; it also tells what permissions a new file gets here.
    private UnixFileMode RenewPointer()
    {
        var pointer = new FileInfo(Path.Combine(path, ".git"));
        if (pointer.LinkTarget is null && Directory.Exists(pointer.FullName))
        {
            LinkSafeDelete.Directory(pointer.FullName);
        }
        else
        {
            pointer.Delete();
        }

        using (var file = new FileStream(pointer.FullName, FileMode.CreateNew, FileAccess.Write))
        {
            file.Write(Encoding.UTF8.GetBytes(PointerTo(gitDir)));
        }

        return OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(pointer.FullName);
    }

    // A file that git writes with other bytes than it stores cannot be compared by hash, so it is written in any case.
    private async Task DeleteConvertedAsync(Git git, TrackedPaths tracked, CancellationToken cancellation)
    {
        if (!tracked.Files.Any(file => Path.GetFileName(file).Equals(".gitattributes", StringComparison.OrdinalIgnoreCase)))
        {
            return;
        }

        var list = GitName.List(tracked.Files);
        var answers = (await git.RunToEndAsync(["check-attr", "--cached", "-z", "--stdin", .. Converting], cancellation, list, index)).Records;
        for (var i = 0; i + 2 < answers.Count; i += 3)
        {
            if (answers[i + 2] is not ("unspecified" or "unset" or "lf"))
            {
                File.Delete(Path.Combine(path, answers[i]));
            }
        }
    }

    private async Task DeleteNotIgnoredAsync(Git git, CancellationToken cancellation)
    {
        if (keep.IsUnknown)
        {
            return;
        }

        foreach (var file in (await git.RunToEndAsync(["ls-files", "--others", "--exclude-standard", "-z"], cancellation, env: index)).Records)
        {
            File.Delete(Path.Combine(path, file));
        }
    }
}
