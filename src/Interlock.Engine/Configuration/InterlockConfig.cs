using System.Text.Json.Serialization;
using Interlock.Domain.Merging;

namespace Interlock.Engine.Configuration;

/// <summary>
/// The file <c>interlock.json</c> at the root of the repository. Everything has a default, and the setters are not
/// <c>init</c> because the generated reader would set what the file leaves out to zero.
/// </summary>
public sealed record InterlockConfig
{
    public const string FileName = "interlock.json";

    [JsonPropertyName("$schema")]
    public string? Schema { get; set; }

    /// <summary>Repo-relative path of the plan.</summary>
    public string Plan { get; set; } = "plan/IMPLEMENTATION_PLAN.md";

    /// <summary>True when checkboxes below headings such as Definition of Done are tasks as well.</summary>
    public bool PlanCriteriaAsTasks { get; set; }

    /// <summary>Words of <see cref="Interlock.Domain.Plans.DependencyKinds"/>: implicit orders that do not hold here.</summary>
    public IReadOnlyList<string> PlanRelax { get; set; } = [];

    public IReadOnlyList<RosterEntry>? Roster { get; set; }
    public LimitsSection Limits { get; set; } = new();

    /// <summary>Module name to globs; a task whose files match belongs to it instead of to its group.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Modules { get; set; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>From when on a busy machine is given no further agent; without members for <c>"off"</c>.</summary>
    [JsonConverter(typeof(AdmissionConverter))]
    public AdmissionSection Admission { get; set; } = new();

    public LeaseSection Lease { get; set; } = new();

    /// <summary>One of <see cref="DurabilityModes"/>: what an acknowledged change survives.</summary>
    public string Durability { get; set; } = DurabilityModes.Full;
    public AgentSection? Agent { get; set; }

    /// <summary>Named ways to run an agent, for <c>agent.adapter</c>, <c>fallback</c>, the roster and <c>run --agent</c>.</summary>
    public IReadOnlyDictionary<string, NamedAgentSection> Agents { get; set; } = new Dictionary<string, NamedAgentSection>();

    public BudgetSection Budget { get; set; } = new();

    /// <summary>Model name to price, besides and before the list that comes with the program.</summary>
    public IReadOnlyDictionary<string, PriceEntry> Prices { get; set; } = new Dictionary<string, PriceEntry>();

    /// <summary>Null when nothing is said; <c>"none"</c> is an empty list with <see cref="ChecksSection.None"/>.</summary>
    public ChecksSection? Checks { get; set; }

    public WorktreesSection Worktrees { get; set; } = new();
    public MergeQueueSection MergeQueue { get; set; } = new();

    /// <summary>Whether batches are verified beside each other. With one place for commands it would only keep a second look waiting.</summary>
    [JsonIgnore]
    public bool LandsAhead => MergeQueue.Ahead && Limits.Builds is not 1;

    /// <summary>How files that many tasks change come together; the first entry that names a path counts. Such files are not leased.</summary>
    public IReadOnlyList<MergeRuleEntry> MergeRules { get; set; } = [];

    /// <summary>How often a run looks whether active work will conflict; infinite for <c>"off"</c>.</summary>
    [JsonConverter(typeof(DurationOrOffConverter))]
    public TimeSpan EarlyWarning { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Names of environment variables agents and checks inherit beyond the harmless ones.</summary>
    public IReadOnlyList<string> Environment { get; set; } = [];

    /// <summary>One of <see cref="SandboxModes"/>: what agents and checks run in.</summary>
    public string Sandbox { get; set; } = SandboxModes.Auto;

    /// <summary>False: agents in the sandbox have a loopback of their own and nothing else.</summary>
    public bool SandboxNetwork { get; set; } = true;

    /// <summary>One of <see cref="GuardModes"/>: what happens when the hooks of an agent's CLI do not fire.</summary>
    public string Guard { get; set; } = GuardModes.Visible;

    /// <summary>Paths agents and checks may write besides their worktree; <c>~/</c> is the home, others start at the repository.</summary>
    public IReadOnlyList<string> SandboxWrite { get; set; } = [];

    /// <summary>Shell lines whose output says which tools are installed; a green check counts only for the same output.</summary>
    public IReadOnlyList<string> Toolchain { get; set; } = [];
}

/// <summary>The words of the setting <c>durability</c>.</summary>
public static class DurabilityModes
{
    public const string Full = "full";
    public const string Normal = "normal";

    public static IReadOnlyList<string> All { get; } = [Full, Normal];

    public static Stores.Durability Of(string word) => word == Normal ? Stores.Durability.Normal : Stores.Durability.Full;
}

/// <summary>The words of the setting <c>sandbox</c>.</summary>
public static class SandboxModes
{
    /// <summary>A sandbox where there is one; where there is none it is said.</summary>
    public const string Auto = "auto";

    /// <summary>Refuse to run checks without it.</summary>
    public const string Bwrap = "bwrap";
    public const string None = "none";

    public static IReadOnlyList<string> All { get; } = [Auto, Bwrap, None];
}

/// <summary>The words of the setting <c>guard</c>.</summary>
public static class GuardModes
{
    /// <summary>An agent whose hooks do not fire is stopped.</summary>
    public const string Required = "required";

    /// <summary>It goes on and is said to be unguarded; what it must not change is refused when it hands in.</summary>
    public const string Visible = "visible";

    /// <summary>No hooks are given to agents of a run.</summary>
    public const string Off = "off";

    public static IReadOnlyList<string> All { get; } = [Required, Visible, Off];
}

public sealed record RosterEntry
{
    public required string Type { get; set; }
    public int Count { get; set; } = 1;

    /// <summary>What its agents are: an entry of <c>agents</c> or an adapter; null for <c>agent</c>.</summary>
    public string? Adapter { get; set; }

    /// <summary>Words and phrases that mark a task as theirs.</summary>
    public IReadOnlyList<string> Specialties { get; set; } = [];
}

public sealed record LimitsSection
{
    public int Agents { get; set; } = 10;
    public int PerModule { get; set; } = 3;
    public int PerEpic { get; set; } = 5;
    public IReadOnlyDictionary<string, int> PerType { get; set; } = new Dictionary<string, int>();

    /// <summary>By the provider whose limits an agent's adapter runs into; <c>shell</c> is that of the shell adapter.</summary>
    public IReadOnlyDictionary<string, int> PerProvider { get; set; } = new Dictionary<string, int>();

    /// <summary>How many verifications and set-ups of worktrees run their commands at once; null for no limit.</summary>
    public int? Builds { get; set; }

    public int Attempts { get; set; } = 3;
}

public sealed record AdmissionSection
{
    /// <summary>Processes that want each core, on average over a minute.</summary>
    public double? Load { get; set; } = 8;

    public DiskSize? FreeMemory { get; set; } = new DiskSize(512L << 20);
}

public sealed record LeaseSection
{
    public TimeSpan Duration { get; set; } = TimeSpan.FromHours(2);
}

public sealed record CheckEntry
{
    public required string Name { get; set; }
    public required CommandLine Command { get; set; }
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>One of <see cref="CheckTimes"/>.</summary>
    public string At { get; set; } = CheckTimes.Land;

    /// <summary>False: run every time, also on a tree that was green before.</summary>
    public bool Cache { get; set; } = true;

    /// <summary>True: the sandbox lets it use the network.</summary>
    public bool Network { get; set; }
}

/// <summary>The words of the setting <c>at</c> of a check.</summary>
public static class CheckTimes
{
    public const string Submit = "submit";
    public const string Land = "land";
    public const string Both = "both";

    public static IReadOnlyList<string> All { get; } = [Submit, Land, Both];
}

/// <summary>What work must pass. <see cref="None"/> says in writing that there is nothing.</summary>
public sealed record ChecksSection(IReadOnlyList<CheckEntry> Entries, bool None);

public sealed record MergeQueueSection
{
    /// <summary>Most changes verified together; the queue adapts below it. 1 verifies each alone.</summary>
    public int Window { get; set; } = MergeWindow.DefaultMost;

    /// <summary>A change that waited longer goes next and alone.</summary>
    public TimeSpan MaxAge { get; set; } = MergeOrder.DefaultMaxAge;

    /// <summary>Verify the next batch while the present one is verified, on top of it.</summary>
    public bool Ahead { get; set; } = true;
}

public sealed record MergeRuleEntry
{
    /// <summary>Paths and globs.</summary>
    public required IReadOnlyList<string> Paths { get; set; }

    /// <summary><c>union</c>, <c>regenerate</c> or <c>renumber</c>.</summary>
    public required string Rule { get; set; }

    /// <summary>What makes the paths anew; only of <c>regenerate</c>.</summary>
    public CommandLine? Command { get; set; }

    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(5);
}

public sealed record WorktreesSection
{
    /// <summary>Folder for worktrees, outside the checkout; null for the user's state folder.</summary>
    public string? Root { get; set; }

    public IReadOnlyList<string> Link { get; set; } = [];
    public IReadOnlyList<string> Copy { get; set; } = [];

    /// <summary>Brought by reflink, else by hard link, else copied.</summary>
    [JsonPropertyName("clone")]
    public IReadOnlyList<string> Cloned { get; set; } = [];

    public string? Setup { get; set; }

    /// <summary>Most folders pooled for reuse; null for one for each agent and one for verification.</summary>
    public int? Pool { get; set; }

    /// <summary>Globs of ignored files that agents' reused folders keep.</summary>
    public IReadOnlyList<string> Keep { get; set; } = [];

    public DiskSize? Disk { get; set; }
    public PortsSection? Ports { get; set; }

    /// <summary>Variable name to value, in which <c>{slot}</c> and <c>{port}</c> are filled in.</summary>
    public IReadOnlyDictionary<string, string> Env { get; set; } = new Dictionary<string, string>();
}

public sealed record PortsSection
{
    /// <summary>First port of slot 0.</summary>
    public required int From { get; set; }

    public int PerSlot { get; set; } = 10;
}

public readonly record struct DiskSize(long Bytes);

/// <summary>A program with its arguments, or one line for the platform's shell.</summary>
public sealed record CommandLine(IReadOnlyList<string> Arguments, bool Shell)
{
    public IReadOnlyList<string> ToArguments() => !Shell ? Arguments
        : OperatingSystem.IsWindows() ? ["cmd.exe", "/d", "/s", "/c", Arguments[0]]
        : ["/bin/sh", "-c", Arguments[0]];

    public override string ToString() => string.Join(' ', Arguments);
}
