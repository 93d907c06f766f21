using System.CommandLine;
using System.Globalization;
using Interlock.Domain.Leasing;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Configuration;
using Interlock.Engine.Stores;

namespace Interlock.App.Cli;

internal static class ReplayVerb
{
    public static Command Create(VerbHost host)
    {
        var at = new Option<string>("--at")
        {
            Description = $"The number of an event (see log), or a time: {Moments.Forms}",
            HelpName = "SEQ|TIME",
            Required = true,
        };
        var story = VerbHost.StoryOption();
        var command = new Command("replay", "Show every task as it was after an event or at a time, rebuilt from the event log alone") { at, story };
        host.Bind(command, context =>
        {
            var (replay, revision) = context.Workspace.Store.Read(reader => (EventReplay.Until(reader, SeqOf(context, reader, context.Parse.GetRequiredValue(at))), reader.Revision));
            if (replay.Last is not { } last)
            {
                return Answers.Refuse(context.Terminal, new Refusal(RefusalCodes.NothingToDo, "nothing had happened by then", "See what has: interlock log"));
            }

            var clock = new LeaseClock(last.At, TimeSpan.Zero, "");
            var snapshot = new Snapshot(replay.Tasks, replay.LiveLeases, context.Protocol.Options.Limits, clock) { Suggestions = replay.OpenSuggestions };
            var chosen = context.Parse.GetValue(story);
            var stories = snapshot.Tasks.GroupBy(task => task.Story).Where(group => chosen is null || group.Key == chosen).OrderBy(group => group.Key).ToList();
            if (context.Terminal.Json)
            {
                Terminal.WriteJson(writer =>
                {
                    writer.WriteNumber("revision", revision);
                    writer.WritePropertyName("event");
                    LogVerb.Write(writer, last);
                    StatusText.Write(writer, snapshot, stories, context.Workspace.Store.Epoch);
                });
                return ExitCodes.Done;
            }

            context.Terminal.Line($"After event {last.Seq} of {revision}, {Answers.Time(last.At, context.Protocol.Clock.Now)}: {last.Kind} {last.Task?.Value} {last.Message}");
            StatusText.Print(context.Terminal, snapshot, stories, full: true);
            return ExitCodes.Done;
        });
        return command;
    }

    private static long SeqOf(VerbContext context, IStoreReader reader, string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seq) ? seq
        : Moments.TryParse(text, context.Protocol.Clock.Now) is { } time ? reader.RevisionAt(time)
        : throw new BadInputException($"'{text}' is neither the number of an event nor a time", $"Write a number from interlock log, or {Moments.Forms}", ExitCodes.Usage);
}
