using System.Buffers;
using System.Text.Json;
using Interlock.Domain.Plans;
using Interlock.Engine.Platform;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Guarding;

/// <summary>One question that a hook answered.</summary>
public sealed record HookCall(DateTimeOffset At, string Tool, string Verdict, IReadOnlyList<string> Paths);

/// <summary>
/// What the hooks of each agent asked, one line of JSON a question. It is no state: it shows that hooks fire and when an agent
/// last did something, so it is bounded, unsynchronised and lost without harm.
/// </summary>
public sealed class CallLog(string folder)
{
    private const long Most = 256 * 1024;

    public void Append(AgentId agent, HookCall call)
    {
        PrivateFolder.Create(folder);
        var path = PathOf(agent);
        using var gate = FileGate.Acquire(path + ".gate");
        if (File.Exists(path) && new FileInfo(path).Length > Most)
        {
            File.Move(path, path + ".old", overwrite: true);
        }

        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        file.Write(Line(call));
    }

    /// <summary>The newest question of an agent; null when none is known.</summary>
    public HookCall? Last(AgentId agent)
    {
        try
        {
            return File.ReadLines(PathOf(agent)).LastOrDefault() is { } line ? Parse(line) : null;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static byte[] Line(HookCall call)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("at", call.At);
            writer.WriteString("tool", call.Tool);
            writer.WriteString("verdict", call.Verdict);
            writer.WriteStartArray("paths");
            foreach (var path in call.Paths.Take(20))
            {
                writer.WriteStringValue(path);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    private static HookCall Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        return new HookCall(
            root.GetProperty("at").GetDateTimeOffset(), root.GetProperty("tool").GetString()!, root.GetProperty("verdict").GetString()!,
            [.. root.GetProperty("paths").EnumerateArray().Select(path => path.GetString()!)]);
    }

    private string PathOf(AgentId agent) => Path.Combine(folder, $"{agent}.calls");
}
