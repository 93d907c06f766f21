using System.CommandLine;
using System.Text;
using Interlock.App.Cli;
using Interlock.Engine.Configuration;
using Interlock.Engine.Platform;

namespace Interlock.App.Pictures;

/// <summary>The option <c>--svg FILE</c>. Writes over drawings of ours, never over anything else.</summary>
internal static class SvgFile
{
    public static Option<string> NewOption(string what) => new("--svg") { Description = $"Also write {what} as a drawing", HelpName = "FILE" };

    /// <summary>Where it was written; null when no drawing was asked for.</summary>
    public static string? Save(VerbContext context, Option<string> option, Func<string> draw)
    {
        if (context.Parse.GetValue(option) is not { } file)
        {
            return null;
        }

        var path = Path.GetFullPath(file, Path.GetFullPath(context.Folder));
        if (Directory.Exists(path))
        {
            throw new BadInputException($"{path} is a folder", "Name a file with --svg");
        }

        if (File.Exists(path) && !File.ReadAllText(path).Contains(Svg.Mark, StringComparison.Ordinal))
        {
            throw new BadInputException($"{path} exists and is no drawing of interlock", "Name another file");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(draw()));
        return path;
    }
}
