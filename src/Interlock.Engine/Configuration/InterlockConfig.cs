using System.Text.Json.Serialization;

namespace Interlock.Engine.Configuration;

/// <summary>The file <c>interlock.json</c> at the root of the repository. Everything has a default.</summary>
public sealed record InterlockConfig
{
    public const string FileName = "interlock.json";

    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }

    /// <summary>Repo-relative path of the plan.</summary>
    public string Plan { get; init; } = "plan/IMPLEMENTATION_PLAN.md";

    public IReadOnlyList<RosterEntry>? Roster { get; init; }
    public LimitsSection Limits { get; init; } = new();

    /// <summary>Module name to globs; a task whose files match belongs to it instead of to its group.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Modules { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    public LeaseSection Lease { get; init; } = new();
    public AgentSection? Agent { get; init; }

    /// <summary>Null when nothing is said; <c>"none"</c> is an empty list with <see cref="ChecksSection.None"/>.</summary>
    public ChecksSection? Checks { get; init; }

    public WorktreesSection Worktrees { get; init; } = new();

    /// <summary>Names of environment variables agents and checks inherit beyond the harmless ones.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];
}

public sealed record RosterEntry
{
    public required string Type { get; init; }
    public int Count { get; init; } = 1;

    /// <summary>Words and phrases that mark a task as theirs.</summary>
    public IReadOnlyList<string> Specialties { get; init; } = [];
}

public sealed record LimitsSection
{
    public int Agents { get; init; } = 10;
    public int PerModule { get; init; } = 3;
    public int PerEpic { get; init; } = 5;
    public IReadOnlyDictionary<string, int> PerType { get; init; } = new Dictionary<string, int>();
    public int Attempts { get; init; } = 3;
}

public sealed record LeaseSection
{
    public TimeSpan Duration { get; init; } = TimeSpan.FromHours(2);
}

public sealed record AgentSection
{
    public string Adapter { get; init; } = "shell";
    public required CommandLine Command { get; init; }

    /// <summary>Wall clock one attempt may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>How long it may print nothing.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMinutes(20);
}

public sealed record CheckEntry
{
    public required string Name { get; init; }
    public required CommandLine Command { get; init; }
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>What work must pass. <see cref="None"/> says in writing that there is nothing.</summary>
public sealed record ChecksSection(IReadOnlyList<CheckEntry> Entries, bool None);

public sealed record WorktreesSection
{
    /// <summary>Folder for worktrees, outside the checkout; null for the user's state folder.</summary>
    public string? Root { get; init; }

    public IReadOnlyList<string> Link { get; init; } = [];
    public IReadOnlyList<string> Copy { get; init; } = [];
    public string? Setup { get; init; }
}

/// <summary>A program with its arguments, or one line for the platform's shell.</summary>
public sealed record CommandLine(IReadOnlyList<string> Arguments, bool Shell)
{
    public IReadOnlyList<string> ToArguments() => !Shell ? Arguments
        : OperatingSystem.IsWindows() ? ["cmd.exe", "/d", "/s", "/c", Arguments[0]]
        : ["/bin/sh", "-c", Arguments[0]];

    public override string ToString() => string.Join(' ', Arguments);
}
