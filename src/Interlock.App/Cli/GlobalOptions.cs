using System.CommandLine;

namespace Interlock.App.Cli;

/// <summary>Options every verb understands.</summary>
internal sealed class GlobalOptions
{
    public Option<string> Root { get; } = new("--root")
    {
        Description = "Folder in the repository to work on; the current one unless given",
        Recursive = true,
        HelpName = "DIR",
    };

    public Option<bool> Json { get; } = new("--json") { Description = "Print JSON instead of text", Recursive = true };

    public Option<bool> NoColor { get; } = new("--no-color") { Description = "Print without colours; NO_COLOR is honoured too", Recursive = true };

    public IEnumerable<Option> All => [Root, Json, NoColor];
}
