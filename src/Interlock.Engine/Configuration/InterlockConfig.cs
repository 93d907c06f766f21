using System.Text.Json.Serialization;

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

    public LeaseSection Lease { get; set; } = new();
    public AgentSection? Agent { get; set; }

    /// <summary>Null when nothing is said; <c>"none"</c> is an empty list with <see cref="ChecksSection.None"/>.</summary>
    public ChecksSection? Checks { get; set; }

    public WorktreesSection Worktrees { get; set; } = new();

    /// <summary>Names of environment variables agents and checks inherit beyond the harmless ones.</summary>
    public IReadOnlyList<string> Environment { get; set; } = [];
}

public sealed record RosterEntry
{
    public required string Type { get; set; }
    public int Count { get; set; } = 1;

    /// <summary>Words and phrases that mark a task as theirs.</summary>
    public IReadOnlyList<string> Specialties { get; set; } = [];
}

public sealed record LimitsSection
{
    public int Agents { get; set; } = 10;
    public int PerModule { get; set; } = 3;
    public int PerEpic { get; set; } = 5;
    public IReadOnlyDictionary<string, int> PerType { get; set; } = new Dictionary<string, int>();
    public int Attempts { get; set; } = 3;
}

public sealed record LeaseSection
{
    public TimeSpan Duration { get; set; } = TimeSpan.FromHours(2);
}

public sealed record AgentSection
{
    public string Adapter { get; set; } = "shell";
    public required CommandLine Command { get; set; }

    /// <summary>Wall clock one attempt may take.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(60);

    /// <summary>How long it may print nothing.</summary>
    public TimeSpan Silence { get; set; } = TimeSpan.FromMinutes(20);
}

public sealed record CheckEntry
{
    public required string Name { get; set; }
    public required CommandLine Command { get; set; }
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(10);
}

/// <summary>What work must pass. <see cref="None"/> says in writing that there is nothing.</summary>
public sealed record ChecksSection(IReadOnlyList<CheckEntry> Entries, bool None);

public sealed record WorktreesSection
{
    /// <summary>Folder for worktrees, outside the checkout; null for the user's state folder.</summary>
    public string? Root { get; set; }

    public IReadOnlyList<string> Link { get; set; } = [];
    public IReadOnlyList<string> Copy { get; set; } = [];
    public string? Setup { get; set; }
}

/// <summary>A program with its arguments, or one line for the platform's shell.</summary>
public sealed record CommandLine(IReadOnlyList<string> Arguments, bool Shell)
{
    public IReadOnlyList<string> ToArguments() => !Shell ? Arguments
        : OperatingSystem.IsWindows() ? ["cmd.exe", "/d", "/s", "/c", Arguments[0]]
        : ["/bin/sh", "-c", Arguments[0]];

    public override string ToString() => string.Join(' ', Arguments);
}
