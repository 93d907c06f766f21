using System.Diagnostics;
using System.Globalization;
using System.Text;
using Interlock.Domain.Plans;
using Interlock.Engine.Importers;

namespace Interlock.Benchmarks;

/// <summary>How long plans of 1.5 MB take to be read and checked, and how much memory, format by format.</summary>
internal static class Imports
{
    private const int Size = 1_500_000;
    private const int Rounds = 15;

    private static readonly (string Format, string Path, Func<string> Text)[] Plans =
    [
        ("task-master", ".taskmaster/tasks/tasks.json", TaskMaster),
        ("story-plan", "plan/IMPLEMENTATION_PLAN.md", StoryPlanOf),
        ("spec-kit", "specs/001-large/tasks.md", SpecKitOf),
        ("beads", ".beads/issues.jsonl", Beads),
        ("openspec", "openspec/changes/large/tasks.md", OpenSpecOf),
        ("check-list", "TODO.md", CheckListOf),
    ];

    public static string Page()
    {
        var page = new StringBuilder("""
            # Reading plans of 1.5 MB

            Made by `dotnet run -c Release --project bench/Interlock.Benchmarks -- imports`: recognise, parse, resolve and check. First is the
            first time in a new process, with everything still to be compiled; then the middle and the slowest of 15. Allocated is all
            that was ever asked for, kept is what the plan holds on to; both as multiples of the file.

            | format | tasks | dependencies | problems | first | middle | slowest | allocated | kept |
            |---|---|---|---|---|---|---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach (var (format, path, text) in Plans)
        {
            page.Append(Row(format, new PlanInput([new PlanFile(path, Encoding.UTF8.GetBytes(text()))], path)));
        }

        page.Append(CultureInfo.InvariantCulture, $"\nOn a shared machine with {Environment.ProcessorCount} cores, .NET {Environment.Version}.\n");
        return page.ToString();
    }

    private static string Row(string format, PlanInput input)
    {
        var (first, plan) = Timed(format, input);
        var times = Enumerable.Range(0, Rounds).Select(_ => Timed(format, input).Milliseconds).Order().ToList();
        var length = (double)input.Files[0].Content.Length;
        plan = null!;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var asked = GC.GetAllocatedBytesForCurrentThread();
        plan = Timed(format, input).Plan;
        asked = GC.GetAllocatedBytesForCurrentThread() - asked;
        var kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {format} | {plan.Tasks.Count} | {plan.Tasks.Sum(task => task.AllDependencies.Count())} | {plan.Problems.Count} | {first:0} ms | {times[Rounds / 2]:0} ms | {times[^1]:0} ms | {asked / length:0.0} | {kept / length:0.0} |\n");
    }

    private static (double Milliseconds, Plan Plan) Timed(string format, PlanInput input)
    {
        var started = Stopwatch.GetTimestamp();
        var found = PlanFormats.Detect(input, null);
        var plan = found.Parse(input, new PlanReading());
        var time = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return found.Name == format ? (time, plan) : throw new InvalidOperationException($"{input.Source} was taken for {found.Name}");
    }

    private static string Long(int index) => string.Create(
        CultureInfo.InvariantCulture, $"Implement part {index} of the service so that requests are answered, see `src/part{index % 97}/file{index}.ts`, and describe what was done");

    private static string Fill(string head, Func<int, string> line, string tail = "")
    {
        var text = new StringBuilder(head);
        for (var index = 1; text.Length < Size; index++)
        {
            text.Append(line(index));
        }

        return text.Append(tail).ToString();
    }

    private static string TaskMaster() => Fill("""{ "master": { "tasks": [ { "id": 0, "title": "Begin", "status": "done", "dependencies": [], "subtasks": [] }""", index => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        ,
          { "id": {{index}}, "title": "{{Long(index)}}", "description": "What \"part {{index}}\" is about.", "status": "{{(index % 3 == 0 ? "done" : "pending")}}",
            "dependencies": [{{index - 1}}, {{index / 2}}], "priority": "medium", "details": "{{Long(index + 7)}}", "testStrategy": "Call it.",
            "subtasks": [ { "id": 1, "title": "First of {{index}}", "status": "pending", "dependencies": [] }, { "id": 2, "title": "Second", "status": "pending", "dependencies": [1] } ] }
        """), " ] } }\n");

    private static string StoryPlanOf() => Fill("# Plan\n", index => string.Create(
        CultureInfo.InvariantCulture,
        $"{(index % 40 == 1 ? $"\n### Story {(index / 1000) + 1}.{index / 40}: Part\n\n#### Group\n" : "")}- [{(index % 3 == 0 ? 'x' : ' ')}] Task {(index / 1000) + 1}.{index / 40}.{index}: {Long(index)} [Complexity: low] [Dependencies: {(index > 1 ? $"Task {((index - 1) / 1000) + 1}.{(index - 1) / 40}.{index - 1}" : "none")}]\n"));

    private static string SpecKitOf() => Fill("# Tasks: Large\n", index => string.Create(
        CultureInfo.InvariantCulture,
        $"{(index % 200 == 1 ? $"\n## Phase {(index / 200) + 1}: User Story {(index / 200) + 1} - Part\n\n" : "")}- [{(index % 3 == 0 ? 'X' : ' ')}] T{index:0000} {(index % 2 == 0 ? "[P] " : "")}[US{(index / 200) + 1}] {Long(index)}{(index > 1 ? $" (depends on T{index - 1:0000})" : "")}\n"));

    private static string Beads() => Fill("", index => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"id":"bd-{{index}}","title":"{{Long(index)}}","description":"{{Long(index + 3)}}","status":"{{(index % 3 == 0 ? "closed" : "open")}}","priority":2,"issue_type":"task","dependencies":[{{(index > 1 ? $$"""{"issue_id":"bd-{{index}}","depends_on_id":"bd-{{index / 2}}","type":"blocks"}""" : "")}}]}""") + "\n");

    private static string OpenSpecOf() => Fill("", index => string.Create(
        CultureInfo.InvariantCulture,
        $"{(index % 30 == 1 ? $"\n## {(index / 30) + 1}. Part\n" : "")}- [{(index % 3 == 0 ? 'x' : ' ')}] {(index / 30) + 1}.{(index % 30) + 1} {Long(index)}\n  - [ ] {Long(index + 1)}\n"));

    private static string CheckListOf() => Fill("# To do\n", index => string.Create(
        CultureInfo.InvariantCulture, $"{(index % 50 == 1 ? $"\n## Part {index}\n" : "")}- [{(index % 3 == 0 ? 'x' : ' ')}] {Long(index)}\n  - [ ] {Long(index + 1)}\n"));
}
