using System.Text;
using CsCheck;
using Interlock.Domain.Plans;

namespace Interlock.Tests.Importers.Formats;

/// <summary>What holds of the data formats whatever their files hold.</summary>
public sealed class Data_format_laws
{
    private static readonly Dictionary<string, (string Path, string Text)[]> Samples = new()
    {
        ["task-master"] =
        [
            (".taskmaster/tasks/tasks.json", """
                { "master": { "tasks": [ { "id": 1, "title": "Fundament 基礎 🚀", "status": "pending", "dependencies": [], "details": "see `src/a.cs`" },
                  { "id": "2", "title": "Wände", "status": "in-progress", "dependencies": [1, "3.1"], "subtasks": [ { "id": 1, "title": "x", "dependencies": [] } ] },
                  { "id": 3, "title": "Dach", "subtasks": [ { "id": 3.1, "title": "y", "status": "done" }, { "id": 2, "title": "z", "dependencies": [1] } ] } ] },
                  "other": { "tasks": [ { "id": 1, "title": "again", "status": null } ] } }
                """),
        ],
        ["beads"] =
        [
            (".beads/issues.jsonl", """
                {"id":"bd-1","title":"Épica","status":"open","issue_type":"epic"}
                {"id":"bd-1.1","title":"part","status":"in_progress","issue_type":"task","dependencies":[{"issue_id":"bd-1.1","depends_on_id":"bd-1","type":"parent-child"}]}
                {"id":"bd-2","title":"other 漢字","status":"closed","dependencies":[{"issue_id":"bd-2","depends_on_id":"bd-1.1","type":"blocks"}]}
                {"id":"bd-3","title":"gone","status":"tombstone"}
                """),
        ],
        ["ralph"] =
        [
            ("prd.json", """
                { "project": "P", "branchName": "ralph/x", "userStories": [
                  { "id": "US-001", "title": "Erste Geschichte", "acceptanceCriteria": ["a", "b"], "priority": 1, "passes": true },
                  { "id": "US-002", "title": "Zweite 🚀", "acceptanceCriteria": ["`src/b.ts`"], "priority": 2, "passes": false } ] }
                """),
        ],
        ["backlog-md"] =
        [
            ("backlog/config.yml", "statuses: [\"To Do\", \"In Progress\", \"Done\"]\ntask_prefix: task\n"),
            ("backlog/tasks/task-1 - Erste.md", "---\nid: TASK-1\ntitle: 'Add x: y'\nstatus: To Do\nassignee: []\ndependencies: []\n---\n\n## Acceptance Criteria\n<!-- AC:BEGIN -->\n- [ ] #1 works\n<!-- AC:END -->\n"),
            ("backlog/tasks/task-2 - Zweite.md", "---\nid: task-02\ntitle: >-\n  folded 漢字\n  title\nstatus: In Progress\ndependencies:\n  - TASK-1\nparent_task_id: TASK-1\n---\nbody `src/a.cs`\n"),
            ("backlog/archive/tasks/task-3 - Alt.md", "---\nid: TASK-3\ntitle: alt\nstatus: \"To Do\"\n---\n"),
        ],
        ["bmad"] =
        [
            ("_bmad-output/implementation-artifacts/sprint-status.yaml", "generated: 2026-01-01\ndevelopment_status:\n  epic-1: in-progress\n  1-1-first-part: done # yes\n  1-2-second-part: backlog\n  epic-1-retrospective: optional\n"),
            ("_bmad-output/planning-artifacts/epics.md", "# E\n\n## Epic 1: Ünïcode\n\n### Story 1.1: First part\n\nAs a user\n\n### Story 1.2: Second part\n\n**Prerequisites:** Story 1.1\n"),
            ("_bmad-output/implementation-artifacts/1-2-second-part.md", "# Story 1.2: Second part\n\nStatus: ready-for-dev\n\n## Tasks / Subtasks\n\n- [ ] Task 1: `src/a.cs` (AC: 1)\n  - [ ] sub\n"),
        ],
    };

    public static TheoryData<string> Names => [.. DataPlans.Formats];

    [Theory]
    [MemberData(nameof(Names))]
    public void No_change_of_bytes_makes_a_reader_throw_or_lose_count(string format)
    {
        var files = DataPlans.Input(Samples[format]).Files;
        Gen.Select(Gen.Int[0, files.Count - 1], Gen.Int[0, 5000], Gen.Int[0, 40], Gen.Byte.Array[0, 12]).Sample(
            (which, at, removed, added) =>
            {
                var bytes = files[which].Content.Span;
                var start = at % (bytes.Length + 1);
                byte[] changed = [.. bytes[..start], .. added, .. bytes[Math.Min(bytes.Length, start + removed)..]];
                AssertReads(format, files, which, changed);
            },
            iter: 3000);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_exchange_of_characters_makes_a_reader_throw_or_lose_count(string format)
    {
        var files = DataPlans.Input(Samples[format]).Files;
        var pieces = new[] { "\"", "{", "}", "[", "]", ",", ":", "-", "\n", "\t", "null", "1e999", "-0", "\\u", "\\ud800", "&a ", "*a", "!!x ", "|\n", ">", "---\n", "...", "? ", "#", "@", "%", "'", "[[[[[[[[", "- - - - ", "<<: ", "\uFEFF", "\u2028", "\u0085" };
        Gen.Select(Gen.Int[0, files.Count - 1], Gen.Select(Gen.Int[0, 5000], Gen.Int[0, pieces.Length - 1].Select(index => pieces[index])).Array[1, 4]).Sample(
            (which, edits) =>
            {
                var text = Encoding.UTF8.GetString(files[which].Content.Span);
                foreach (var (at, piece) in edits)
                {
                    text = text.Insert(at % (text.Length + 1), piece);
                }

                AssertReads(format, files, which, Encoding.UTF8.GetBytes(text));
            },
            iter: 3000);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_beginning_of_a_file_is_read(string format)
    {
        var files = DataPlans.Input(Samples[format]).Files;
        for (var which = 0; which < files.Count; which++)
        {
            for (var length = 0; length < files[which].Content.Length; length++)
            {
                AssertReads(format, files, which, files[which].Content[..length].ToArray());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Line_endings_and_a_byte_order_mark_change_nothing(string format)
    {
        var plain = DataPlans.Read(format, Samples[format]);
        var windows = DataPlans.Read(format, [.. Samples[format].Select(file => (file.Path, "\uFEFF" + file.Text.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal)))]);
        var unended = DataPlans.Read(format, [.. Samples[format].Select(file => (file.Path, file.Text.TrimEnd()))]);

        Assert.Equal(plain.Tasks.Select(Told), windows.Tasks.Select(Told));
        Assert.Equal(plain.Tasks.Select(Told), unended.Tasks.Select(Told));
        Assert.Equal(plain.Counts, windows.Counts);
        Assert.Equal(plain.Counts, unended.Counts);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_tick_changes_one_place_of_one_file_and_then_reads_as_done(string format)
    {
        foreach (var windows in new[] { false, true })
        {
            var input = DataPlans.Input([.. Samples[format].Select(file => (file.Path, windows ? "\uFEFF" + file.Text.Replace("\n", "\r\n", StringComparison.Ordinal) : file.Text))]);
            foreach (var task in DataPlans.Read(format, input).Tasks)
            {
                AssertTick(format, input, task);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_sample_is_recognised_as_its_own_format(string format) =>
        Assert.Equal(format, Engine.Importers.PlanFormats.Detect(DataPlans.Input(Samples[format]), null).Name);

    [Fact]
    public void Ids_survive_reordering_and_inserting()
    {
        var before = DataPlans.TaskMaster("""{ "tasks": [ { "title": "A" }, { "id": 3, "title": "B" }, { "title": "C" } ] }""");
        var after = DataPlans.TaskMaster("""{ "tasks": [ { "title": "New" }, { "title": "C" }, { "id": 3, "title": "B" }, { "title": "A" } ] }""");

        Assert.Equal(before.Tasks.ToDictionary(task => task.Title, task => task.Id), after.Tasks.Where(task => task.Title != "New").ToDictionary(task => task.Title, task => task.Id));
    }

    private static void AssertTick(string format, PlanInput input, PlanTask task)
    {
        var changed = DataPlans.Format(format).Tick(input, task.Id, out var outcome);
        if (format == "beads")
        {
            Assert.Null(changed);
            return;
        }

        Assert.Equal(task.Status == PlanStatus.Done ? TickOutcome.AlreadyDone : TickOutcome.Ticked, outcome);
        if (changed is null)
        {
            return;
        }

        var old = input.Files.Single(file => file.Path == changed.Path).Content.Span;
        var now = changed.Content.Span;
        var head = old.CommonPrefixLength(now);
        var tail = 0;
        while (tail < Math.Min(old.Length, now.Length) - head && old[^(tail + 1)] == now[^(tail + 1)])
        {
            tail++;
        }

        Assert.True(Math.Max(old.Length, now.Length) - head - tail <= 20, $"{task.Id}: more than one place changed");
        var after = DataPlans.Read(format, input with { Files = [.. input.Files.Select(file => file.Path == changed.Path ? changed : file)] });
        Assert.Equal(PlanStatus.Done, after.Task(task.Id.Value).Status);
        Assert.Equal(DataPlans.Read(format, input).Tasks.Where(other => other.Id != task.Id).Select(Told), after.Tasks.Where(other => other.Id != task.Id).Select(Told));
    }

    private static void AssertReads(string format, IReadOnlyList<PlanFile> files, int which, byte[] changed)
    {
        var input = new PlanInput([.. files.Select((file, index) => index == which ? file with { Content = changed } : file)], "folder");
        var plan = DataPlans.Read(format, input);
        _ = DataPlans.Format(format).Score(input);
        foreach (var task in plan.Tasks.Take(2))
        {
            _ = DataPlans.Format(format).Tick(input, task.Id, out _);
        }
    }

    private static string Told(PlanTask task) =>
        $"{task.Id}|{task.SourceId}|{task.Title}|{task.Status}|{string.Join(',', task.DependenciesAsWritten)}|{string.Join(',', task.Dependencies)}|{string.Join(',', task.Files)}|{task.Line}";
}
