using System.Globalization;
using System.Text.Json;
using Interlock.Engine.Platform;
using Interlock.Engine.Projections;

namespace Interlock.Engine.Health;

/// <summary>
/// Lock files of the store before. One that a run wrote is set aside, because that run is over; one of a window stays and
/// becomes a hold of its agent, who claims the task again with it.
/// </summary>
internal sealed class LockLeftovers(Workspace workspace)
{
    /// <summary>Returns the highest fence that any of them names.</summary>
    public long SetAside()
    {
        var highest = 0L;
        foreach (var path in In(workspace.Root))
        {
            var (fence, ofRun) = Read(path);
            highest = Math.Max(highest, fence);
            if (ofRun)
            {
                var kept = PrivateFolder.Create(Path.Combine(workspace.StateDir, "quarantine"));
                File.Move(path, Quarantine.FreeName(kept, Path.GetFileName(path)), overwrite: false);
            }
        }

        return highest;
    }

    /// <summary>Those that runs wrote, in the checkout.</summary>
    public static IEnumerable<string> OfRuns(string root) => In(root).Where(path => Read(path).OfRun);

    private static string[] In(string root) => Path.Combine(root, LockFile.Folder) is var folder && Directory.Exists(folder)
        ? [.. Directory.GetFiles(folder, "*.lock").Where(path => RegularFile.KindOf(path) == FileKind.Regular)]
        : [];

    private static (long Fence, bool OfRun) Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(RegularFile.Read(path) ?? []);
            var root = document.RootElement;
            var token = JsonText.String(root, "token")?.Split('.');
            var fence = token is [_, var text] && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
            return (fence, root.TryGetProperty("pid", out var pid) && pid.ValueKind == JsonValueKind.Number);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return (0, false);
        }
    }
}
