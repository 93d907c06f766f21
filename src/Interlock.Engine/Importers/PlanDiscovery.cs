using Interlock.Domain.Plans;
using Interlock.Engine.Configuration;
using Interlock.Engine.Platform;

namespace Interlock.Engine.Importers;

/// <summary>Which plan a command is about, as the user says it. Null members leave it to the configuration and the repository.</summary>
/// <param name="From">A file or folder, relative to the root of the repository.</param>
/// <param name="Format">One of <see cref="PlanFormats.All"/>, by name.</param>
/// <param name="Relax">Words of the implicit kinds that are left out, besides those of the configuration.</param>
public sealed record PlanChoice(string? From = null, string? Format = null, IReadOnlyList<string>? Relax = null);

/// <summary>Finds the files of the plan: named by the user, else configured, else where the known tools keep theirs.</summary>
public static class PlanDiscovery
{
    private const int MostFiles = 20_000;
    private const long LargestFile = 64L * 1024 * 1024;

    private static readonly HashSet<string> NeverSearched =
        new(StringComparer.OrdinalIgnoreCase) { ".git", "node_modules", ".interlock", "agent_prompts", "agent_tasks", "agent_comms", ".lock" };

    /// <exception cref="BadInputException">There is none, there are several, or it cannot be read.</exception>
    public static (IPlanFormat Format, PlanInput Input) Find(string root, InterlockConfig config, PlanChoice choice)
    {
        if ((choice.From ?? (Exists(root, config.Plan) ? config.Plan : null)) is { } path)
        {
            return Open(root, path, choice.Format);
        }

        var missing = Path.Combine(root, config.Plan);
        var found = config.Plan == new InterlockConfig().Plan ? Search(root, choice.Format) : [];
        return found switch
        {
            [var only] => Open(root, only.Place, choice.Format ?? only.Format.Name),
            [] => throw new BadInputException(
                $"{missing} does not exist", $"Write the plan there, name one with --from, or in {InterlockConfig.FileName}: {{ \"plan\": \"docs/PLAN.md\" }}"),
            _ => throw new BadInputException(
                $"{missing} does not exist, and there are {found.Count} other plans: {string.Join(", ", found.Select(plan => $"{plan.Place} ({plan.Format.Name})"))}",
                $"Say which: --from {found[0].Place}, or in {InterlockConfig.FileName}: {{ \"plan\": \"{found[0].Place}\" }}"),
        };
    }

    /// <summary>The places of the known layouts at which the repository holds a plan of that format, each once.</summary>
    private static List<(string Place, IPlanFormat Format)> Search(string root, string? named)
    {
        var found = new List<(string Place, IPlanFormat Format)>();
        foreach (var format in PlanFormats.All.Where(format => named is null || format == PlanFormats.Detect(new PlanInput([], ""), named)))
        {
            foreach (var layout in format.Layouts.Where(layout => Exists(root, layout.Place) && found.TrueForAll(other => other.Place != layout.Place)))
            {
                var files = FilesOf(root, Path.Combine(root, layout.Place), file => layout.Files.Any(pattern => PathPattern.EndsWith(file, pattern)));
                if (files.Count > 0 && (named is not null || PlanFormats.Detect(new PlanInput(files, layout.Place), null) == format))
                {
                    found.Add((layout.Place, format));
                }
            }
        }

        return found;
    }

    private static (IPlanFormat Format, PlanInput Input) Open(string root, string path, string? named)
    {
        var full = Path.GetFullPath(Path.Combine(root, path));
        var source = Relative(root, full);
        if (File.Exists(full))
        {
            var file = new PlanInput([new PlanFile(source, Read(full))], source);
            return (PlanFormats.Detect(file, named), file);
        }

        if (!Directory.Exists(full))
        {
            throw new BadInputException($"{full} does not exist", "Name a file or folder that holds a plan, relative to the root of the repository");
        }

        return OpenFolder(root, full, source, named);
    }

    private static (IPlanFormat Format, PlanInput Input) OpenFolder(string root, string full, string source, string? named)
    {
        var wanted = named is null ? PlanFormats.All : [PlanFormats.Detect(new PlanInput([], source), named)];
        var best = wanted
            .SelectMany(format => Inputs(root, full, source, format)
                .Select(input => (Format: format, Input: input, Score: named is null ? format.Score(input) : 1))
                .Where(candidate => candidate.Score > 0).Take(1))
            .OrderByDescending(candidate => candidate.Score)
            .ToList();
        return best is [var first, ..]
            ? (first.Format, first.Input.Files is [{ } only] && first.Format.Layouts.All(layout => layout.Place != source) ? first.Input with { Source = only.Path } : first.Input)
            : throw new BadInputException($"{full} holds no plan of a known layout", $"Name the file itself; formats: {PlanFormats.Names}");
    }

    // Where an older layout of a tool was left beside its newer one, the files of the first that is there are the plan.
    private static IEnumerable<PlanInput> Inputs(string root, string full, string source, IPlanFormat format)
    {
        var all = FilesOf(root, full, file => PlanFormats.Owns(format, file));
        if (all.Count == 0)
        {
            yield break;
        }

        yield return new PlanInput(all, source);
        foreach (var layout in format.Layouts)
        {
            var some = all.Where(file => layout.Files.Any(pattern => PathPattern.EndsWith(file.Path, pattern))).ToList();
            if (some.Count > 0 && some.Count < all.Count)
            {
                yield return new PlanInput(some, source);
            }
        }
    }

    /// <summary>The files below a folder, or the file itself, whose path is wanted; in the order of their paths.</summary>
    private static List<PlanFile> FilesOf(string root, string full, Func<string, bool> wanted)
    {
        if (File.Exists(full))
        {
            return wanted(Relative(root, full)) ? [new PlanFile(Relative(root, full), Read(full))] : [];
        }

        var paths = new List<(string Full, string Path)>();
        var folders = new Stack<DirectoryInfo>([new DirectoryInfo(full)]);
        var seen = 0;
        while (folders.TryPop(out var folder))
        {
            foreach (var entry in Entries(folder))
            {
                if (++seen > MostFiles)
                {
                    throw new BadInputException($"{full} holds more than {MostFiles} files", "Name the plan's own folder or file");
                }

                if (entry is DirectoryInfo child && child.LinkTarget is null && !NeverSearched.Contains(child.Name))
                {
                    folders.Push(child);
                }
                else if (entry is FileInfo && Relative(root, entry.FullName) is var path && wanted(path))
                {
                    paths.Add((entry.FullName, path));
                }
            }
        }

        return [.. paths.OrderBy(path => path.Path, StringComparer.Ordinal).Select(path => new PlanFile(path.Path, Read(path.Full)))];
    }

    private static IEnumerable<FileSystemInfo> Entries(DirectoryInfo folder)
    {
        try
        {
            return folder.GetFileSystemInfos();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{folder.FullName} cannot be read: {error.Message}", "Make the folder readable, or name another");
        }
    }

    private static byte[] Read(string full)
    {
        try
        {
            return new FileInfo(full).Length <= LargestFile
                ? RegularFile.Read(full, follow: true) ?? throw new FileNotFoundException("it is not there")
                : throw new BadInputException($"{full} is larger than {LargestFile / 1024 / 1024} MB", "Name the plan itself");
        }
        catch (NotARegularFileException error)
        {
            throw new BadInputException(error.Message, "Take it away, or name the plan's own file with --from");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{full} cannot be read: {error.Message}", "Make the file readable");
        }
    }

    private static bool Exists(string root, string path) => Path.Exists(Path.Combine(root, path));

    private static string Relative(string root, string full)
    {
        var relative = Path.GetRelativePath(root, full).Replace('\\', '/');
        return relative.StartsWith("../", StringComparison.Ordinal) || relative == ".." || Path.IsPathRooted(relative) ? full.Replace('\\', '/') : relative;
    }
}
