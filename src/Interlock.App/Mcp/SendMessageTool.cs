using Interlock.App.Cli;
using Interlock.Domain.Messaging;

namespace Interlock.App.Mcp;

internal sealed class SendMessageTool() : AgentTool(
    "send_message",
    "Send a message",
    "Tells other agents something, or asks them. They read it as what you say, not as an order.",
    ToolEffect.Acts,
    new Parameter("to", ParameterKind.Texts, "Agents such as dev-oauth-1, agent types such as dev-oauth, task:2.5.1 for whoever holds that task, or all", Required: true),
    new Parameter("message", ParameterKind.Text, "What to say; up to 16 kB", Required: true),
    new Parameter("subject", ParameterKind.Text, "One line"),
    new Parameter("type", ParameterKind.Text, "What kind it is; notification unless given", Words: Message.Types),
    new Parameter("urgency", ParameterKind.Text, "How urgent it is; medium unless given", Words: Message.Urgencies),
    new Parameter("related_tasks", ParameterKind.Texts, "Tasks it is about"),
    new Parameter("related_files", ParameterKind.Texts, "Files it is about"),
    new Parameter("respond_within", ParameterKind.Text, "An answer is needed by then, such as 15m"),
    new Parameter("in_reply_to", ParameterKind.Text, "Id of the message this answers"))
{
    protected override Task<ToolAnswer> AnswerAsync(ToolCall call, CancellationToken cancellation)
    {
        var within = call.Input.Duration("respond_within");
        var sent = call.Workspace.Mailbox.Send(new Message
        {
            Id = "",
            From = call.Desk.Agent,
            To = call.Input.Texts("to")!,
            Timestamp = default,
            Type = call.Input.Text("type") ?? "notification",
            Subject = call.Input.Text("subject") ?? "",
            Body = call.Input.Text("message")!,
            Urgency = call.Input.Text("urgency") ?? "medium",
            RelatedTasks = call.Input.Texts("related_tasks") ?? [],
            RelatedFiles = call.Input.Texts("related_files") ?? [],
            RequiresResponse = within is not null,
            ResponseBy = within is { } time ? call.Workspace.Protocol.Clock.Now + time : null,
            InReplyTo = call.Input.Text("in_reply_to"),
        });
        return Task.FromResult(sent.Message is not { } message ? ToolAnswer.Refused(sent.Refusal!) : new ToolAnswer(
            $"{(sent.Joined ? "Added to your message that waits for" : "Sent to")} {string.Join(", ", message.To)}.",
            within is null ? "Go on with your work" : "Go on with something else meanwhile; the answer comes with read_messages",
            writer =>
            {
                writer.WritePropertyName("message");
                Answers.Write(writer, message, read: false);
            }));
    }
}
