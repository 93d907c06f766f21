namespace Interlock.Tests.Cli;

public sealed class Messages_between_agents
{
    [Fact]
    public void A_message_reaches_the_agent_its_type_or_everybody_but_never_its_sender()
    {
        using var cli = Cli.Assigned();
        cli.Run("send", "--from", "qa-1", "--to", "dev-oauth-1", "--subject", "one", "--message", "m").Expect(0);
        cli.Run("send", "--from", "qa-1", "--to", "dev-oauth", "--subject", "type", "--message", "m").Expect(0);
        cli.Run("send", "--from", "qa-1", "--to", "all", "--subject", "all", "--message", "m").Expect(0);

        Assert.Equal(["one", "type", "all"], Inbox(cli, "dev-oauth-1"));
        Assert.Equal(["type", "all"], Inbox(cli, "dev-oauth-2", "--peek"));
        Assert.Equal(["all"], Inbox(cli, "dev-backend-1"));
        Assert.Empty(Inbox(cli, "qa-1"));

        Assert.Empty(Inbox(cli, "dev-oauth-1"));
        Assert.Equal(["type", "all"], Inbox(cli, "dev-oauth-2"));
        Assert.Equal(["one", "type", "all"], Inbox(cli, "dev-oauth-1", "--all"));
    }

    [Fact]
    public void A_message_is_also_a_file_with_everything_it_says()
    {
        using var cli = Cli.Assigned();
        cli.Set("INTERLOCK_AGENT_ID", "qa-1");

        var sent = cli.Json("send", "--to", "all", "--message", "which port?", "--type", "question", "--urgency", "high", "--task", "2.5.1", "--file", "src/config.ts", "--respond-within", "15m")
            .Expect(0).Json.GetProperty("message");

        var file = System.Text.Json.JsonDocument.Parse(cli.Read($"agent_comms/{sent.GetProperty("id").GetString()}.msg")).RootElement;
        Assert.Equal(("qa-1", "which port?", "question", "high"), (file.GetProperty("from").GetString(), file.GetProperty("message").GetString(), file.GetProperty("type").GetString(), file.GetProperty("urgency").GetString()));
        Assert.Equal(("2.5.1", "src/config.ts", true), (file.GetProperty("related_tasks")[0].GetString(), file.GetProperty("related_files")[0].GetString(), file.GetProperty("requires_response").GetBoolean()));
        Assert.Contains("| which port?", cli.Run("inbox", "--agent", "qa-2").Expect(0).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Sixteen_kilobytes_are_sent_and_one_byte_more_is_not()
    {
        using var cli = Cli.Assigned();

        cli.Run("send", "--from", "qa-1", "--to", "qa-2", "--message", new string('m', 16 * 1024)).Expect(0);
        cli.Run("send", "--from", "qa-1", "--to", "qa-2", "--message", new string('m', 16 * 1024 - 1) + "é").Expect(2);

        Assert.Single(Directory.GetFiles(Path.Combine(cli.Root, "agent_comms")));
    }

    [Theory]
    [InlineData("--type", "gossip")]
    [InlineData("--urgency", "now")]
    [InlineData("--to", "../x")]
    public void A_message_with_a_word_that_is_none_is_not_sent(string option, string word)
    {
        using var cli = Cli.Assigned();

        Assert.Contains(option == "--to" ? "'to'" : word, cli.Run("send", "--from", "qa-1", "--to", "qa-2", "--message", "m", option, word).Expect(2).Error, StringComparison.Ordinal);

        Assert.Empty(Directory.GetFiles(Path.Combine(cli.Root, "agent_comms")));
    }

    private static string[] Inbox(Cli cli, string agent, params string[] options) =>
        [.. cli.Json(["inbox", "--agent", agent, .. options]).Expect(0).Json.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("subject").GetString()!)];
}
