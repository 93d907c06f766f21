using System.Globalization;
using System.Text;
using System.Text.Json;
using Interlock.Domain.Messaging;
using Interlock.Domain.Plans;
using Interlock.Engine.Protocol;
using Interlock.Engine.Stores;

namespace Interlock.Engine.Projections;

/// <summary>Shape of <c>agent_comms/&lt;timestamp&gt;_&lt;agent_id&gt;.msg</c>.</summary>
internal static class MessageFile
{
    public const string Folder = "agent_comms";
    public const string Archive = "agent_comms/archive";
    public const string Quarantine = "agent_comms/quarantine";

    public static string PathOf(string id) => $"{Folder}/{id}.msg";

    /// <summary>The name sorts by time; the number tells messages of one millisecond apart.</summary>
    public static string NewId(DateTimeOffset at, AgentId from, int number) => string.Create(
        CultureInfo.InvariantCulture, $"{at.UtcDateTime:yyyyMMdd'T'HHmmssfff}{(number == 0 ? "" : $"-{number}")}_{from}");

    /// <summary>A name that no message has yet.</summary>
    /// <param name="isTaken">Whether a name is taken for another reason.</param>
    public static string FreeId(IStoreReader reader, DateTimeOffset at, AgentId from, Func<string, bool>? isTaken = null)
    {
        var number = 0;
        while (reader.FindMessage(NewId(at, from, number)) is not null || isTaken?.Invoke(NewId(at, from, number)) == true)
        {
            number++;
        }

        return NewId(at, from, number);
    }

    public static byte[] Render(Message message)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, StatusFile.Readable))
        {
            writer.WriteStartObject();
            WriteMembers(writer, message);
            writer.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    public static void WriteMembers(Utf8JsonWriter writer, Message message)
    {
        writer.WriteString("from", message.From.Value);
        StatusFile.WriteList(writer, "to", message.To);
        writer.WriteString("timestamp", UtcConverter.Text(message.Timestamp));
        writer.WriteString("type", message.Type);
        writer.WriteString("subject", message.Subject);
        writer.WriteString("message", message.Body);
        StatusFile.WriteList(writer, "related_tasks", message.RelatedTasks);
        StatusFile.WriteList(writer, "related_files", message.RelatedFiles);
        writer.WriteString("urgency", message.Urgency);
        writer.WriteBoolean("requires_response", message.RequiresResponse);
        writer.WriteString("response_by", message.ResponseBy is { } by ? UtcConverter.Text(by) : null);
        if (message.InReplyTo is { } question)
        {
            writer.WriteString("in_reply_to", question);
        }

        if (message.AnsweredBy is { } answer)
        {
            writer.WriteString("answered_by", answer);
        }
    }

    /// <summary>The message, or what is wrong with the file.</summary>
    public static (Message? Message, string? Problem) Parse(byte[] bytes, string id, DateTimeOffset received)
    {
        if (bytes.Length > 4 * Message.MaxBytes)
        {
            return (null, "the file is too large");
        }

        // Longer names leave no room for the temporary file that replaces them.
        if (Encoding.UTF8.GetByteCount(id) > 128)
        {
            return (null, "its name is longer than 128 bytes");
        }

        try
        {
            using var document = JsonDocument.Parse(JsonText.WithoutMark(bytes));
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return (null, "it is not a JSON object");
            }

            if (JsonText.String(root, "from") is not { } from || !Identifiers.IsValid(from))
            {
                return (null, "'from' is missing or not an agent id");
            }

            if (from == LostLease.Sender.Value)
            {
                return (null, "it is from Interlock, whose messages are never taken from a file (those of before a rebuild end here too)");
            }

            var unusable = JsonText.Unusable(
                root, ["type", "subject", "message", "urgency"], ["timestamp", "response_by"], ["to", "related_tasks", "related_files"], ["requires_response"]);
            if (unusable.Count > 0)
            {
                return (null, $"not of the kind they should be: {string.Join(", ", unusable)}");
            }

            var message = new Message
            {
                Id = id,
                From = new AgentId(from),
                To = JsonText.Strings(root, "to") ?? [],
                Timestamp = JsonText.Time(root, "timestamp") ?? received,
                Type = JsonText.String(root, "type") ?? "notification",
                Subject = JsonText.String(root, "subject") ?? "",
                Body = JsonText.String(root, "message") ?? "",
                RelatedTasks = JsonText.Strings(root, "related_tasks") ?? [],
                RelatedFiles = JsonText.Strings(root, "related_files") ?? [],
                Urgency = JsonText.String(root, "urgency") ?? "medium",
                RequiresResponse = JsonText.Flag(root, "requires_response") ?? false,
                ResponseBy = JsonText.Time(root, "response_by"),
                InReplyTo = JsonText.String(root, "in_reply_to"),
            };
            return message.Problem() is { } problem ? (null, problem) : (message, null);
        }
        catch (JsonException error)
        {
            return (null, $"line {(error.LineNumber ?? 0) + 1} is not JSON");
        }
        catch (InvalidOperationException)
        {
            return (null, "it holds half a character");
        }
    }
}
