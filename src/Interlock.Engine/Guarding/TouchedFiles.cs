using Interlock.Domain.Guarding;
using Interlock.Domain.Leasing;
using Interlock.Domain.Messaging;
using Interlock.Domain.Plans;
using Interlock.Engine.Protocol;
using Interlock.Engine.Running;

namespace Interlock.Engine.Guarding;

/// <summary>
/// What is done about files that an agent changed without asking, such as by a shell command: free ones are leased for it,
/// of others' it is told once, while it can still undo them.
/// </summary>
internal sealed class TouchedFiles(RunContext context, GuardCaller caller, Lease lease, LeaseToken token)
{
    private readonly Guard guard = new(context.Workspace);
    private readonly HashSet<string> told = new(StringComparer.Ordinal);

    public void See(IReadOnlyList<string> changed)
    {
        // Its lease has ended: whoever ended it stops the agent too.
        if (context.Workspace.Protocol.Check(lease.Task, token).Lease is null)
        {
            return;
        }

        told.IntersectWith(changed);
        foreach (var path in changed.Where(path => !told.Contains(path)))
        {
            if (guard.AskFiles(caller, [path], caller.Root) is { } denied)
            {
                told.Add(path);
                Tell(path, denied);
            }
        }
    }

    private void Tell(string path, GuardVerdict.Deny denied)
    {
        context.Workspace.Protocol.NoteGuard("guard.touched", $"it changed {path} without asking: {denied.Reason}", lease);
        context.Tell(new RunNews(context.Workspace.Protocol.Clock.Now, "touched", lease.Task, lease.Agent, $"{path}: {denied.Reason}"));
        context.Workspace.Mailbox.Announce(new Message
        {
            Id = "",
            From = LostLease.Sender,
            To = [lease.Agent.Value],
            Timestamp = default,
            Type = "coordination",
            Urgency = "high",
            Subject = $"undo your change of {Cut(path)}",
            Body = $"You changed {Cut(path)}, and you may not: {denied.Reason}. Undo it: git checkout -- the file, or delete it if you made it. Otherwise your work is refused when you hand it in.",
            RelatedTasks = lease.Task is { } task ? [task.Value] : [],
            RelatedFiles = [path],
        });
    }

    private static string Cut(string text) => text.Length <= 200 ? text : text[..200] + "…";
}
