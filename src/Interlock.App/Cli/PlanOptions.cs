using System.CommandLine;
using Interlock.Domain.Plans;
using Interlock.Engine.Importers;

namespace Interlock.App.Cli;

/// <summary>The options of every verb that reads a plan: which, in what format, and which implicit orders do not hold.</summary>
internal sealed class PlanOptions
{
    public PlanOptions(Command command)
    {
        command.Options.Add(From);
        command.Options.Add(Format);
        command.Options.Add(Relax);
    }

    private Option<string> From { get; } = new("--from")
    {
        Description = "File or folder of the plan; the configured one, or the only one found, unless given",
        HelpName = "PATH",
    };

    private Option<string> Format { get; } = new("--format")
    {
        Description = $"Format of the plan; recognised unless given: {PlanFormats.Names}",
        HelpName = "FORMAT",
    };

    private Option<string[]> Relax { get; } = new("--relax")
    {
        Description = $"Implicit orders that do not hold, with commas: {string.Join(", ", DependencyKinds.Relaxable)}",
        HelpName = "KINDS",
        CustomParser = result =>
        {
            var words = result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToArray();
            if (words.FirstOrDefault(word => !DependencyKinds.Relaxable.Contains(word)) is { } unknown)
            {
                result.AddError($"'{unknown}' is no order that can be relaxed: {string.Join(", ", DependencyKinds.Relaxable)}");
            }

            return words;
        },
    };

    /// <summary>What was typed; without a path, the plan that was brought in last is meant.</summary>
    public PlanChoice Of(VerbContext context) => PlanMemory.Recall(context.Workspace, Typed(context.Parse, context.Folder));

    /// <summary>What was typed alone. Paths are relative to the folder the command works in, so that a shell can complete them.</summary>
    public PlanChoice Typed(ParseResult parse, string folder) =>
        new(parse.GetValue(From) is { } from ? Path.GetFullPath(Path.Combine(folder, from)) : null, parse.GetValue(Format), parse.GetValue(Relax));

    /// <summary>The absolute path that was typed; null when none was.</summary>
    public string? Named(VerbContext context) => Typed(context.Parse, context.Folder).From;

    public Plan Read(VerbContext context) => PlanImport.Read(context.Workspace.Root, context.Workspace.Config, Of(context));

    /// <summary>Brings the plan into the store and remembers it for the commands that follow.</summary>
    /// <param name="plan">As read already; read now unless given.</param>
    public ImportReport Import(VerbContext context, Plan? plan = null)
    {
        var report = PlanImport.Store(plan ?? Read(context), context.Workspace.Config, context.Workspace.Protocol);
        PlanMemory.Remember(context.Workspace, Of(context));
        return report;
    }
}
