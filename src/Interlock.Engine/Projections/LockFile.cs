using System.Globalization;
using System.Text.Json;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Engine.Stores;

namespace Interlock.Engine.Projections;

/// <summary>What a lock written by hand says.</summary>
/// <param name="Expires">Null when it does not say until when.</param>
/// <param name="Files">Only usable patterns.</param>
/// <param name="Unusable">What it says besides and nobody can use: names of members, and patterns.</param>
internal sealed record HandLock(
    AgentId? Agent, DateTimeOffset? Locked, DateTimeOffset? Expires, string? Reason, IReadOnlyList<string> Files, string? Token, IReadOnlyList<string> Unusable);

/// <summary>Shape of <c>.lock/&lt;task_id&gt;.lock</c>.</summary>
internal static class LockFile
{
    public const string Folder = ".lock";
    private const string FilesOnly = "files@";

    public static string PathOf(Lease lease) => $"{Folder}/{NameOf(lease)}.lock";

    public static byte[] Render(Lease lease, string epoch)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, StatusFile.Readable))
        {
            writer.WriteStartObject();
            writer.WriteString("task_id", lease.Task?.Value);
            writer.WriteString("agent_id", lease.Agent.Value);
            writer.WriteString("locked_at", UtcConverter.Text(lease.AcquiredAt));
            writer.WriteString("expires_at", UtcConverter.Text(lease.ExpiresAt));
            writer.WriteString("reason", lease.Reason ?? (lease.InReview ? "in review" : "working on the task"));
            StatusFile.WriteList(writer, "related_files", lease.Files);
            // The secret stays with the holder: this file can be read by everyone.
            writer.WriteString("token", PublicToken(lease, epoch));
            writer.WriteString("host", lease.Supervisor?.Host);
            if ((lease.Process ?? lease.Supervisor) is { } process)
            {
                writer.WriteNumber("pid", process.Pid);
            }
            else
            {
                writer.WriteNull("pid");
            }

            writer.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    public static string PublicToken(Lease lease, string epoch) => string.Create(CultureInfo.InvariantCulture, $"{epoch}.{lease.Fence}");

    /// <summary>Null when the bytes are not a JSON object; every member is optional.</summary>
    public static HandLock? TryParse(byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(JsonText.WithoutMark(bytes));
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            var agent = JsonText.String(root, "agent_id");
            var files = JsonText.Strings(root, "related_files") ?? [];
            var wrong = JsonText.Unusable(root, ["agent_id", "reason", "token"], ["locked_at", "expires_at"], ["related_files"], []).ToList();
            wrong.AddRange(agent is null || Identifiers.IsValid(agent) ? [] : ["agent_id"]);
            wrong.AddRange(files.Where(file => !FilePattern.TryParse(file, out _, out _)));
            return new HandLock(
                Identifiers.IsValid(agent) ? new AgentId(agent!) : null,
                JsonText.Time(root, "locked_at"),
                JsonText.Time(root, "expires_at"),
                JsonText.String(root, "reason"),
                [.. files.Where(file => FilePattern.TryParse(file, out _, out _))],
                JsonText.String(root, "token"),
                wrong);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Whether a name, without its ending, is that of a hold on files alone.</summary>
    public static bool IsOfFiles(string name) => name.StartsWith(FilesOnly, StringComparison.Ordinal);

    // '@' is in no id, so a hold of files never gets the name of a task.
    private static string NameOf(Lease lease) =>
        lease.Task?.Value ?? string.Create(CultureInfo.InvariantCulture, $"{FilesOnly}{lease.Fence}");
}
