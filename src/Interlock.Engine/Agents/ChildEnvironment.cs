namespace Interlock.Engine.Agents;

/// <summary>What a child may know of our environment: an allow-list, because keys and tokens live there too.</summary>
public static class ChildEnvironment
{
    private static readonly string[] Allowed =
    [
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_*", "TERM", "TMPDIR", "TMP", "TEMP", "SHELL", "TZ",
        "SystemRoot", "SystemDrive", "ComSpec", "PATHEXT", "windir", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "ProgramFiles*", "ProgramData",
        "NUGET_PACKAGES", "DOTNET_ROOT", "DOTNET_CLI_HOME", "XDG_*",
    ];

    private static readonly string[] Secret = ["KEY", "TOKEN", "SECRET", "PASSWORD", "CREDENTIAL"];

    /// <param name="passThrough">Names allowed besides, even secret ones: a person wrote them down.</param>
    /// <param name="extra">Wins over what is inherited.</param>
    public static IReadOnlyDictionary<string, string> Build(IReadOnlyCollection<string> passThrough, IReadOnlyDictionary<string, string> extra)
    {
        var comparer = OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        var environment = new Dictionary<string, string>(comparer);
        foreach (System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            var name = (string)entry.Key;
            if (passThrough.Contains(name, comparer) || (IsAllowed(name) && !IsSecret(name)))
            {
                environment[name] = (string?)entry.Value ?? "";
            }
        }

        foreach (var (name, value) in extra)
        {
            environment[name] = value;
        }

        return environment;
    }

    private static bool IsAllowed(string name)
    {
        var comparison = OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return Allowed.Any(pattern => pattern.EndsWith('*') ? name.StartsWith(pattern[..^1], comparison) : name.Equals(pattern, comparison));
    }

    private static bool IsSecret(string name) => Secret.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
}
