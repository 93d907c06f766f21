using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text;
using Interlock.Domain.Plans;
using Interlock.Engine.Configuration;
using Interlock.Engine.Importers;
using Interlock.Engine.Platform;

namespace Interlock.App.Cli;

/// <summary>The form of <c>plan</c> in which a model breaks a specification into tasks.</summary>
internal sealed class PlanWith
{
    private static readonly TimeSpan UsualLimit = TimeSpan.FromMinutes(10);

    public PlanWith(Command command)
    {
        command.Options.Add(With);
        command.Options.Add(Yes);
        command.Options.Add(Out);
        command.Options.Add(Force);
        command.Options.Add(For);
    }

    private Option<string> With { get; } = new("--with") { Description = "Let this command break specs/*.md, or --from, into tasks: it reads a prompt and answers with JSON", HelpName = "COMMAND" };

    private Option<bool> Yes { get; } = new("--yes") { Description = "With --with: store the tasks without asking" };

    private Option<string> Out { get; } = new("--out") { Description = "With --with: the plan file to write; the configured one unless given", HelpName = "FILE" };

    private Option<bool> Force { get; } = new("--force") { Description = "With --with: replace the plan file when there is one" };

    private Option<TimeSpan?> For { get; } = VerbHost.DurationOption("--for", "With --with: how long one answer may take; 10m unless given");

    public bool IsAsked(VerbContext context) => context.Parse.GetValue(With) is not null;

    public async Task<int> RunAsync(VerbContext context, string? from, CancellationToken cancellation)
    {
        var workspace = context.Workspace;
        var target = Target(context);
        var specification = Breakdowns.Specification(workspace.Root, from);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var result = await Breakdowns.AskAsync(workspace, context.Parse.GetValue(With)!, specification, context.Parse.GetValue(For) ?? UsualLimit, stop.Token);
        if (result.Text is not { } text)
        {
            throw new BadInputException(
                $"asked {result.Asked} times, the command gave no usable plan: {string.Join("; ", result.Problems)}", "Make the specification smaller or clearer, or write the plan by hand");
        }

        var source = Path.GetRelativePath(workspace.Root, target).Replace('\\', '/');
        var plan = new StoryPlan().Parse(new PlanInput([new PlanFile(source, Encoding.UTF8.GetBytes(text))], source), new PlanReading());
        if (!context.Terminal.Json)
        {
            Show(context.Terminal, plan);
        }

        var isStored = Agrees(context);
        if (isStored)
        {
            Store(context, plan, target, text);
        }

        Report(context, plan, source, isStored, result.Asked);
        return isStored ? ExitCodes.Done : ExitCodes.Refused;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    // Asked before the model is: its answer would be lost otherwise.
    private string Target(VerbContext context)
    {
        var target = context.Parse.GetValue(Out) is { } named
            ? Path.GetFullPath(named, Path.GetFullPath(context.Folder))
            : Path.Combine(context.Workspace.Root, context.Workspace.Config.Config.Plan);
        return Directory.Exists(target) ? throw new BadInputException($"{target} is a folder", "Name a file with --out")
            : File.Exists(target) && !context.Parse.GetValue(Force) ? throw new BadInputException($"{target} exists", "Name another file with --out, or replace it with --force")
            : target;
    }

    private bool Agrees(VerbContext context)
    {
        if (context.Parse.GetValue(Yes) || Console.IsInputRedirected)
        {
            return context.Parse.GetValue(Yes);
        }

        Console.Error.Write("Write this plan and import its tasks? [y/N] ");
        return Console.ReadLine()?.Trim() is "y" or "Y" or "yes";
    }

    private static void Store(VerbContext context, Plan plan, string target, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        AtomicFile.Write(target, Encoding.UTF8.GetBytes(text));
        var workspace = context.Workspace;
        var choice = new PlanChoice(target, plan.Format);
        PlanImport.Store(PlanImport.Read(workspace.Root, workspace.Config, choice), workspace.Config, workspace.Protocol);
        PlanMemory.Remember(workspace, choice);
    }

    private static void Show(Terminal terminal, Plan plan)
    {
        PlanVerb.Print(terminal, plan);
        foreach (var task in plan.Tasks)
        {
            var waits = task.Dependencies.Count == 0 ? "" : $"  after {string.Join(", ", task.Dependencies)}";
            terminal.Line($"{task.Id.Value,-8} {task.Title}{waits}{(task.Files.Count == 0 ? "" : $"  [{string.Join(", ", task.Files)}]")}");
        }
    }

    private static void Report(VerbContext context, Plan plan, string source, bool isStored, int asked)
    {
        if (context.Terminal.Json)
        {
            Terminal.WriteJson(writer =>
            {
                PlanVerb.Write(writer, plan);
                writer.WriteNumber("asked", asked);
                writer.WriteBoolean("stored", isStored);
            });
        }
        else if (isStored)
        {
            context.Terminal.Line($"Written to {source} and imported. Edit it as you like, then: interlock import");
        }
        else
        {
            context.Terminal.Line("Nothing was written or stored. To store what the command answers: --yes");
        }
    }
}
