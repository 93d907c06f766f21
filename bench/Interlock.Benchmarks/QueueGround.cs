using System.Diagnostics;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine;
using Interlock.Engine.Merging;
using Interlock.Engine.Protocol;
using Interlock.Engine.Running;
using Interlock.Engine.Verification;
using Interlock.Engine.Worktrees;

namespace Interlock.Benchmarks;

/// <summary>A real repository, a real store and a real merge queue, with checks of the caller's own. In memory where the machine allows it.</summary>
internal sealed class QueueGround : IDisposable
{
    public const string Target = "refs/heads/interlock/2.5";
    public static readonly StoryId Story = new("2.5");

    private readonly Func<QueueGround, IVerifier> verifier;
    private readonly QueueSettings settings;

    public QueueGround(Func<LooseObjects, FileTree> first, Func<QueueGround, IVerifier> verifier, QueueSettings settings)
    {
        (this.verifier, this.settings) = (verifier, settings);
        Home = Directory.CreateDirectory(Path.Combine(Place(), $"interlock-ground-{Guid.NewGuid():N}")).FullName;
        Run("init", "--quiet", "--template=", "-b", "main");
        Objects = new LooseObjects(GitDir);
        Start = Objects.WriteCommit(first(Objects), [], "start");
        Run("update-ref", "--create-reflog", Target, Start);
        Open();
    }

    public string Home { get; }

    public string GitDir => Path.Combine(Home, ".git");

    public LooseObjects Objects { get; }

    public string Start { get; }

    public JumpingTime Time { get; } = new();

    public Workspace Workspace { get; private set; } = null!;

    public Repository Repository { get; private set; } = null!;

    public MergeQueue Queue { get; private set; } = null!;

    public TaskProtocol Protocol => Workspace.Protocol;

    /// <summary>What the queue said, oldest first.</summary>
    public List<RunNews> News { get; } = [];

    /// <summary>Called with each piece of news, before it is kept; may throw.</summary>
    public Action<RunNews>? OnNews { get; set; }

    /// <summary>Where the branch stands; null when there is none.</summary>
    public string? Tip => File.Exists(Path.Combine(GitDir, Target)) ? File.ReadAllText(Path.Combine(GitDir, Target)).Trim() : null;

    /// <summary>Everything in memory is forgotten, as after a crash.</summary>
    public void Reopen()
    {
        Workspace.Dispose();
        Open();
    }

    public void Add(params WorkTask[] tasks) => Workspace.Store.Write(transaction =>
    {
        foreach (var task in tasks)
        {
            transaction.Put(task);
        }

        transaction.Append(Time.GetUtcNow(), "test", "tasks put");
        return true;
    });

    public static WorkTask NewTask(string id, string module, int priority = 1) => new()
    {
        Id = new TaskId(id),
        Story = Story,
        Title = $"Change {id}",
        Module = module,
        Priority = priority,
        Files = [$"own/{id}"],
    };

    /// <summary>Claims the task and hands a commit in; the fence of the landing.</summary>
    public long Submit(TaskId task, string baseCommit, string commit, string agent = "dev-1")
    {
        var claim = Protocol.Claim(new ClaimRequest(task, new AgentId(agent), BaseCommit: baseCommit));
        var token = LeaseToken.TryParse(claim.Token) ?? throw new InvalidOperationException($"{task}: {claim.Refusal?.Message}");
        var reply = Protocol.Submit(task, token, Target, baseCommit, commit);
        return reply.Done ? reply.Lease!.Fence : throw new InvalidOperationException($"{task}: {reply.Refusal!.Message}");
    }

    /// <summary>Output of a plain git, as a person would run it.</summary>
    public string Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = Home, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(key => key.StartsWith("GIT_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in new[] { ("HOME", Home), ("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1") })
        {
            start.Environment[name] = value;
        }

        foreach (var name in new[] { "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL" })
        {
            start.Environment[name] = "someone";
        }

        using var git = Process.Start(start)!;
        var error = git.StandardError.ReadToEndAsync();
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return git.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {error.Result}");
    }

    public void Dispose()
    {
        Workspace.Dispose();
        Directory.Delete(Home, recursive: true);
    }

    private void Open()
    {
        Workspace = Workspace.Open(Home, Time);
        Repository = Workspace.Repository!;
        Queue = new MergeQueue(Workspace, Repository, verifier(this), settings, Hear);
    }

    private void Hear(RunNews news)
    {
        OnNews?.Invoke(news);
        News.Add(news);
    }

    // Syncing thousands of stores to a disk would measure the disk.
    private static string Place()
    {
        const string Memory = "/dev/shm";
        return Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace > 2L << 30 ? Memory : Path.GetTempPath();
    }
}
