using System.Security.Cryptography;
using System.Text;
using Interlock.Domain.Plans;

namespace Interlock.Engine.Platform;

/// <summary>Where things of this user live that belong to no repository.</summary>
public static class UserFolders
{
    /// <summary><c>$XDG_STATE_HOME/interlock</c> or <c>~/.local/state/interlock</c>; on Windows and macOS the local application data folder.</summary>
    public static string State
    {
        get
        {
            if (OperatingSystem.IsWindows() || OperatingSystem.IsMacOS())
            {
                return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "Interlock");
            }

            return Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } state
                ? Path.Combine(state, "interlock")
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state", "interlock");
        }
    }

    /// <summary>A folder name for one repository, which people recognise and no other repository has.</summary>
    public static string NameFor(string commonDir)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(commonDir)))[..8];
        var name = Path.GetFileName(Path.GetDirectoryName(commonDir)) ?? "";
        return Identifiers.IsValid(name) ? $"{name}-{hash}" : hash;
    }
}
