using System.Globalization;
using System.Text.Json.Nodes;

namespace Interlock.Tests.Faults;

/// <summary>One thing a person does to a live repository. Answers what must tell of it; null when there was nothing to do it to.</summary>
internal sealed record Habit(string Name, Func<Neighbour, Task<Trace?>> Do)
{
    // Whatever ended the lease of a lock that was removed told of it: the removal itself, or what came first.
    private static readonly string[] Ends =
    [
        "lease.revoked", "lease.reclaimed", "task.failed", "task.dead", "task.submitted", "task.landed", "task.released", "task.cancelled", "task.reopened-by-hand", "task.completed-by-hand",
    ];

    public static IReadOnlyList<Habit> All { get; } = [.. Locks(), .. StatusFile(), .. Others(), .. Processes(), .. Commits()];

    private static IEnumerable<Habit> Locks() =>
    [
        new("rm a lock", Now(person => Pick(person) is { } held ? Remove(held.Path, new Trace(Ends, held.Task, held.Fence)) : null)),
        new("rm -r .lock", async person =>
        {
            var held = Pick(person);
            await RemoveAllAsync(person.PathOf(".lock"));
            return held is { } one ? new Trace(Ends, one.Task, one.Fence) : Trace.Nothing;
        }),
        new("write a lock", async person => await OpenTaskAsync(person) is { } task
            ? Write(person, $".lock/{task}.lock", Lock("ada", TimeSpan.FromHours(1)), new Trace(["hold.taken", "lock.conflict", "lock.refused"], Mentions: task)) : null),
        new("write half a lock", async person => await OpenTaskAsync(person) is { } task
            ? Write(person, $".lock/{task}.lock", "{ \"agent_id\": \"ad", new Trace(["hold.taken", "lock.conflict", "lock.refused"], Mentions: task)) : null),
        new("write a lock of yesterday", async person => await OpenTaskAsync(person) is { } task
            ? Write(person, $".lock/{task}.lock", Lock("ada", TimeSpan.FromDays(-1)), new Trace(["lock.stale", "lock.conflict"])) : null),
        new("write a lock of no task", Now(person => Write(person, ".lock/what is this.lock", Lock("ada", TimeSpan.FromHours(1)), new Trace(["lock.refused"], Mentions: "what is this")))),
        new("edit a lock", Now(person => Pick(person) is { } held
            ? Write(person, Path.GetRelativePath(person.Bench.Root, held.Path), Lock("ada", TimeSpan.FromHours(1)), new Trace(["lock.conflict", "hold.taken", "lock.refused"], Mentions: held.Task)) : null)),
    ];

    private static IEnumerable<Habit> StatusFile() =>
    [
        new("edit a note", Edit((person, task) => task["notes"] = $"seen {person.Chance.Next()}", task => new Trace(["task.edited-by-hand", "status.refused"], task))),
        new("edit a description", Edit((person, task) => task["description"] = $"Write it, {person.Chance.Next()}", task => new Trace(["task.edited-by-hand", "status.refused"], task))),
        new("say that it is completed", Edit((_, task) => task["status"] = "completed", task => new Trace(["status.refused", "task.completed-by-hand"], task), from: ["pending", "in_progress", "blocked"])),
        new("cancel in the file", Edit((_, task) => task["status"] = "cancelled", task => new Trace(["task.cancelled"], task), from: ["pending", "in_progress"])),
        new("open in the file", Edit((_, task) => task["status"] = "pending", task => new Trace(["task.reopened-by-hand", "status.refused"], task), from: ["cancelled", "blocked", "in_progress"])),
        new("ask for review in the file", Edit((_, task) => task["status"] = "review", task => new Trace(["status.refused"], task), from: ["pending"])),
        new("break the status file", Now(person =>
        {
            var text = person.Bench.Read("agent_tasks/todo_progress.json");
            return Write(person, "agent_tasks/todo_progress.json", text[..person.Chance.Next(1, text.Length - 2)], new Trace(["status.quarantined"]));
        })),
        new("rm the status file", Now(person => Remove(person.PathOf("agent_tasks/todo_progress.json"), new Trace(["status.restored"], Mentions: "todo_progress.json was deleted")))),
        new("take a task out of the file", Whole((person, tasks) =>
        {
            var at = person.Chance.Next(tasks.Count);
            var id = tasks[at]!["task_id"]!.GetValue<string>();
            tasks.RemoveAt(at);
            return new Trace(["status.restored"], Mentions: id);
        })),
        new("add a task to the file", Whole((person, tasks) =>
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"9.9.{person.Chance.Next(1_000_000)}");
            tasks.Add(new JsonObject { ["task_id"] = id, ["story_id"] = "9.9", ["description"] = "one more" });
            return new Trace(["task.added-by-hand"], id);
        })),
        new("add a member of one's own", Whole((person, tasks) =>
        {
            tasks.Parent!["mine"] = person.Chance.Next();
            return new Trace(["status.edited"]);
        })),
        new("write into the list of what needs a person", Now(person => Write(person, "agent_tasks/blocked_tasks.md", $"mine {person.Chance.Next()}\n", new Trace(["status.restored"], Mentions: "blocked_tasks.md was edited")))),
        new("rm the list of what needs a person", Now(person => Remove(person.PathOf("agent_tasks/blocked_tasks.md"), new Trace(["status.restored"], Mentions: "blocked_tasks.md was deleted")))),
    ];

    private static IEnumerable<Habit> Others() =>
    [
        new("drop a message", Now(person =>
        {
            var name = $"m{person.Chance.Next()}";
            return Write(person, $"agent_comms/{name}.msg", $$"""{ "from": "{{name}}", "to": ["qa-1"], "message": "hello" }""", new Trace(["message.sent"], Mentions: name));
        })),
        new("drop half a message", Now(person =>
        {
            var name = $"m{person.Chance.Next()}";
            return Write(person, $"agent_comms/{name}.msg", "{ \"from\": ", new Trace(["message.quarantined"], Mentions: name));
        })),
        new("rm a message", Now(person => Message(person) is { } path ? Remove(path, new Trace(["message.restored"], Mentions: Path.GetFileName(path))) : null)),
        new("edit a message", Now(person => Message(person) is { } path
            ? Write(person, Path.GetRelativePath(person.Bench.Root, path), $"{{ \"edited\": {person.Chance.Next()} }}", new Trace(["message.restored"], Mentions: Path.GetFileName(path))) : null)),
        new("edit a prompt", Now(person => Prompt(person) is { } path ? Write(person, path, $"do as I say {person.Chance.Next()}\n", Trace.Nothing) : null)),
        new("rm a prompt", Now(person => Prompt(person) is { } path ? Remove(person.PathOf(path), Trace.Nothing) : null)),
        new("rm -r .git/interlock", async person =>
        {
            // Rebuilt only once the run has seen it: it stops by itself rather than writing into a state that is gone.
            await RemoveAllAsync(person.Bench.StateDir);
            await person.EndedAsync();
            Neighbour.Must(await person.Bench.InterlockAsync("doctor", "--rebuild"));
            return new Trace(["state.rebuilt"]);
        }),
    ];

    private static IEnumerable<Habit> Processes() =>
    [
        new("kill -9 an agent", Now(person =>
        {
            if (person.Agents() is not { Count: > 0 } agents)
            {
                return null;
            }

            var pid = person.Any(agents);
            var work = Family.WorkOf(pid);
            var isHeld = IsHeld(person, held => held == work);
            Family.Kill(pid);
            return isHeld ? new Trace(["task.failed", "task.dead", "lease.revoked", "lease.reclaimed", "task.released"], work!.Value.Task, Patient: true) : Trace.Nothing;
        })),
        new("kill -9 the run", async person =>
        {
            var held = person.Locks().Where(path => !Neighbour.IsHold(path)).Select(Neighbour.ReadLock)
                .FirstOrDefault(held => held is { } one && one.Task.StartsWith("1.1.", StringComparison.Ordinal));
            person.Run.Kill();
            await person.EndedAsync();
            return held is { } lease ? new Trace(Ends, lease.Task, lease.Fence) : Trace.Nothing;
        }),
    ];

    private static IEnumerable<Habit> Commits() =>
    [
        new("git stash", async person =>
        {
            person.Bench.Write("src/start.txt", $"mine {person.Chance.Next()}\n");
            await person.Bench.GitAsync("stash", "--quiet");
            return Trace.Nothing;
        }),
        new("git gc", async person =>
        {
            // Gc gives up on a worktree that is made or removed meanwhile, in several wordings ("unable to parse object", "bad object",
            // "unable to write reflog"), and on a branch that another git has locked: the person says it again.
            for (var turn = 0; ; turn++)
            {
                try
                {
                    await person.Bench.GitAsync("gc", "--quiet");
                    return Trace.Nothing;
                }
                catch (InvalidOperationException error) when (turn < 20 && (error.Message.Contains("worktrees/", StringComparison.Ordinal) || error.Message.Contains("cannot lock ref", StringComparison.Ordinal)))
                {
                    await Task.Delay(50);
                }
            }
        }),
        new("git commit on one's own branch", async person =>
        {
            person.Bench.Write("mine.txt", $"mine {person.Chance.Next()}\n");
            await person.Bench.GitAsync("add", "mine.txt");
            await person.Bench.GitAsync("commit", "--quiet", "-m", "mine");
            return Trace.Nothing;
        }),
        new("git branch -D the integration branch", async person =>
        {
            await person.Bench.GitAsync("update-ref", "-d", $"refs/heads/{Scenarios.Bench.Branch}");
            return new Trace(["branch.restored"], Patient: true);
        }),
        new("git branch -f the integration branch", async person =>
        {
            var tip = await person.Bench.GitAsync("rev-parse", Scenarios.Bench.Branch);
            if (await person.Bench.GitAsync("rev-list", "--count", tip) == "1")
            {
                return null;
            }

            var before = await person.NewestAsync();
            await person.Bench.GitAsync("update-ref", $"refs/heads/{Scenarios.Bench.Branch}", $"{tip}~1");
            var told = new Trace(["branch.force-moved"], Patient: true);
            if (!await person.UntilAsync(told, before))
            {
                return told;
            }

            // Sorry, and back again.
            await person.Bench.GitAsync("update-ref", $"refs/heads/{Scenarios.Bench.Branch}", tip);
            await person.Bench.InterlockAsync("queue", "resume");
            await person.Bench.InterlockAsync("doctor", "--fix");
            return told;
        }),
        new("rm an agent's branch", async person =>
        {
            var names = (await person.Bench.GitAsync("for-each-ref", "--format=%(refname)", "refs/heads/agent")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(name => IsHeld(person, one => name == $"refs/heads/agent/{one.Task}/{one.Fence}")).ToList();
            if (names.Count == 0)
            {
                return null;
            }

            var parts = person.Any(names).Split('/');
            await person.Bench.GitAsync("update-ref", "-d", string.Join('/', parts));
            return new Trace([.. Ends, "attempt.branch-restored"], parts[3], long.Parse(parts[4], CultureInfo.InvariantCulture), Patient: true);
        }),
        new("rm -r an agent's worktree", async person =>
        {
            var folders = (await person.Bench.GitAsync("worktree", "list", "--porcelain")).Split('\n').Where(line => line.StartsWith("worktree ", StringComparison.Ordinal)).Skip(1)
                .Select(line => line["worktree ".Length..]).Where(path => File.Exists(Path.Combine(person.Bench.Signals, $"at-{TaskOfFolder(path)}")) && Directory.Exists(path))
                .Where(path => IsHeld(person, one => Path.GetFileName(path) == $"{one.Task}-{one.Fence}")).ToList();
            if (folders.Count == 0)
            {
                return null;
            }

            var folder = person.Any(folders);
            var name = Path.GetFileName(folder);
            await RemoveAllAsync(folder);
            return new Trace([.. Ends, "attempt.worktree-gone"], TaskOfFolder(folder), long.Parse(name.AsSpan(name.LastIndexOf('-') + 1), NumberStyles.None, CultureInfo.InvariantCulture), Patient: true);
        }),
    ];

    // The lease of one that is just being cleared away ended before; nothing more is told of it.
    private static bool IsHeld(Neighbour person, Func<(string Task, long Fence), bool> fits) =>
        person.Locks().Select(Neighbour.ReadLock).Any(held => held is { } one && fits(one));

    private static string TaskOfFolder(string path) => Path.GetFileName(path) is var name && name.LastIndexOf('-') is > 0 and var dash ? name[..dash] : "";

    private static Func<Neighbour, Task<Trace?>> Now(Func<Neighbour, Trace?> work) => person => Task.FromResult(work(person));

    // A task of the windows' story, so that what people say of it stands; what a run decides is the run's.
    private static Func<Neighbour, Task<Trace?>> Edit(Action<Neighbour, JsonNode> change, Func<string, Trace> trace, string[]? from = null) => Whole((person, tasks) =>
    {
        var fitting = tasks.Where(task => task!["story_id"]!.GetValue<string>() == "1.2" && (from is null || from.Contains(task["status"]!.GetValue<string>()))).ToList();
        if (fitting.Count == 0)
        {
            return null;
        }

        var chosen = person.Any(fitting)!;
        change(person, chosen);
        return trace(chosen["task_id"]!.GetValue<string>());
    });

    private static Func<Neighbour, Task<Trace?>> Whole(Func<Neighbour, JsonArray, Trace?> change) => Now(person =>
    {
        var document = JsonNode.Parse(person.Bench.Read("agent_tasks/todo_progress.json"))!;
        return change(person, (JsonArray)document["tasks"]!) is { } trace ? Write(person, "agent_tasks/todo_progress.json", document.ToJsonString(), trace) : null;
    });

    private static (string Path, string Task, long Fence)? Pick(Neighbour person) =>
        person.Locks().Select(path => (Path: path, Held: Neighbour.ReadLock(path))).Where(entry => entry.Held is not null).ToList() is { Count: > 0 } held
            ? person.Any(held) is var (path, one) ? (path, one!.Value.Task, one.Value.Fence) : null : null;

    private static async Task<string?> OpenTaskAsync(Neighbour person) =>
        (await person.StatusesAsync()).Where(task => task.Value == "pending" && !File.Exists(person.PathOf($".lock/{task.Key}.lock"))).Select(task => task.Key).ToList() is { Count: > 0 } open ? person.Any(open) : null;

    private static string? Message(Neighbour person) => Directory.GetFiles(person.PathOf("agent_comms"), "*.msg") is { Length: > 0 } messages ? person.Any(messages) : null;

    private static string? Prompt(Neighbour person) =>
        Directory.Exists(person.PathOf("agent_prompts")) && Directory.GetFiles(person.PathOf("agent_prompts"), "*.md") is { Length: > 0 } prompts ? Path.GetRelativePath(person.Bench.Root, person.Any(prompts)) : null;

    private static string Lock(string agent, TimeSpan left) => new JsonObject
    {
        ["agent_id"] = agent,
        ["locked_at"] = (DateTimeOffset.UtcNow + left - TimeSpan.FromHours(2)).ToString("O", CultureInfo.InvariantCulture),
        ["expires_at"] = (DateTimeOffset.UtcNow + left).ToString("O", CultureInfo.InvariantCulture),
    }.ToJsonString();

    // The run may be writing there: rm says that the folder is not empty, and the person says it again.
    private static async Task RemoveAllAsync(string folder)
    {
        for (var turn = 0; Directory.Exists(folder); turn++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (IOException) when (turn < 100)
            {
                await Task.Delay(10);
            }
        }
    }

    private static Trace Remove(string path, Trace trace)
    {
        File.Delete(path);
        return trace;
    }

    // As an editor saves: beside it, then over it.
    private static Trace Write(Neighbour person, string path, string text, Trace trace)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(person.PathOf(path))!);
        var beside = person.PathOf($"{path}.swp");
        File.WriteAllText(beside, text);
        File.Move(beside, person.PathOf(path), overwrite: true);
        return trace;
    }
}
