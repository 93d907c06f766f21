using System.CommandLine;
using System.Text.Json;
using Interlock.Domain.Leasing;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Projections;
using Interlock.Engine.Running;
using Interlock.Engine.Stores;

namespace Interlock.App.Cli;

internal static class ExplainVerb
{
    public static Command Create(VerbHost host)
    {
        var task = VerbHost.TaskArgument();
        var command = new Command("explain", "Say why a task is where it is: the one rule in its way, who holds it, since when") { task };
        host.Bind(command, context =>
        {
            var id = context.Parse.GetRequiredValue(task);
            var snapshot = context.Workspace.Snapshot();
            if (snapshot.Find(id) is not { } found)
            {
                return Answers.Refuse(context.Terminal, context.Protocol.WhyNot(id)!);
            }

            var explained = context.Workspace.Explain(snapshot, found);
            var why = explained.Because ?? context.Protocol.WhyNot(id);
            why ??= SpendingRules.WhyNot(context.Workspace, found) ?? AdmissionRules.WhyNot(context.Workspace);
            var lease = snapshot.LeaseOf(id);
            var sight = RunSight.Read(context.Workspace.StateDir)?.Of(lease);
            if (context.Terminal.Json)
            {
                Terminal.WriteJson(writer => Write(writer, snapshot, found, explained, why, sight));
                return ExitCodes.Done;
            }

            context.Terminal.Line($"{id} {found.Title}");
            context.Terminal.Line($"  state    {snapshot.StateOf(found).ToString().ToLowerInvariant()} ({StatusWords.Of(found.State)})");
            context.Terminal.Line(why is null
                ? $"  because  nothing is in its way: interlock claim {id}"
                : $"  because  {why.Message} ({why.Code})");
            if (explained.Through is [.., var last])
            {
                context.Terminal.Line($"  at last  {explained.AtLast?.Message ?? $"nothing is in the way of {last}: interlock claim {last}"}");
            }

            if (explained.Since is { } since)
            {
                context.Terminal.Line($"  since    {Answers.Time(since, snapshot.Clock.Wall)}");
            }

            if (lease is not null)
            {
                context.Terminal.Line($"  held     by {lease.Agent} since {Answers.Time(lease.AcquiredAt, snapshot.Clock.Wall)}, until {Answers.Time(lease.ExpiresAt, snapshot.Clock.Wall)}");
            }

            if (sight is not null)
            {
                context.Terminal.Line($"  agent    {sight.Health} since {Answers.Time(sight.Since, snapshot.Clock.Wall)}: {SightText.Because(sight)}");
                context.Terminal.Line($"  evidence {string.Join("; ", sight.Evidence)}");
            }

            if (found.Commit is { } commit)
            {
                context.Terminal.Line($"  commit   {commit}");
            }

            if (found.LastLog is { } log)
            {
                context.Terminal.Line($"  log      {log}");
            }

            foreach (var line in context.Workspace.Store.Read(reader => reader.LatestEvents(8, new EventFilter(id))))
            {
                context.Terminal.Line($"  {Ages.Text(snapshot.Clock.Wall - line.At),12} ago  {line.Kind}: {line.Message}");
            }

            return ExitCodes.Done;
        });
        return command;
    }

    /// <param name="why">Null when nothing is in its way.</param>
    /// <param name="sight">What its run found of the agent at work on it; null when nobody is.</param>
    public static void Write(Utf8JsonWriter writer, Snapshot snapshot, WorkTask task, Explanation explained, Refusal? why, AgentSight? sight = null)
    {
        writer.WriteString("task_id", task.Id.Value);
        writer.WriteString("state", snapshot.StateOf(task).ToString().ToLowerInvariant());
        writer.WriteString("status", StatusWords.Of(task.State));
        writer.WritePropertyName("because");
        if (why is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            Answers.Write(writer, why);
        }

        writer.WriteString("text", explained.Text);
        writer.WriteString("since", explained.Since is { } at ? UtcConverter.Text(at) : null);
        StatusFile.WriteList(writer, "through", explained.Through.Select(other => other.Value));
        SightText.Members(writer, sight);
    }
}
