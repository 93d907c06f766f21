using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Merging;
using Interlock.Engine.Protocol;
using Interlock.Engine.Running;
using Interlock.Engine.Stores;

namespace Interlock.Tests.Faults.Simulation;

/// <summary>
/// One repository with its people, agents, runs, clocks and disk, all moved by one seed. What decides is the product: the
/// operations, the scheduler, the reconciler, the merge queue with its landing and its watch. Only git, processes, worktrees
/// and the disk are models.
/// </summary>
internal sealed partial class World
{
    public const string Target = "refs/heads/interlock/2.5";
    public static readonly StoryId Story = new("2.5");

    private static readonly string[] Modules = ["m1", "m2", "m3"];

    private readonly FaultCounts counts;
    private readonly List<string>? trace;
    private readonly Mutant mutant;
    private readonly ProtocolOptions options;
    private readonly List<WorkTask> plan = [];
    private bool hasSpace = true;
    private bool calm;
    private int depth;
    private int boots = 1;

    public World(int seed, Mutant? seeded, FaultCounts counted, List<string>? told)
    {
        Chance = new Random(seed);
        mutant = seeded ?? Mutant.None;
        counts = counted;
        trace = told;
        options = new ProtocolOptions(
            new Limits { Agents = 4, PerModule = 2, PerEpic = 3, PerType = new Dictionary<string, int> { ["qa"] = 1 } },
            TimeSpan.FromHours(2), IgnoreCase: false, TypeOf, () => hasSpace) { Chance = Chance.NextDouble };
        Git = new SimulatedGit { Before = BeforeGit, RefIsLocked = RefIsLocked, AfterSwap = () => Effect(Fault.CrashAfterSwap) };
        Places = new Places(this) { SkipsSaving = mutant.SkipsSaving };
        File = new MemoryFile("e1");
        Judge = new Judge(this);
        Store = new MemoryStore(File) { BeforeWrite = () => Effect(Fault.CrashBeforeWrite), AfterWrite = () => Effect(Fault.CrashAfterWrite), AtCommit = AtCommit, Committed = Judge.Committed };
        Store.Alter = mutant.Alter is { } alter ? transaction => alter(this, transaction) : null;
        Checks = new SimulatedChecks(Git, () => Struck(Fault.FlakyCheck, 40)) { AlwaysPass = mutant.ChecksAlwaysPass };
        Git.Swapped = Judge.Swapped;
        Protocol = new TaskProtocol(Store, new Clock(Time, "boot-1"), options);
        calm = true;
        Plan();
        calm = false;
    }

    public Random Chance { get; }
    public SimulatedTime Time { get; } = new();
    public SimulatedGit Git { get; }
    public SimulatedChecks Checks { get; }
    public Places Places { get; }
    public MemoryFile File { get; }
    public MemoryStore Store { get; private set; }
    public TaskProtocol Protocol { get; private set; }
    public Judge Judge { get; }
    public ProtocolOptions Options => options;
    public IReadOnlyList<WorkTask> Planned => plan;
    public LeaseClock Now => Protocol.Clock.Read();
    public string Boot => $"boot-{boots.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>The run whose code is executing; null while anybody else acts. Only a run dies in the middle.</summary>
    public Run? Current { get; private set; }

    /// <summary>Plays the whole schedule, then lets the faults stop and looks whether everything comes to an end.</summary>
    public void Play()
    {
        var steps = Chance.Next(20, 61);
        for (var step = 0; step < steps; step++)
        {
            Step();
        }

        CalmDown();
        Judge.AtTheEnd();
    }

    /// <summary>Whether somebody wants to read what happens.</summary>
    public bool IsTold => trace is not null;

    public void Say(string what) => trace?.Add(string.Create(CultureInfo.InvariantCulture, $"{new string(' ', depth * 2)}{Now.Wall:HH:mm:ss} {what}"));

    public void Say([InterpolatedStringHandlerArgument("")] ref WhenTold what)
    {
        if (IsTold)
        {
            Say(what.Text());
        }
    }

    /// <summary>True once in so many calls, while faults strike at all; counted when it does.</summary>
    public bool Struck(Fault fault, int oneIn)
    {
        if (calm || Chance.Next(oneIn) != 0)
        {
            return false;
        }

        Hit(fault);
        return true;
    }

    public void Hit(Fault fault)
    {
        counts.Add(fault);
        trace?.Add($"{new string(' ', depth * 2)}* {fault}");
    }

    public HolderState Probe(Lease lease)
    {
        var state = TrueState(lease);
        return mutant.Probe is { } wrong ? wrong(state) : state;
    }

    public HolderState TrueState(Lease lease)
    {
        if (lease.Supervisor is not { } supervisor)
        {
            return HolderState.None;
        }

        var run = runs.Find(other => other.Self == supervisor);
        return supervisor.Host != "host" ? HolderState.Unknown : supervisor.Boot != Boot || run is null or { Dead: true } ? HolderState.Dead : HolderState.Alive;
    }

    public MergeQueue NewQueue() => new(
        Protocol, mutant.Git?.Invoke(this) ?? Git, new SimulatedChains(Store, Git) { WrongBase = mutant.WrongMergeBase }, Checks, QueueSettings.Default, (_, _) => "log", _ => { });

    public static string? TypeOf(AgentId agent) => agent.Value.LastIndexOf('-') is > 0 and var dash ? agent.Value[..dash] : null;

    private void Plan()
    {
        var tasks = Chance.Next(3, 8);
        for (var i = 1; i <= tasks; i++)
        {
            var module = Modules[Chance.Next(Modules.Length)];
            string[] files = Chance.Next(5) == 0 ? [$"src/{module}/**"] : [.. Enumerable.Range(0, Chance.Next(1, 3)).Select(_ => $"src/{module}/f{Chance.Next(3)}").Distinct()];
            plan.Add(new WorkTask
            {
                Id = new TaskId($"2.5.{i.ToString(CultureInfo.InvariantCulture)}"),
                Story = Story,
                Epic = "2",
                Title = $"Task {i.ToString(CultureInfo.InvariantCulture)}",
                Order = i,
                Module = module,
                Priority = Chance.Next(1, 3),
                Files = files,
                Dependencies = i > 1 && Chance.Next(3) == 0 ? [new TaskId($"2.5.{Chance.Next(1, i).ToString(CultureInfo.InvariantCulture)}")] : [],
                CreatedAt = Time.GetUtcNow(),
                UpdatedAt = Time.GetUtcNow(),
            });
        }

        Git.Set(Target, Git.Add(null, ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal)).Id);
        Import();
    }

    private void Import() => Store.Write(transaction =>
    {
        plan.ForEach(transaction.Put);
        transaction.Append(Now.Wall, "plan.imported", "tasks of the plan");
        return true;
    });

    private void BeforeGit(string call) => Effect(call switch
    {
        "resolve" => Fault.CrashBeforeReadingARef,
        "swap" => Fault.CrashBeforeSwap,
        "verify" => Fault.CrashBeforeChecks,
        "keep" => Fault.CrashBeforeKeepingLanded,
        _ => Fault.CrashBeforeAskingAncestry,
    });

    private bool RefIsLocked() => Current is not null && Struck(Fault.RefIsLocked, 60);

    // Between two effects of a run its process may die, and anybody else may act.
    private void Effect(Fault crash)
    {
        if (calm || Current is not { } run)
        {
            return;
        }

        if (Chance.Next(crash is Fault.CrashBeforeWrite or Fault.CrashAfterWrite or Fault.CrashBeforeReadingARef ? 150 : 30) == 0)
        {
            Hit(crash);
            run.Dead = true;
            throw new ProcessDied();
        }

        if (depth == 0 && Chance.Next(30) == 0)
        {
            Hit(Fault.OthersActInBetween);
            depth++;
            Current = null;
            Interfere();
            Current = run;
            depth--;
        }
    }

    private void AtCommit()
    {
        if (Struck(Fault.DiskFull, 400))
        {
            throw new StoreException("the disk is full; nothing was changed", "Free some space");
        }

        if (Struck(Fault.DiskError, 400))
        {
            throw new StoreException("the disk fails; nothing was changed", "Check the disk");
        }
    }

    /// <summary>Runs what one actor does; a disk that refuses costs it this attempt and nothing else.</summary>
    private void Try(Action act)
    {
        try
        {
            act();
        }
        catch (StoreException error)
        {
            Say($"refused by the disk: {error.Message}");
        }
    }
}
