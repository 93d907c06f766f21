using System.Text.RegularExpressions;
using Interlock.Domain.Leasing;

namespace Interlock.Engine.Configuration;

/// <summary>What the values of <c>worktrees</c> must be, besides their kind.</summary>
internal static partial class WorktreesRules
{
    /// <summary>Each mistake with the text in the file that it is near.</summary>
    internal static IEnumerable<(string Near, string Message)> Mistakes(InterlockConfig config)
    {
        var section = config.Worktrees;
        if (section.Pool is < 0 or > 1000)
        {
            yield return ("pool", $"worktrees.pool is {section.Pool}; 0 to 1000 are possible");
        }

        foreach (var glob in section.Keep)
        {
            if (!FilePattern.TryParse(glob, out _, out var problem))
            {
                yield return (glob, $"worktrees.keep glob '{glob}': {problem}");
            }
        }

        foreach (var (name, glob) in section.Link.Select(g => ("link", g)).Concat(section.Copy.Select(g => ("copy", g))).Concat(section.Cloned.Select(g => ("clone", g))))
        {
            if (!IsInside(glob))
            {
                yield return (glob, $"worktrees.{name} glob '{glob}' must stay inside the checkout");
            }
        }

        if (section.Ports is { } ports && PortMistake(ports, config.Limits.Agents) is { } wrong)
        {
            yield return ("ports", wrong);
        }

        foreach (var mistake in section.Env.SelectMany(variable => Mistakes(variable.Key, variable.Value, section.Ports is not null)))
        {
            yield return mistake;
        }
    }

    private static string? PortMistake(PortsSection ports, int agents) => ports switch
    {
        { From: < 1 or > 65535 } => $"worktrees.ports.from is {ports.From}; 1 to 65535 are possible",
        { PerSlot: < 1 or > 1000 } => $"worktrees.ports.per_slot is {ports.PerSlot}; 1 to 1000 are possible",
        _ when ports.From + ((long)ports.PerSlot * (agents + 1)) - 1 > 65535 =>
            $"worktrees.ports give {agents} agents and a verification ports beyond 65535",
        _ => null,
    };

    private static IEnumerable<(string Near, string Message)> Mistakes(string name, string? value, bool withPorts)
    {
        if (!VariableName().IsMatch(name) || name.StartsWith("INTERLOCK_", StringComparison.OrdinalIgnoreCase))
        {
            yield return (name, $"worktrees.env name '{name}' is not a variable of yours: letters, digits and _ are possible, and it does not start with INTERLOCK_");
        }

        if (value is null)
        {
            yield return (name, $"worktrees.env '{name}' is null; it is text");
            yield break;
        }

        foreach (var placeholder in Placeholder().Matches(value).Select(match => match.Value))
        {
            if (placeholder is not ("{slot}" or "{port}"))
            {
                yield return (name, $"worktrees.env '{name}' holds {placeholder}; {{slot}} and {{port}} are possible");
            }
            else if (placeholder == "{port}" && !withPorts)
            {
                yield return (name, $"worktrees.env '{name}' holds {{port}}, but worktrees.ports is not set");
            }
        }
    }

    private static bool IsInside(string glob)
    {
        var segments = glob.Replace('\\', '/').Split('/');
        return !Path.IsPathRooted(glob) && !segments.Contains("..") && !segments.Contains(".git");
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$", RegexOptions.CultureInvariant)]
    private static partial Regex VariableName();

    [GeneratedRegex(@"\{[^{}]*\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
