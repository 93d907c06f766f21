using System.Text.Json;
using System.Text.Json.Nodes;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine;
using Interlock.Engine.Importers;
using Interlock.Engine.Protocol;
using Interlock.Engine.Stores;
using Interlock.Engine.Worktrees;
using Interlock.Tests.Worktrees;
using Microsoft.Extensions.Time.Testing;

namespace Interlock.Tests.Projections;

/// <summary>A repository opened in this process, whose files a test changes like a person would.</summary>
internal sealed class OpenedRepository : IDisposable
{
    public const string StatusPath = "agent_tasks/todo_progress.json";

    public const string Plan = """
        ### Story 2.5: Token store
        **Epic**: Platform
        #### Service
        - [ ] Task 2.5.1: Create the config [Files: src/config.ts]
        - [ ] Task 2.5.2: Add the scopes [Dependencies: Task 2.5.1] [Files: src/scopes.ts]
        - [ ] Task 2.5.3: Create the service [Files: src/service.ts]
        - [x] Task 2.5.4: Describe it
        """;

    private readonly string home = Directory.CreateTempSubdirectory("interlock-doors-").FullName;

    public OpenedRepository(bool import = true)
    {
        TestRepository.RunIn(home, "init", "-q");
        Workspace = Workspace.Open(home, Time);
        if (import)
        {
            Import();
        }
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public Workspace Workspace { get; }

    public string Root => Workspace.Root;

    public IStore Store => Workspace.Store;

    public TaskProtocol Protocol => Workspace.Protocol;

    public ImportReport Import(string plan = Plan)
    {
        Write("plan/IMPLEMENTATION_PLAN.md", plan);
        var report = PlanImport.Store(PlanImport.Read(Root, Workspace.Config), Workspace.Config, Protocol);
        Workspace.Sync();
        return report;
    }

    public string Full(string path) => Path.Combine(Root, path);

    public void Write(string path, string text) => TestRepository.WriteIn(Root, path, text);

    public string Read(string path) => File.ReadAllText(Full(path));

    public bool Has(string path) => File.Exists(Full(path));

    public void Delete(string path) => File.Delete(Full(path));

    public string[] Files(string folder) => Directory.Exists(Full(folder)) ? [.. Directory.GetFiles(Full(folder)).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)] : [];

    /// <summary>Copies of files that could not be used.</summary>
    public string[] Quarantined => Directory.Exists(Path.Combine(Workspace.StateDir, "quarantine"))
        ? [.. Directory.GetFiles(Path.Combine(Workspace.StateDir, "quarantine")).Select(File.ReadAllText)] : [];

    public WorkTask Task(string id) => Store.Read(reader => reader.FindTask(new TaskId(id)))!;

    public Lease? LeaseOf(string id) => Workspace.Snapshot().LeaseOf(new TaskId(id));

    /// <summary>Claims a task and returns its token.</summary>
    public LeaseToken Claim(string task, string agent = "a-1")
    {
        var reply = Protocol.Claim(new ClaimRequest(new TaskId(task), new AgentId(agent)));
        Assert.Null(reply.Refusal);
        Workspace.Sync();
        return LeaseToken.TryParse(reply.Token)!;
    }

    public JsonObject Status() => JsonNode.Parse(Read(StatusPath))!.AsObject();

    public JsonObject StatusOf(string id) => Status()["tasks"]!.AsArray().Select(task => task!.AsObject()).Single(task => (string?)task["task_id"] == id);

    /// <summary>Changes the status file by hand and lets the change be noticed; returns the events that left.</summary>
    public IReadOnlyList<Event> Edit(Action<JsonObject> edit) => EventsOf(() =>
    {
        var document = Status();
        edit(document);
        Write(StatusPath, document.ToJsonString());
        Workspace.Sync();
    });

    public IReadOnlyList<Event> EditTask(string id, Action<JsonObject> edit) => Edit(document => edit(TaskIn(document, id)));

    public static JsonObject TaskIn(JsonObject document, string id) =>
        document["tasks"]!.AsArray().Select(task => task!.AsObject()).Single(task => (string?)task["task_id"] == id);

    public IReadOnlyList<Event> Sync() => EventsOf(Workspace.Sync);

    public IReadOnlyList<Event> EventsOf(Action action)
    {
        var before = Store.Read(reader => reader.Revision);
        action();
        return Store.Read(reader => reader.Events(before, 1000));
    }

    /// <summary>Everything is as the store says, and looking again finds nothing to do.</summary>
    public void AssertSettled()
    {
        var before = Read(StatusPath);
        Assert.Empty(Sync());
        Assert.Equal(before, Read(StatusPath));
        Assert.Equal(Store.Read(reader => reader.Revision), Status()["revision"]!.GetValue<long>());
        using var document = JsonDocument.Parse(before);
    }

    public void Dispose()
    {
        Workspace.Dispose();
        LinkSafeDelete.Directory(home);
    }
}
