using System.Globalization;
using System.Text;
using System.Text.Json;
using Interlock.App.Mcp;
using Interlock.Engine.Platform;

namespace Interlock.App.Http;

/// <summary>Which server a repository has: one at a time, known by a lock that the kernel frees when the process dies.</summary>
internal sealed record ServerFile(string Url, int Pid, string StartedAt)
{
    /// <summary>Null when another process serves already.</summary>
    public static FileGate? TryTake(string stateDir) => FileGate.TryAcquire(LockIn(stateDir));

    public static void Write(string stateDir, string url, DateTimeOffset now) => AtomicFile.Write(PathIn(stateDir), Encoding.UTF8.GetBytes(Schemas.Build(writer =>
    {
        writer.WriteString("url", url);
        writer.WriteNumber("pid", Environment.ProcessId);
        writer.WriteString("started_at", now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
    }).GetRawText()));

    /// <summary>The server that runs now; null when none does.</summary>
    public static ServerFile? Running(string stateDir)
    {
        using var gate = File.Exists(LockIn(stateDir)) ? FileGate.TryAcquire(LockIn(stateDir)) : null;
        if (gate is not null || !File.Exists(PathIn(stateDir)) || !File.Exists(LockIn(stateDir)))
        {
            return null;
        }

        using var document = JsonDocument.Parse(File.ReadAllBytes(PathIn(stateDir)));
        var root = document.RootElement;
        return new ServerFile(root.GetProperty("url").GetString()!, root.GetProperty("pid").GetInt32(), root.GetProperty("started_at").GetString()!);
    }

    private static string LockIn(string stateDir) => Path.Combine(stateDir, "serve.lock");

    private static string PathIn(string stateDir) => Path.Combine(stateDir, "serve.json");
}
