using System.Text.Json;
using Interlock.Domain.Leasing;
using Interlock.Domain.Messaging;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Projections;
using Interlock.Engine.Protocol;
using Interlock.Engine.Stores;

namespace Interlock.App.Cli;

/// <summary>How answers look, as text and as JSON, the same for every verb.</summary>
internal static class Answers
{
    /// <summary>Prints a refusal, or what <paramref name="say"/> makes of success, and returns the exit code.</summary>
    public static int Give(VerbContext context, Reply reply, Action<Terminal> say)
    {
        if (reply.Refusal is { } refusal)
        {
            return Refuse(context.Terminal, refusal);
        }

        if (context.Terminal.Json)
        {
            Terminal.WriteJson(writer =>
            {
                if (reply.Task is { } task)
                {
                    writer.WritePropertyName("task");
                    StatusFile.Write(writer, task);
                }

                if (reply.Lease is { } lease)
                {
                    writer.WritePropertyName("lease");
                    Write(writer, lease, context.Workspace.Store.Epoch);
                }

                if (reply.Token is { } token)
                {
                    writer.WriteString("token", token);
                }
            });
        }
        else
        {
            say(context.Terminal);
        }

        return ExitCodes.Done;
    }

    public static int Refuse(Terminal terminal, Refusal refusal)
    {
        if (terminal.Json)
        {
            Terminal.WriteJson(writer =>
            {
                writer.WritePropertyName("refused");
                Write(writer, refusal);
            });
        }
        else
        {
            Terminal.Complain($"refused ({refusal.Code}): {refusal.Message}", refusal.Hint);
        }

        return ExitCodes.Refused;
    }

    public static void Write(Utf8JsonWriter writer, Refusal refusal)
    {
        writer.WriteStartObject();
        writer.WriteString("code", refusal.Code);
        writer.WriteString("message", refusal.Message);
        writer.WriteString("hint", refusal.Hint);
        writer.WriteString("holder", refusal.Holder?.Value);
        writer.WriteString("holder_task", refusal.HolderTask?.Value);
        if (refusal.Age is { } age)
        {
            writer.WriteNumber("age_seconds", Math.Round(age.TotalSeconds, 3));
        }
        else
        {
            writer.WriteNull("age_seconds");
        }

        writer.WriteBoolean("stop", refusal.Stop);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, Lease lease, string epoch)
    {
        writer.WriteStartObject();
        writer.WriteString("task_id", lease.Task?.Value);
        writer.WriteString("agent_id", lease.Agent.Value);
        writer.WriteString("kind", lease.Kind == LeaseKind.Hold ? "hold" : "task");
        writer.WriteNumber("fence", lease.Fence);
        writer.WriteString("public_token", LockFile.PublicToken(lease, epoch));
        writer.WriteString("acquired_at", UtcConverter.Text(lease.AcquiredAt));
        writer.WriteString("expires_at", UtcConverter.Text(lease.ExpiresAt));
        StatusFile.WriteList(writer, "files", lease.Files);
        writer.WriteString("base_commit", lease.BaseCommit);
        writer.WriteString("worktree", lease.Worktree);
        writer.WriteBoolean("in_review", lease.InReview);
        writer.WriteBoolean("live", lease.Live);
        writer.WriteString("reason", lease.Reason);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, Message message, bool read)
    {
        writer.WriteStartObject();
        writer.WriteString("id", message.Id);
        MessageFile.WriteMembers(writer, message);
        writer.WriteBoolean("read", read);
        writer.WriteEndObject();
    }

    /// <summary>Questions whose time is over without an answer.</summary>
    public static void WriteOverdue(Utf8JsonWriter writer, IReadOnlyList<Message> questions)
    {
        writer.WriteStartArray("overdue");
        foreach (var question in questions)
        {
            Write(writer, question, read: false);
        }

        writer.WriteEndArray();
    }

    /// <summary>A time as people want it: in their zone, which is named, and as an age.</summary>
    public static string Time(DateTimeOffset at, DateTimeOffset now)
    {
        var local = TimeZoneInfo.ConvertTime(at, TimeZoneInfo.Local);
        var zone = TimeZoneInfo.Local.BaseUtcOffset == TimeSpan.Zero ? "UTC" : TimeZoneInfo.Local.Id;
        var age = at <= now ? $"{Ages.Text(now - at)} ago" : $"in {Ages.Text(at - now)}";
        return $"{local:yyyy-MM-dd HH:mm:ss} {zone} ({age})";
    }

    public static string Colour(TaskState state) => state switch
    {
        TaskState.Merged => "green",
        TaskState.Running => "blue",
        TaskState.Submitted or TaskState.Merging => "aqua",
        TaskState.Dead => "red",
        TaskState.Cancelled or TaskState.Blocked => "grey",
        _ => "default",
    };
}
