using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Interlock.Domain.Assignment;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Merging;
using Interlock.Engine.Platform;
using Interlock.Engine.Verification;

namespace Interlock.Engine.Configuration;

/// <summary>A file a person wrote cannot be used. The message names file and line, the hint the remedy.</summary>
public sealed class BadInputException(string message, string hint, int exitCode = 1) : Exception(message)
{
    public string Hint { get; } = hint;

    /// <summary>1 refused, 2 usage, 3 environment.</summary>
    public int ExitCode { get; } = exitCode;
}

/// <summary>Reads <see cref="InterlockConfig"/> and turns it into what the engine works with.</summary>
/// <param name="Hash">SHA-256 of the file's bytes, hex; null when there is no file.</param>
public sealed record ConfigFile(string Path, InterlockConfig Config, string? Hash)
{
    private static readonly Dictionary<string, MergeRuleKind> RuleKinds = new(StringComparer.Ordinal)
    {
        ["union"] = MergeRuleKind.Union,
        ["regenerate"] = MergeRuleKind.Regenerate,
        ["renumber"] = MergeRuleKind.Renumber,
    };

    /// <summary>The defaults when there is no file; never a guess when there is one that cannot be read.</summary>
    /// <exception cref="BadInputException">The file is not what it should be.</exception>
    public static ConfigFile Read(string root)
    {
        var path = System.IO.Path.Combine(root, InterlockConfig.FileName);
        byte[] bytes;
        try
        {
            if (RegularFile.Read(path, follow: true) is not { } content)
            {
                return new ConfigFile(path, new InterlockConfig(), null);
            }

            bytes = content;
        }
        catch (NotARegularFileException error)
        {
            throw new BadInputException(error.Message, "Take it away, or write the configuration in its place: interlock init");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{path} cannot be read: {error.Message}", "Make the file readable");
        }

        try
        {
            var text = bytes.AsSpan();
            var config = JsonSerializer.Deserialize(text.StartsWith("\uFEFF"u8) ? text[3..] : text, ConfigJson.Default.InterlockConfig)
                ?? throw new JsonException("the file holds null");
            var file = new ConfigFile(path, config, Convert.ToHexStringLower(SHA256.HashData(bytes)));
            file.Validate(bytes);
            return file;
        }
        catch (JsonException error)
        {
            var line = error.LineNumber is { } number ? string.Create(CultureInfo.InvariantCulture, $":{number + 1}") : "";
            throw new BadInputException($"{path}{line}: {Plain(error)}", "Correct that line; docs/guide/configuration.md lists every setting");
        }
    }

    /// <summary>SHA-256 of the file as it is now, hex; null when there is none, or it cannot be read at this moment.</summary>
    public static string? HashOf(string root)
    {
        try
        {
            return RegularFile.Read(System.IO.Path.Combine(root, InterlockConfig.FileName), follow: true) is { } bytes ? Convert.ToHexStringLower(SHA256.HashData(bytes)) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public Limits Limits => new()
    {
        Agents = Config.Limits.Agents,
        PerModule = Config.Limits.PerModule,
        PerEpic = Config.Limits.PerEpic,
        PerType = Config.Limits.PerType,
        PerProvider = Config.Limits.PerProvider,
        Attempts = Config.Limits.Attempts,
        Hot = FileSet.Parse(Config.MergeRules.SelectMany(rule => rule.Paths)),
    };

    public IReadOnlyList<MergeRule> MergeRules => [.. Config.MergeRules.Select(entry => new MergeRule(
        RuleKinds[entry.Rule], FileSet.Parse(entry.Paths),
        entry.Command is { } command ? new Check(command.ToString(), command.ToArguments(), entry.Timeout) : null))];

    public Roster Roster => Config.Roster is { } entries
        ? new Roster([.. entries.Select(entry => new AgentType(entry.Type, entry.Count, entry.Specialties))])
        : Roster.Default;

    /// <summary>The configured module whose globs match the task's files, else its group within the story.</summary>
    public string ModuleOf(StoryId story, string? group, IReadOnlyList<string> files)
    {
        if (files.Count > 0)
        {
            var set = FileSet.Parse(files);
            foreach (var (name, globs) in Config.Modules)
            {
                if (set.FirstConflict(FileSet.Parse(globs), ignoreCase: false) is not null)
                {
                    return name;
                }
            }
        }

        return group is null ? story.Value : $"{story} {group}";
    }

    private void Validate(byte[] bytes)
    {
        RequireNoNulls(bytes);
        foreach (var entry in Config.Roster ?? [])
        {
            Require(Identifiers.IsValid(entry.Type), bytes, entry.Type, $"roster type '{entry.Type}' is not a valid id: use {Identifiers.Grammar}");
            Require(entry.Count is >= 1 and <= 100, bytes, entry.Type, $"roster type '{entry.Type}' has count {entry.Count}; 1 to 100 are possible");
        }

        Require(Config.Roster is not { Count: 0 }, bytes, "roster", "the roster is empty");
        Require(Config.Roster is null || Config.Roster.Select(entry => entry.Type).Distinct().Count() == Config.Roster.Count, bytes, "roster", "a roster type is listed twice");
        ValidateLimits(bytes);
        Require(Config.MergeQueue.Window is >= 1 and <= 64, bytes, "window", "the window of the merge queue is from 1 to 64");
        foreach (var glob in Config.Modules.Values.SelectMany(globs => globs))
        {
            Require(FilePattern.TryParse(glob, out _, out var problem), bytes, glob, $"module glob '{glob}': {problem}");
        }

        Require(DurabilityModes.All.Contains(Config.Durability), bytes, "durability", $"durability '{Config.Durability}' is not known; write full or normal");
        ValidateMergeRules(bytes);
        foreach (var (near, message) in WorktreesRules.Mistakes(Config).Concat(AgentRules.Mistakes(Config)))
        {
            Require(false, bytes, near, message);
        }

        Require(FilePattern.TryParse(Config.Plan, out var plan, out var why) && plan!.IsExact, bytes, Config.Plan, $"plan '{Config.Plan}' is not a path inside the repository{(why is null ? "" : $": {why}")}");
        var unknown = Config.PlanRelax.FirstOrDefault(word => !DependencyKinds.Relaxable.Contains(word));
        Require(unknown is null, bytes, unknown ?? "", $"'{unknown}' is no order that can be relaxed: {string.Join(", ", DependencyKinds.Relaxable)}");
        ValidateChecks(bytes);
        ValidateWatching(bytes);
    }

    private void ValidateLimits(byte[] bytes)
    {
        var limits = Config.Limits;
        foreach (var (name, most) in ((string, int)[])[("agents", limits.Agents), ("per_module", limits.PerModule), ("per_epic", limits.PerEpic), ("attempts", limits.Attempts), ("builds", limits.Builds ?? 1)])
        {
            Require(most >= 1, bytes, name, $"limits.{name} is {most}; every limit is at least 1");
        }

        foreach (var (what, name, most) in limits.PerType.Select(limit => ("type", limit.Key, limit.Value)).Concat(limits.PerProvider.Select(limit => ("provider", limit.Key, limit.Value))))
        {
            Require(most >= 1, bytes, name, $"the limit for {what} '{name}' is at least 1");
        }
    }

    private void ValidateWatching(byte[] bytes)
    {
        Require(Config.Admission.Load is not <= 0, bytes, "load", "admission.load is above 0: processes that want each core");
        Require(Config.Agent is null || Config.Agent.Silence > TimeSpan.Zero, bytes, "silence", "agent.silence is longer than nothing");
        Require(Config.Agent is null || Config.Agent.NoProgress > TimeSpan.Zero || Config.Agent.NoProgress == Timeout.InfiniteTimeSpan, bytes, "no_progress", "agent.no_progress is longer than nothing, or \"off\"");
    }

    private void ValidateChecks(byte[] bytes)
    {
        Require(SandboxModes.All.Contains(Config.Sandbox), bytes, "sandbox", $"sandbox '{Config.Sandbox}' is not known; write auto, bwrap or none");
        Require(GuardModes.All.Contains(Config.Guard), bytes, "guard", $"guard '{Config.Guard}' is not known; write required, visible or off");
        Require(!Config.Toolchain.Any(string.IsNullOrWhiteSpace), bytes, "toolchain", "a command of the toolchain is empty");
        Require(!Config.SandboxWrite.Any(string.IsNullOrWhiteSpace), bytes, "sandbox_write", "a path of sandbox_write is empty");
        var entries = Config.Checks?.Entries ?? [];
        foreach (var entry in entries)
        {
            Require(CheckTimes.All.Contains(entry.At), bytes, entry.At, $"check '{entry.Name}' is asked at '{entry.At}'; write submit, land or both");
        }

        // Otherwise work that was green alone would land in a combination nobody has tested.
        Require(entries.Count == 0 || entries.Any(entry => entry.At != CheckTimes.Submit), bytes, "checks", "no check is asked at landing; let one be at \"land\" or \"both\"");
    }

    private void ValidateMergeRules(byte[] bytes)
    {
        foreach (var rule in Config.MergeRules)
        {
            Require(rule.Paths.Count > 0, bytes, "paths", "a merge rule names no paths");
            Require(RuleKinds.ContainsKey(rule.Rule), bytes, rule.Rule, $"merge rule '{rule.Rule}' is not known; there are: {string.Join(", ", RuleKinds.Keys)}");
            foreach (var glob in rule.Paths)
            {
                Require(FilePattern.TryParse(glob, out _, out var problem), bytes, glob, $"merge rule path '{glob}': {problem}");
            }

            Require(rule.Rule != "regenerate" || rule.Command is not null, bytes, rule.Paths[0], "a rule 'regenerate' needs a command that makes its files anew");
            Require(rule.Rule == "regenerate" || rule.Command is null, bytes, rule.Paths[0], $"a rule '{rule.Rule}' runs no command; only 'regenerate' does");
        }
    }

    // The reader checks members for null, but not what lists hold.
    private void RequireNoNulls(byte[] bytes)
    {
        var lists = new List<(string Name, IEnumerable<object?>? Items)>
        {
            ("roster", Config.Roster),
            ("plan_relax", Config.PlanRelax),
            ("environment", Config.Environment),
            ("sandbox_write", Config.SandboxWrite),
            ("toolchain", Config.Toolchain),
            ("link", Config.Worktrees.Link),
            ("copy", Config.Worktrees.Copy),
            ("merge_rules", Config.MergeRules),
            ("clone", Config.Worktrees.Cloned),
            ("keep", Config.Worktrees.Keep),
            ("args", Config.Agent?.Args),
            ("environment", Config.Agent?.Environment),
            ("fallback", Config.Agent?.Fallback),
        };
        lists.AddRange(Config.Agents.Values.Where(entry => entry is not null).SelectMany(entry => new (string, IEnumerable<object?>?)[]
        {
            ("args", entry.Args), ("environment", entry.Environment), ("fallback", entry.Fallback),
        }));
        lists.AddRange(Config.MergeRules.Where(rule => rule is not null).Select(rule => ("paths", (IEnumerable<object?>?)rule.Paths)));
        lists.AddRange((Config.Roster ?? []).Where(entry => entry is not null).Select(entry => ("specialties", (IEnumerable<object?>?)entry.Specialties)));
        foreach (var (name, globs) in Config.Modules)
        {
            Require(globs is not null, bytes, name, $"module '{name}' is null; it is a list of globs");
            lists.Add((name, globs));
        }

        foreach (var (name, items) in lists)
        {
            Require(items?.Contains(null) != true, bytes, name, $"null is in the list '{name}'{(Config.Modules.ContainsKey(name) ? " of modules" : "")}");
        }
    }

    private void Require(bool condition, byte[] bytes, string near, string message)
    {
        if (condition)
        {
            return;
        }

        var at = bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes($"\"{near}\""));
        var line = at < 0 ? 1 : bytes.AsSpan(0, at).Count((byte)'\n') + 1;
        throw new BadInputException(string.Create(CultureInfo.InvariantCulture, $"{Path}:{line}: {message}"), "Correct that line; docs/guide/configuration.md lists every setting");
    }

    /// <summary>The runtime's text without its type names and without the place, which the caller says.</summary>
    internal static string Plain(JsonException error)
    {
        var end = error.Message.IndexOf(" Path: ", StringComparison.Ordinal);
        var text = end < 0 ? error.Message : error.Message[..end];
        var where = error.Path is { Length: > 2 } path ? $" (at {path[2..]})" : "";
        string Before(string mark) => text[..text.IndexOf(mark, StringComparison.Ordinal)];
        string After(string mark) => text[(text.IndexOf(mark, StringComparison.Ordinal) + mark.Length)..];
        bool Says(string mark) => text.Contains(mark, StringComparison.Ordinal);

        const string Unknown = " could not be mapped to any .NET member";
        const string Twice = " encountered during deserialization";
        const string Missing = "was missing required properties including: ";
        const string Unfit = "could not be converted to ";
        var plain = Says(Unknown) ? $"{Before(Unknown).Replace("The JSON property ", "", StringComparison.Ordinal)} is not a setting"
            : Says(Twice) ? $"{Before(Twice)}: each setting is written once"
            : Says(Missing) ? $"missing: {After(Missing)}"
            : Says("doesn't allow setting null values") ? "null is not a value here"
            : Says(Unfit) ? $"the value should be {KindOf(After(Unfit))}"
            : text;
        return plain + where;
    }

    private static string KindOf(string type) =>
        type.Contains("System.Int32", StringComparison.Ordinal) ? "a whole number"
        : type.StartsWith("System.Boolean", StringComparison.Ordinal) ? "true or false"
        : type.StartsWith("System.String", StringComparison.Ordinal) ? "text"
        : type.Contains("List", StringComparison.Ordinal) || type.Contains("[]", StringComparison.Ordinal) ? "a list"
        : "an object";
}
