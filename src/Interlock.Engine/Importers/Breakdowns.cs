using System.Text;
using Interlock.Domain.Plans.Breakdown;
using Interlock.Engine.Agents;
using Interlock.Engine.Configuration;
using Interlock.Engine.Platform;

namespace Interlock.Engine.Importers;

/// <summary>What came of asking a model.</summary>
/// <param name="Text">The plan; null when the last answer could not be used.</param>
/// <param name="Problems">Of the last answer.</param>
public sealed record BreakdownResult(string? Text, IReadOnlyList<string> Problems, int Asked);

/// <summary>Lets a model break a specification into tasks. Nothing is stored, and the command is one a person typed.</summary>
public static class Breakdowns
{
    private const int MostAsked = 3;
    private const long MostOfSpecification = 2L << 20;
    private const long MostOfAnswer = 4L << 20;

    /// <summary>The specification: the named file or folder, else <c>specs/*.md</c>.</summary>
    /// <param name="from">Absolute, or relative to the root; null for the usual place.</param>
    /// <exception cref="BadInputException">There is none, or it is too large to be asked about.</exception>
    public static IReadOnlyList<(string Path, string Text)> Specification(string root, string? from)
    {
        var full = Path.GetFullPath(Path.Combine(root, from ?? "specs"));
        string[] files = File.Exists(full) ? [full]
            : Directory.Exists(full) ? [.. Directory.GetFiles(full, "*.md").Where(file => new FileInfo(file).LinkTarget is null).Order(StringComparer.Ordinal)] : [];
        if (files.FirstOrDefault(file => RegularFile.KindOf(file, follow: true) != FileKind.Regular) is { } other)
        {
            throw new BadInputException(new NotARegularFileException(other, RegularFile.KindOf(other, follow: true)).Message, "Take it away, or name a file or folder of Markdown with --from");
        }

        if (files.Length == 0)
        {
            throw new BadInputException($"{full} holds no specification", "Write what is wanted to specs/*.md, or name a file or folder of Markdown with --from");
        }

        return files.Sum(file => new FileInfo(file).Length) <= MostOfSpecification
            ? [.. files.Select(file => (Path.GetRelativePath(root, file).Replace('\\', '/'), File.ReadAllText(file)))]
            : throw new BadInputException($"the specification is larger than {MostOfSpecification >> 20} MB", "Name one part of it with --from");
    }

    /// <summary>Asks until an answer can be used, and sends problems back twice at most.</summary>
    /// <exception cref="BadInputException">The command failed, or took longer than the limit.</exception>
    public static async Task<BreakdownResult> AskAsync(
        Workspace workspace, string command, IReadOnlyList<(string Path, string Text)> specification, TimeSpan limit, CancellationToken cancellation)
    {
        IReadOnlyList<string> problems = [];
        var answer = "";
        for (var asked = 1; ; asked++)
        {
            var output = await RunAsync(workspace, command, BreakdownPrompt.Text(specification, problems, answer), limit, cancellation);
            var found = new List<string>();
            var stories = BreakdownAnswer.Read(output, found);
            var (text, broken) = found.Count > 0 ? ("", found) : BreakdownRules.Check(stories);
            if (broken.Count == 0)
            {
                return new BreakdownResult(text, [], asked);
            }

            (problems, answer) = (broken, Encoding.UTF8.GetString(output));
            if (asked == MostAsked)
            {
                return new BreakdownResult(null, problems, asked);
            }
        }
    }

    private static async Task<byte[]> RunAsync(Workspace workspace, string command, string prompt, TimeSpan limit, CancellationToken cancellation)
    {
        var folder = PrivateFolder.Create(Path.Combine(workspace.StateDir, "breakdown"));
        var (log, answer) = (Path.Combine(folder, "last.log"), Path.Combine(folder, "last.answer"));
        var limits = new ProcessLimits(limit, limit, ProcessLimits.DefaultGrace, MostOfAnswer) { StandardOutput = answer };
        var environment = ChildEnvironment.Build(workspace.Config.Config.Environment, new Dictionary<string, string> { [ProcessTree.RootVariable] = workspace.Root });
        var agent = await AgentProcess.StartAsync(
            new AgentCommand(ShellCommand.Of(command), workspace.Root, environment, prompt), log, limits, workspace.Protocol.Clock.Time, cancellation);
        var outcome = await agent.Completion;
        cancellation.ThrowIfCancellationRequested();
        if (outcome.End != AgentEnd.Exited)
        {
            throw new BadInputException($"the command gave no answer within {limit.TotalSeconds:0} s and was stopped", $"Give it longer with --for; what it wrote is in {log}");
        }

        if (outcome.ExitCode != 0)
        {
            throw new BadInputException($"the command ended with {(outcome.ExitCode is { } code ? $"exit code {code}" : $"signal {outcome.Signal}")}", $"What it wrote is in {log}");
        }

        return new FileInfo(answer).Length <= MostOfAnswer
            ? await File.ReadAllBytesAsync(answer, cancellation)
            : throw new BadInputException($"the answer is larger than {MostOfAnswer >> 20} MB", $"What it wrote is in {answer}");
    }
}
