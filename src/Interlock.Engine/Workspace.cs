using Interlock.Domain.Assignment;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Configuration;
using Interlock.Engine.Health;
using Interlock.Engine.Learning;
using Interlock.Engine.Platform;
using Interlock.Engine.Projections;
using Interlock.Engine.Protocol;
using Interlock.Engine.Stores;
using Interlock.Engine.Stores.Sqlite;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine;

/// <summary>One repository opened for work: its configuration, its store and the files that mirror it.</summary>
public sealed class Workspace : IDisposable
{
    private readonly ProjectedFiles projections;
    private readonly Doors doors;

    private Workspace(string folder, string root, Repository? repository, ConfigFile config, string stateDir, IStore store, Clock clock)
    {
        Folder = folder;
        Root = root;
        Repository = repository;
        Config = config;
        StateDir = stateDir;
        Protocol = new TaskProtocol(store, clock, OptionsOf(config));
        Builds = new BuildSlots(stateDir, () => Config.Config.Limits.Builds);
        Backups = new Backups(repository is null ? Path.Combine(stateDir, "backups") : Path.Combine(UserFolders.State, "backups", UserFolders.NameFor(repository.CommonDir)));
        Tokens = new TokenFolder(Path.Combine(stateDir, "tokens"));
        var typeNames = config.Roster.Types.Select(type => type.Name).ToHashSet();
        Mailbox = new Mailbox(store, clock, TypeOf, typeNames.Contains);
        projections = new ProjectedFiles(root, store, clock, (reader, tasks) => Prompts.ForWindows(this, reader, tasks));
        doors = new Doors(root, stateDir, Protocol, Mailbox, () => RunLock.IsHeld(stateDir));
    }

    /// <summary>The folder it was asked for in, which may lie in a linked worktree.</summary>
    public string Folder { get; }

    public string Root { get; }

    /// <summary>Null outside git.</summary>
    public Repository? Repository { get; }

    public ConfigFile Config { get; private set; }

    /// <summary>What bounds how many checks and set-ups run at once.</summary>
    public BuildSlots Builds { get; }

    /// <summary>Folder of the store, the logs and everything else that is not shown to people directly.</summary>
    public string StateDir { get; }

    public TaskProtocol Protocol { get; }

    public TokenFolder Tokens { get; }

    public Backups Backups { get; }

    public Mailbox Mailbox { get; }

    public IStore Store => Protocol.Store;

    /// <summary>Finds the repository around a folder and opens its store, creating it when there is none.</summary>
    /// <exception cref="BadInputException">The configuration cannot be used.</exception>
    /// <exception cref="StoreException">The store cannot be used.</exception>
    /// <param name="rebuilding">The store may be new although work has landed here.</param>
    public static Workspace Open(string folder, TimeProvider time, bool rebuilding = false)
    {
        if (!Directory.Exists(folder))
        {
            throw new BadInputException($"{folder} is not a folder", "Name an existing one with --root", 2);
        }

        var repository = Repository.Discover(folder);
        if (repository is { MainCheckout: null })
        {
            throw NoCheckout(repository);
        }

        var root = repository?.MainCheckout ?? PlainRoot(folder);
        var config = ConfigFile.Read(root);
        var stateDir = repository?.StateDir ?? Path.Combine(root, ".interlock");
        if (!rebuilding && repository is not null)
        {
            RequireStateWhereThereWasOne(repository, root);
        }

        CreatePrivately(stateDir);
        if (repository is not null)
        {
            GitPlace.Remember(repository);
        }

        var store = SqliteStore.Open(Path.Combine(stateDir, "state.db"), NewEpoch, DurabilityModes.Of(config.Config.Durability));
        var workspace = new Workspace(folder, root, repository, config, stateDir, store, new Clock(time, ProcessIdentity.Current.BootId));
        workspace.KeepOutOfCommits();
        return workspace;
    }

    private static BadInputException NoCheckout(Repository repository) =>
        repository.Git.RunAsync(["rev-parse", "--is-bare-repository"], CancellationToken.None).GetAwaiter().GetResult() == "true"
            ? new($"{repository.CommonDir} is a bare repository", "Run interlock in a clone of it that has a checkout", 3)
            : new($"the main checkout of {repository.CommonDir} is not known here", "Run interlock once in the folder whose .git file names that directory", 3);

    internal static string NewEpoch() => Convert.ToHexStringLower(Guid.NewGuid().ToByteArray())[..12];

    /// <summary>Takes in what people changed in the files, then writes the files anew. Other processes wait their turn.</summary>
    /// <exception cref="ProjectionException">They cannot be read or written.</exception>
    public void Sync() => InStep(() =>
    {
        var seen = doors.Reconcile();
        Protocol.CompleteWholes();
        Mailbox.NoteOverdue();
        projections.Write(seen);
    });

    /// <summary>As <see cref="Sync"/> after something was done, which stays done whatever becomes of the files; the next command tries again.</summary>
    /// <returns>What kept them from being taken in or written; null when nothing did.</returns>
    public ProjectionException? TrySync() => Try(Sync);

    /// <summary>Writes every prompt again, also those somebody edited. What keeps it from that is returned, as by <see cref="TrySync"/>.</summary>
    public ProjectionException? RenewPrompts() => Try(() => InStep(() =>
    {
        var seen = doors.Reconcile();
        doors.KeepPrompts();
        projections.RenewPrompts();
        projections.Write(seen);
    }));

    private static ProjectionException? Try(Action sync)
    {
        try
        {
            sync();
            return null;
        }
        catch (ProjectionException error)
        {
            return error;
        }
    }

    private void InStep(Action work)
    {
        try
        {
            using var gate = FileGate.Acquire(Path.Combine(StateDir, "projection.gate"));
            work();
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException and not ProjectionException)
        {
            var remedy = error is UnauthorizedAccessException ? "Make the folder writable; the state itself is safe" : "The state itself is safe; the next command tries again";
            throw new ProjectionException($"the status files in {Root} cannot be taken in or written: {error.Message}", remedy, error);
        }
    }

    public Snapshot Snapshot() => Protocol.Snapshot();

    /// <summary>Works by another configuration from the next operation on.</summary>
    public void Use(ConfigFile config)
    {
        Config = config;
        Protocol.Use(OptionsOf(config));
    }

    /// <summary>The commit a revision names where the caller is: each checkout has a HEAD of its own. Null when it names none.</summary>
    internal Task<string?> ResolveAsync(Repository repository, string rev, CancellationToken cancellation) =>
        Checkout.Around(repository, Folder) is { } checkout ? checkout.ResolveAsync(rev, cancellation) : repository.ResolveAsync(rev, cancellation);

    public string? TypeOf(AgentId agent) => Protocol.Options.TypeOf(agent);

    public void Dispose() => Store.Dispose();

    // A repository without git still has one root for all its folders: where the store is, or the configuration, or the plan.
    private static string PlainRoot(string folder)
    {
        for (var at = new DirectoryInfo(Path.GetFullPath(folder)); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, ".interlock", "state.db")) || File.Exists(Path.Combine(at.FullName, InterlockConfig.FileName))
                || File.Exists(Path.Combine(at.FullName, new InterlockConfig().Plan)))
            {
                return at.FullName;
            }
        }

        return Path.GetFullPath(folder);
    }

    private static void RequireStateWhereThereWasOne(Repository repository, string root)
    {
        // Looked at again last, because another command may just have made the store, and written what shows it.
        if (!HasStore(repository) && LostState.TraceAsync(repository, root, CancellationToken.None).GetAwaiter().GetResult() is { } trace && !HasStore(repository))
        {
            throw new StoreException($"the state in {repository.StateDir} is gone, and {trace}", "Rebuild it: interlock doctor --rebuild");
        }
    }

    // An empty file is a lost one: SQLite takes it for a store that has just been made.
    private static bool HasStore(Repository repository) => new FileInfo(Path.Combine(repository.StateDir, "state.db")) is { Exists: true, Length: > 0 };

    private static void CreatePrivately(string folder)
    {
        try
        {
            PrivateFolder.Create(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{folder} cannot be created: {error.Message}", "Make its parent folder writable, or work in a copy", error);
        }
    }

    /// <summary>Why a task of the snapshot is where it is, by the rules and durations a claim would be decided on.</summary>
    public Explanation Explain(Snapshot snapshot, WorkTask task) => Store.Read(reader => Explanation.Of(snapshot, task, Protocol.Options.Effort(reader), Protocol.Options.IgnoreCase));

    private ProtocolOptions OptionsOf(ConfigFile config)
    {
        var types = config.Roster.Agents.ToDictionary(agent => agent.Id, agent => agent.Type);
        return new ProtocolOptions(
            config.Limits, config.Config.Lease.Duration, IgnoreCase: OperatingSystem.IsWindows() || OperatingSystem.IsMacOS(),
            agent => types.GetValueOrDefault(agent), () => !FreeSpace.IsLow(StateDir))
        {
            WithReal = names => RealNames.With(Root, names),
            Effort = reader => Pace.WhenAsked(reader, config.Config),
        };
    }

    // Agents that add everything would otherwise commit each other's status files. A file that is tracked stays tracked.
    private void KeepOutOfCommits()
    {
        if (Repository is null)
        {
            return;
        }

        var path = Path.Combine(Repository.CommonDir, "info", "exclude");
        const string Mark = "# interlock: status files are mirrors of the store";
        var text = File.Exists(path) ? File.ReadAllText(path) : "";
        if (text.Contains(Mark, StringComparison.Ordinal))
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var lines = $"{Mark}\n/agent_tasks/\n/agent_prompts/\n/agent_comms/\n/.lock/\n";
        AtomicFile.Write(path, System.Text.Encoding.UTF8.GetBytes(text.Length == 0 || text.EndsWith('\n') ? text + lines : $"{text}\n{lines}"));
    }
}
