using System.CommandLine;
using System.Text;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Plans.Export;
using Interlock.Engine.Configuration;
using Interlock.Engine.Platform;

namespace Interlock.App.Cli;

internal static class ExportVerb
{
    public static Command Create(VerbHost host)
    {
        var to = new Option<string>("--format") { Description = $"What to write: {string.Join(", ", PlanExport.Formats)}", HelpName = "FORMAT", Required = true };
        to.AcceptOnlyFromAmong([.. PlanExport.Formats]);
        var story = VerbHost.StoryOption();
        var path = new Option<string>("--out") { Description = "The file to write; printed unless given", HelpName = "PATH" };
        var force = new Option<bool>("--force") { Description = "Replace the file when there is one" };
        var command = new Command("export", "Write the tasks of the store in the format of another tool") { to, story, path, force };
        host.Bind(command, context =>
        {
            var (tasks, titles) = context.Workspace.Store.Read(reader => (reader.Tasks(), reader.Stories().ToDictionary(known => known.Id, known => known.Title)));
            var wanted = tasks.Where(task => context.Parse.GetValue(story) is not { } id || task.Story == id).ToList();
            if (wanted.Count == 0)
            {
                throw new BadInputException("there is no task to export", "Bring the plan in first: interlock import");
            }

            var format = context.Parse.GetValue(to)!;
            var exported = PlanExport.Write(format, wanted, titles);
            if (context.Parse.GetValue(path) is { } file)
            {
                Save(Path.GetFullPath(file, Path.GetFullPath(context.Folder)), exported.Text, context.Parse.GetValue(force));
            }

            Show(context.Terminal, format, exported, context.Parse.GetValue(path));
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Save(string path, string text, bool force)
    {
        if (Directory.Exists(path))
        {
            throw new BadInputException($"{path} is a folder", "Name a file with --out");
        }

        if (File.Exists(path) && !force)
        {
            throw new BadInputException($"{path} exists", "Name another file, or replace it with --force");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(text));
    }

    private static void Show(Terminal terminal, string format, ExportedPlan exported, string? path)
    {
        if (terminal.Json)
        {
            Terminal.WriteJson(writer =>
            {
                writer.WriteString("format", format);
                writer.WriteNumber("tasks", exported.Tasks);
                writer.WriteNumber("left_out_dependencies", exported.LeftOut);
                writer.WriteString("path", path);
                writer.WriteString("text", path is null ? exported.Text : null);
            });
            return;
        }

        foreach (var line in path is null ? exported.Text.TrimEnd('\n').Split('\n') : [])
        {
            terminal.Line(line);
        }

        if (path is not null)
        {
            terminal.Line($"{Counted.Of(exported.Tasks, "task")} written to {path}.");
            if (exported.LeftOut > 0)
            {
                terminal.Line($"{Counted.Of(exported.LeftOut, "dependency", "dependencies")} on tasks of other stories left out.");
            }
        }
    }
}
