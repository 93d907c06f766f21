using System.CommandLine;
using Interlock.Domain.Messaging;
using Interlock.Domain.Plans;
using Interlock.Engine.Configuration;

namespace Interlock.App.Cli;

internal static class SendVerb
{
    public static Command Create(VerbHost host)
    {
        var from = new Option<AgentId?>("--from") { Description = "The sender; INTERLOCK_AGENT_ID unless given", HelpName = "AGENT", CustomParser = VerbHost.AgentOption().CustomParser };
        var to = new Option<string[]>("--to") { Description = "Agents, agent types, task:2.5.1 for whoever holds that task, or all", HelpName = "WHO", Required = true, AllowMultipleArgumentsPerToken = true };
        var subject = new Option<string>("--subject") { Description = "One line", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        var body = new Option<string>("--message") { Description = "What to say; up to 16 kB", HelpName = "TEXT", Required = true };
        var type = new Option<string>("--type") { Description = "coordination, question, notification or blocker", HelpName = "TYPE", DefaultValueFactory = _ => "notification" };
        var urgency = new Option<string>("--urgency") { Description = "low, medium, high or critical", HelpName = "LEVEL", DefaultValueFactory = _ => "medium" };
        var tasks = new Option<string[]>("--task") { Description = "Tasks it is about", HelpName = "TASK", AllowMultipleArgumentsPerToken = true };
        var files = new Option<string[]>("--file") { Description = "Files it is about", HelpName = "FILE", AllowMultipleArgumentsPerToken = true };
        var reply = new Option<string>("--reply-to") { Description = "Id of the message this answers", HelpName = "ID" };
        var within = VerbHost.DurationOption("--respond-within", "An answer is needed, and by when");
        var command = new Command("send", "Send a message to other agents") { from, to, subject, body, type, urgency, tasks, files, reply, within };
        host.Bind(command, context =>
        {
            var draft = new Message
            {
                Id = "",
                From = context.Agent(from),
                To = context.Parse.GetRequiredValue(to),
                Timestamp = default,
                Type = context.Parse.GetRequiredValue(type),
                Subject = context.Parse.GetRequiredValue(subject),
                Body = context.Parse.GetRequiredValue(body),
                Urgency = context.Parse.GetRequiredValue(urgency),
                RelatedTasks = context.Parse.GetValue(tasks) ?? [],
                RelatedFiles = context.Parse.GetValue(files) ?? [],
                RequiresResponse = context.Parse.GetValue(within) is not null,
                InReplyTo = context.Parse.GetValue(reply),
                ResponseBy = context.Parse.GetValue(within) is { } time ? context.Protocol.Clock.Now + time : null,
            };
            if (draft.Problem() is { } problem)
            {
                throw new BadInputException($"the message cannot be sent: {problem}", "See interlock send --help", ExitCodes.Usage);
            }

            var (sent, refusal, joined) = context.Workspace.Mailbox.Send(draft);
            if (sent is null)
            {
                return Answers.Refuse(context.Terminal, refusal!);
            }

            if (context.Terminal.Json)
            {
                Terminal.WriteJson(writer =>
                {
                    writer.WritePropertyName("message");
                    Answers.Write(writer, sent, read: false);
                });
            }
            else
            {
                context.Terminal.Line($"{(joined ? "added to what waits for" : "sent to")} {string.Join(", ", sent.To)} as agent_comms/{sent.Id}.msg");
            }

            return ExitCodes.Done;
        });
        return command;
    }
}
