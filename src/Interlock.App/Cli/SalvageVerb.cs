using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Interlock.Domain.Leasing;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Configuration;
using Interlock.Engine.Projections;
using Interlock.Engine.Stores;
using Interlock.Engine.Worktrees;

namespace Interlock.App.Cli;

internal static class SalvageVerb
{
    public static Command Create(VerbHost host) =>
        new("salvage", "Look at work that was saved before its worktree went, and take it back") { List(host), Show(host), Apply(host) };

    private static Command List(VerbHost host)
    {
        var command = new Command("list", "List all saved work, newest first");
        host.Bind(command, async (context, cancellation) =>
        {
            var works = await Salvages(context).ListAsync(cancellation);
            if (context.Terminal.Json)
            {
                Terminal.WriteJson(writer =>
                {
                    writer.WriteStartArray("salvages");
                    foreach (var work in works)
                    {
                        writer.WriteStartObject();
                        Write(writer, work);
                        writer.WriteEndObject();
                    }

                    writer.WriteEndArray();
                });
            }
            else
            {
                Print(context, works);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Show(VerbHost host)
    {
        var which = WhichArgument();
        var patch = new Option<bool>("--patch") { Description = "The changes themselves, against the commit the work started from" };
        var command = new Command("show", "Show the files of one saved work") { which, patch };
        host.Bind(command, async (context, cancellation) =>
        {
            if (await FindAsync(context, which, cancellation) is not { } work)
            {
                return Unknown(context, which);
            }

            var text = context.Parse.GetValue(patch) ? await Salvages(context).PatchAsync(work, cancellation) : null;
            if (context.Terminal.Json)
            {
                Terminal.WriteJson(writer =>
                {
                    Write(writer, work);
                    if (text is not null)
                    {
                        writer.WriteString("patch", text);
                    }
                });
            }
            else
            {
                Print(context, work, text);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Apply(VerbHost host)
    {
        var which = WhichArgument();
        var branch = new Option<string>("--branch") { Description = "Make a new branch at exactly the saved state instead of changing files", HelpName = "NAME" };
        var command = new Command("apply", "Merge saved work into the files of this checkout, uncommitted, or make a branch of it") { which, branch };
        host.Bind(command, async (context, cancellation) =>
        {
            if (await FindAsync(context, which, cancellation) is not { } work)
            {
                return Unknown(context, which);
            }

            var use = new SalvageUse(context.Workspace.Repository!);
            var name = context.Parse.GetValue(branch);
            var answer = name is null ? await use.IntoFilesAsync(work, context.Folder, cancellation) : await use.AsBranchAsync(work, name, cancellation);
            return answer.Refusal is { } refusal ? Answers.Refuse(context.Terminal, refusal) : Applied(context.Terminal, work, name, answer.Files);
        });
        return command;
    }

    private static int Applied(Terminal terminal, SavedWork work, string? branch, IReadOnlyList<string> files)
    {
        if (terminal.Json)
        {
            Terminal.WriteJson(writer =>
            {
                writer.WriteString("ref", work.Ref);
                writer.WriteString("commit", work.Commit);
                writer.WriteString("branch", branch);
                StatusFile.WriteList(writer, "files", files);
            });
        }
        else if (branch is not null)
        {
            terminal.Line($"The branch {branch} is {work.Commit[..10]}, as it was saved. Look at it: git log -p {work.Base[..10]}..{branch}");
        }
        else
        {
            terminal.Line(files.Count == 0
                ? "Nothing to do: the files have all of it."
                : $"{Counted.Of(files.Count, "file")} changed and staged, nothing committed. Look: git diff --cached");
            List(terminal, files);
        }

        return ExitCodes.Done;
    }

    private static Argument<string> WhichArgument() => new("which")
    {
        Description = "A task (its newest), task/fence, or a ref that 'salvage list' names",
        HelpName = "REF-OR-TASK",
    };

    private static Salvages Salvages(VerbContext context) => context.Workspace.Repository is { } repository
        ? new Salvages(context.Workspace, repository)
        : throw new BadInputException($"{context.Workspace.Root} is not in a git repository", "Only work in a git repository is saved", ExitCodes.Environment);

    private static Task<SavedWork?> FindAsync(VerbContext context, Argument<string> which, CancellationToken cancellation) =>
        Salvages(context).FindAsync(context.Parse.GetRequiredValue(which), cancellation);

    private static int Unknown(VerbContext context, Argument<string> which) => Answers.Refuse(context.Terminal, new Refusal(
        RefusalCodes.UnknownSalvage, $"no work is saved under {context.Parse.GetRequiredValue(which)}", "See what there is: interlock salvage list"));

    private static void Print(VerbContext context, IReadOnlyList<SavedWork> works)
    {
        if (works.Count == 0)
        {
            context.Terminal.Line("No work had to be saved.");
            return;
        }

        var now = context.Workspace.Protocol.Clock.Now;
        var table = Terminal.Columns("saved work", "agent", "when", "commit", "files", "state", "title");
        foreach (var column in table.Columns)
        {
            column.NoWrap();
        }

        foreach (var work in works)
        {
            table.AddRow(
                Terminal.Markup(work.Name), Terminal.Markup(work.Agent?.Value ?? "-"), Terminal.Markup(Answers.Time(work.At, now)), work.Commit[..10],
                work.Files.Count.ToString(CultureInfo.InvariantCulture), State(work), Markup.Escape(Terminal.Cut(work.Task?.Title, 40)));
        }

        context.Terminal.Write(table);
        context.Terminal.Line("Look into one: interlock salvage show <saved work> --patch. Take it back: interlock salvage apply <saved work>");
    }

    private static void Print(VerbContext context, SavedWork work, string? patch)
    {
        var terminal = context.Terminal;
        terminal.Line($"{work.Name} {work.Task?.Title}");
        terminal.Line($"  commit   {work.Commit}");
        terminal.Line($"  from     {work.Base}");
        terminal.Line($"  agent    {work.Agent?.Value ?? "unknown"}, {Answers.Time(work.At, context.Workspace.Protocol.Clock.Now)}");
        terminal.Line($"  state    {State(work)}");
        foreach (var also in work.Also)
        {
            terminal.Line($"  also     {also} (staged, left behind or saved before; git show {also[..10]})");
        }

        terminal.Line($"  files    {work.Files.Count}");
        List(terminal, work.Files);
        if (patch is not null)
        {
            terminal.Line();
            terminal.Text(patch);
        }
    }

    private static void List(Terminal terminal, IReadOnlyList<string> files)
    {
        foreach (var file in files)
        {
            terminal.Line($"    {file}");
        }
    }

    private static string State(SavedWork work) => work switch
    {
        { Landed: true } => "landed",
        { Task: { IsFinished: true } task } => $"not landed, task {StatusWords.Of(task.State)}",
        _ => "not landed",
    };

    private static void Write(Utf8JsonWriter writer, SavedWork work)
    {
        writer.WriteString("ref", work.Ref);
        writer.WriteString("name", work.Name);
        writer.WriteString("task_id", work.Task?.Id.Value);
        writer.WriteString("title", work.Task?.Title);
        writer.WriteString("task_status", work.Task is { } task ? StatusWords.Of(task.State) : null);
        if (work.Fence is { } fence)
        {
            writer.WriteNumber("fence", fence);
        }
        else
        {
            writer.WriteNull("fence");
        }

        writer.WriteString("agent_id", work.Agent?.Value);
        writer.WriteString("at", UtcConverter.Text(work.At));
        writer.WriteString("commit", work.Commit);
        writer.WriteString("base", work.Base);
        StatusFile.WriteList(writer, "files", work.Files);
        writer.WriteBoolean("landed", work.Landed);
        StatusFile.WriteList(writer, "also", work.Also);
    }
}
