using System.Text;
using Interlock.App.Cli;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Plans.Breakdown;
using Interlock.Engine.Configuration;
using Interlock.Engine.Importers;
using Interlock.Engine.Projections;
using Interlock.Engine.Worktrees;
using Interlock.Tests.Importers.Formats;

namespace Interlock.Tests.Faults.Inputs;

/// <summary>A reader, what it is fed with, and the laws of its answer.</summary>
/// <param name="Grammar">Pieces that mean something to it.</param>
internal sealed record Reader(string Name, IReadOnlyList<byte[]> Seeds, string[] Grammar, Action<byte[]> Read);

/// <summary>Every reader of text from outside that works on bytes alone.</summary>
internal static class Readers
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly string[] Json = ["{", "}", "[", "]", ":", ",", "\"a\"", "\"task_id\"", "\"tasks\"", "\"from\"", "\"to\"", "\"status\"", "1", "-0", "1e9", "null", "true", "\"\\ud800\"", " ", "\n", "\"2026-03-01T12:00:00Z\""];

    public static IReadOnlyList<Reader> All { get; } =
    [
        .. Samples.Plans.Select(Plan),
        new Reader("task id", Texts("2.5.1", "Task 2.5.1: text", "T001", "bd-1"), ["1", ".", "-", "_", "Task ", "T", ":", "**", " ", "é", "a"], bytes =>
        {
            var text = Text(bytes);
            Assert.Equal(Identifiers.IsValid(text), Refused(() => TaskId.Parse(text)) is null);
            _ = NaturalOrder.Compare(text, "2.5.1");
        }),
        new Reader("file pattern", Texts("src/**/*.ts", "{a,b}/[!c]?", "docs/"), ["*", "**", "?", "[a-z]", "[!a]", "{a,b}", "{", "}", ",", "/", "..", ".", "\\", "a", "B", "[", "]"], Pattern),
        new Reader("duration", Texts("90s", "1.5h", "2d"), ["1", "9", ".", "s", "m", "h", "d", "-", "e", " ", "0", "∞"], bytes =>
        {
            if (Moments.TryParse(Text(bytes), Noon) is { } && DurationConverter.TryParse(Text(bytes)) is { } duration)
            {
                Assert.True(duration > TimeSpan.Zero && Noon + duration > Noon);
            }
        }),
        new Reader("size", Texts("20GB", "1.5TB"), ["1", "9", ".", "MB", "GB", "TB", "-", "e", " "], bytes => Assert.True(DiskSizeConverter.TryParse(Text(bytes)) is not { Bytes: < 0 })),
        new Reader("status file", Texts("""{ "tasks": [ { "task_id": "2.5.1", "status": "pending", "files": ["a"] } ], "revision": 3 }"""), Json, bytes =>
        {
            if (StatusDoor.Parse(bytes) is { } document)
            {
                _ = StatusDoor.TasksOf(document).Values.Select(node => StatusEdits.StoryOf(node)).ToList();
                _ = StatusFile.ExtraOf(document, document: true);
            }
        }),
        new Reader("lock file", [Samples.Bytes(Samples.Lock)], Json, bytes => _ = LockFile.TryParse(bytes)),
        new Reader("message file", [Samples.Bytes(Samples.Message)], Json, bytes =>
        {
            var (message, problem) = MessageFile.Parse(bytes, "20260301T120000000_dev-1", Noon);
            Assert.NotEqual(message is null, problem is null);
        }),
        new Reader("token", Texts("epoch1.7.0123456789abcdef"), [".", "1", "0", "a", " ", "\n", "-", "99999999999999999999"], bytes =>
        {
            if (LeaseToken.TryParse(Text(bytes)) is { } token)
            {
                Assert.Equal(token, LeaseToken.TryParse(token.ToString()));
                Assert.True(token.Fence > 0);
            }
        }),
        new Reader("breakdown", Texts("""Here: ```json { "stories": [ { "id": "1", "title": "A", "tasks": [ { "id": "1.1", "title": "B" } ] } ] } ```"""), [.. Json, "\"stories\"", "```", "text"], bytes => _ = BreakdownAnswer.Read(bytes, [])),
        new Reader("git trees", Texts(":100644 100644 aaa bbb M\0src/a.ts\0:100644 000000 aaa 000 D\0b\0"), [":", "100644", "000000", " ", "aaaa", "M", "A", "D", "\0", "a/b", "R100"], bytes =>
        {
            var records = new GitResult(0, bytes, "").Records;
            if (Refused(() => TreeChange.Parse(records)) is null)
            {
                Assert.Equal(records.Count, 2 * TreeChange.Parse(records).Count);
            }
        }),
        new Reader("printed text", Texts("a \u001b[31mred\u001b[0m \u202e"), ["\u001b[", "\u009b", "\u202e", "\ud83c\udf89", "a", "\n", "\0", "\u200b"], bytes => Assert.DoesNotContain('\u001b', Terminal.Safe(Text(bytes)))),
        new Reader("command words", Texts("--story=2.5 --agents 3", "claim 2.5.1 --as dev-1"), ["--", "-", "=", "story", " ", "2.5", "\"", "assign", "--json", ":"], bytes => _ = ClassicForm.Translate(Text(bytes).Split(' '))),
        .. AgentReaders.All(Json),
    ];

    private static Reader Plan((string Format, string Path, string Text) sample) => new(
        sample.Format, [Samples.Bytes(sample.Text)],
        [.. Json, "- [ ] ", "- [x] ", "T001 ", "Task 1: ", "### Story 1.1: A\n", "## 1. G\n", "---\n", "[Dependencies: Task 1]", "(depends on T001)", "`a.ts`", "id: task-1\n", "  ", "<!--", "-->", "```\n", "* ", "1. ", "| a | b |\n"],
        bytes =>
        {
            var format = PlanFormats.Find(sample.Format)!;
            var input = new PlanInput([new PlanFile(sample.Path, bytes)], sample.Path);
            Assert.InRange(format.Score(input), 0, 100);
            var plan = format.Parse(input, new PlanReading());
            DataPlans.AssertLaws(plan);
            if (plan.Tasks.Count > 0)
            {
                _ = format.Tick(input, plan.Tasks[^1].Id, out _);
            }
        });

    private static void Pattern(byte[] bytes)
    {
        if (FilePattern.TryParse(Text(bytes), out var pattern, out var problem))
        {
            Assert.Equal(pattern, FilePattern.Parse(pattern.Text));
            _ = pattern.Overlaps(FilePattern.Parse("src/**/[a-m]*.ts"), ignoreCase: true);
            _ = pattern.Matches("src/a.ts");
        }
        else
        {
            Assert.NotEmpty(problem);
        }
    }

    /// <summary>Only what a reader says it throws counts as a refusal.</summary>
    private static Exception? Refused(Action read)
    {
        try
        {
            read();
            return null;
        }
        catch (Exception refusal) when (refusal is FormatException or InvalidDataException)
        {
            return refusal;
        }
    }

    private static byte[][] Texts(params string[] texts) => [.. texts.Select(Samples.Bytes)];

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
