using Interlock.Engine;
using Interlock.Engine.Configuration;
using Interlock.Engine.Running;
using Interlock.Engine.Verification;
using Interlock.Engine.Worktrees;
using Interlock.Tests.Worktrees;

namespace Interlock.Tests.Verification;

/// <summary>A repository whose configuration names checks, which leave marks in a folder that they may write.</summary>
internal sealed class VerifierBench : IDisposable
{
    private readonly TestRepository repository = new();
    private readonly List<Workspace> opened = [];

    public VerifierBench() => Directory.CreateDirectory(Marks);

    public string Marks => Path.Combine(repository.Home, "marks");

    public string Head => repository.Head;

    public List<RunNews> News { get; } = [];

    public Workspace Workspace => opened[^1];

    public void Write(string path, string text) => repository.Write(path, text);

    public string Commit() => repository.Commit("work");

    /// <summary>A commit of its own with the tree of the one before.</summary>
    public string CommitNothing()
    {
        repository.Run("commit", "--quiet", "--allow-empty", "-m", "nothing");
        return Head;
    }

    /// <summary>A shell line that notes that a check ran.</summary>
    public string Note(string name) => $"echo x >> {Marks}/{name}";

    public int Times(string name) => File.Exists(Path.Combine(Marks, name)) ? File.ReadAllLines(Path.Combine(Marks, name)).Length : 0;

    /// <summary>As a new process would: opens the repository again and asks.</summary>
    /// <param name="checks">Members of the configuration's list of checks.</param>
    /// <param name="more">Further members of the configuration.</param>
    public async Task<Verdict> VerifyAsync(string checks, string? commit = null, CheckStage stage = CheckStage.Land, string more = "")
    {
        repository.Write("interlock.json", $$"""{ "checks": [ {{checks}} ], "sandbox_write": ["{{Marks}}"] {{more}} }""");
        var workspace = Workspace.Open(repository.Main, TimeProvider.System);
        opened.Add(workspace);
        var config = workspace.Config.Config;
        var pool = repository.NewPool(new WorktreeSetup(config.Worktrees.Copy, config.Worktrees.Link, config.Worktrees.Setup));
        var entries = config.Checks!.Entries.Select(entry => RunSettings.CheckOf(entry)).ToList();
        var verifier = new Verifier(workspace, workspace.Repository!, pool, entries, News.Add);
        return await verifier.VerifyAsync("1.1.1-1", commit ?? Head, stage, TestContext.Current.CancellationToken);
    }

    public static string Check(string name, string line, string more = "") => $$"""{ "name": "{{name}}", "command": "{{line}}" {{more}} }""";

    public IReadOnlyList<string> EventKinds() => [.. Workspace.Store.Read(reader => reader.Events(0, 1000)).Select(line => line.Kind)];

    public void Dispose()
    {
        opened.ForEach(workspace => workspace.Dispose());
        repository.Dispose();
    }
}
