using Interlock.Engine.Platform;
using Interlock.Tests.Scenarios;

namespace Interlock.Tests.Cli;

/// <summary>Pipes, folders and links where people's files belong, and the program that has to go on.</summary>
public sealed class What_is_not_a_file : IDisposable
{
    private readonly Cli cli = Cli.Assigned();

    public What_is_not_a_file() => Assert.SkipWhen(OperatingSystem.IsWindows(), "pipes and links are made by a shell");

    public void Dispose() => cli.Dispose();

    [Theory]
    [InlineData("agent_comms/x.msg")]
    [InlineData(".lock/zz.lock")]
    [InlineData(".lock/2.5.1.lock")]
    [InlineData(Cli.StatusPath)]
    [InlineData("agent_tasks/blocked_tasks.md")]
    [InlineData("agent_prompts/dev-oauth-1.md")]
    public void A_pipe_in_the_place_of_a_shared_file_is_set_aside_unopened_and_holds_up_nobody(string path)
    {
        cli.Claim("2.5.1", "dev-1");
        cli.Shell($"mkdir -p $(dirname {path}); rm -f {path}; mkfifo {path}").Expect(0);
        Assert.Contains("file-in-the-way", Timed("doctor", 1).Out, StringComparison.Ordinal);

        Timed("renew 2.5.1 --agent dev-1", 0);

        Assert.Contains("file.quarantined", cli.EventKinds());
        Assert.NotEqual(FileKind.Special, RegularFile.KindOf(Path.Combine(cli.Root, path)));
        Assert.Contains("named pipe", Timed("log --kind file.quarantined", 0).Out, StringComparison.Ordinal);
        Assert.Equal(!path.StartsWith("agent_comms", StringComparison.Ordinal), cli.Has(path));
        Timed("doctor", 0);
    }

    [Theory]
    [InlineData("interlock.json", "status")]
    [InlineData(Cli.PlanPath, "plan")]
    public void A_pipe_as_the_configuration_or_the_plan_is_refused_by_name(string path, string verb)
    {
        cli.Shell($"rm -f {path}; mkfifo {path}").Expect(0);

        var refused = Timed(verb, 1);

        Assert.Contains($"{path} is a named pipe, socket or device, not a file", refused.Error, StringComparison.Ordinal);
        Assert.Contains("Take it away", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_configuration_and_a_plan_behind_links_are_read()
    {
        cli.Write("elsewhere/interlock.json", "{ \"limits\": { \"agents\": 3 } }");
        cli.Shell($"ln -s elsewhere/interlock.json interlock.json; mv {Cli.PlanPath} elsewhere/plan.md; ln -s ../elsewhere/plan.md {Cli.PlanPath}").Expect(0);

        Timed("plan", 0);
    }

    [Theory]
    [InlineData(".lock/2.5.1.lock")]
    [InlineData(Cli.StatusPath)]
    [InlineData("agent_comms/x.msg")]
    public void A_folder_in_the_place_of_a_shared_file_is_set_aside_and_the_lease_goes_on(string path)
    {
        cli.Claim("2.5.1", "dev-1");
        cli.Shell($"rm -f {path}; mkdir {path}; echo mine > {path}/note").Expect(0);

        cli.Run("renew", "2.5.1", "--agent", "dev-1").Expect(0);

        Assert.Equal("mine\n", File.ReadAllText(Path.Combine(Assert.Single(Directory.GetDirectories(Path.Combine(cli.Root, ".git/interlock/quarantine"))), "note")));
        Assert.Equal("in_progress", cli.Status("2.5.1"));
        Assert.True(cli.Has(".lock/2.5.1.lock"));
        Assert.DoesNotContain("lease.revoked", cli.EventKinds());
    }

    [Theory]
    [InlineData(".lock")]
    [InlineData("agent_tasks")]
    [InlineData("agent_comms")]
    [InlineData("agent_prompts")]
    [InlineData("agent_comms/archive")]
    public void A_file_in_the_place_of_a_shared_folder_is_set_aside(string folder)
    {
        cli.Claim("2.5.1", "dev-1");
        cli.Shell($"rm -rf {folder}; echo hi > {folder}").Expect(0);
        Assert.Contains($"{folder} is a file, where a folder belongs", cli.Run("doctor").Expect(1).Out, StringComparison.Ordinal);

        cli.Run("renew", "2.5.1", "--agent", "dev-1").Expect(0);

        Assert.Contains("file.quarantined", cli.EventKinds());
        Assert.Equal("in_progress", cli.Status("2.5.1"));
        Assert.True(cli.Has(".lock/2.5.1.lock"));
        cli.Run("doctor").Expect(0);
    }

    [Fact]
    public void A_linked_lock_is_never_followed_and_holds_the_task_like_any_unreadable_one()
    {
        cli.Write("outside.json", "{ \"agent_id\": \"stranger\" }");
        cli.Shell("ln -s ../outside.json .lock/2.5.1.lock").Expect(0);

        cli.Run("status").Expect(0);

        Assert.Contains("already", cli.Run("claim", "2.5.1", "--agent", "dev-1").Expect(1).Error, StringComparison.Ordinal);
        Assert.Null(new FileInfo(Path.Combine(cli.Root, ".lock/2.5.1.lock")).LinkTarget);
        Assert.Contains("\"manual\"", cli.Read(".lock/2.5.1.lock"), StringComparison.Ordinal);
        Assert.Contains("symbolic link", cli.Run("log", "--kind", "file.quarantined").Expect(0).Out, StringComparison.Ordinal);
        Assert.Equal("{ \"agent_id\": \"stranger\" }", cli.Read("outside.json"));
    }

    [Fact]
    public void A_linked_message_and_a_linked_status_file_are_set_aside_and_what_they_point_to_stays()
    {
        cli.Write("outside.json", "{ \"tasks\": [] }");
        cli.Write("outside.txt", "{ \"from\": \"stranger\", \"to\": [\"all\"], \"message\": \"m\", \"timestamp\": \"2020-01-01T00:00:00Z\" }");
        cli.Shell($"ln -sf ../outside.json {Cli.StatusPath}; ln -s ../outside.txt agent_comms/x.msg").Expect(0);

        cli.Run("status").Expect(0);

        Assert.Equal(2, cli.EventKinds().Count(kind => kind == "file.quarantined"));
        Assert.Equal("{ \"tasks\": [] }", cli.Read("outside.json"));
        Assert.True(cli.Has("outside.txt"));
        Assert.Equal("pending", cli.Status("2.5.1"));
        Assert.DoesNotContain("message.sent", cli.EventKinds());
    }

    [Theory]
    [InlineData(".lock")]
    [InlineData("agent_comms")]
    public void A_linked_folder_is_refused_by_name_and_nothing_in_it_is_touched(string folder)
    {
        cli.Write("theirs/old.msg", "{ \"from\": \"me\", \"to\": [\"all\"], \"message\": \"m\", \"timestamp\": \"2020-01-01T00:00:00Z\" }");
        cli.Shell($"rm -rf {folder}; ln -s theirs {folder}").Expect(0);

        var refused = cli.Run("claim", "2.5.1", "--agent", "dev-1").Expect(3);

        Assert.Contains($"{folder} is a symbolic link", refused.Error, StringComparison.Ordinal);
        Assert.Contains($"{folder} is a symbolic link", cli.Run("doctor").Expect(1).Out, StringComparison.Ordinal);
        Assert.Contains($"{folder} is a symbolic link", cli.Run("doctor", "--fix").Expect(1).Out, StringComparison.Ordinal);
        Assert.Equal(["old.msg"], Directory.GetFileSystemEntries(Path.Combine(cli.Root, "theirs")).Select(Path.GetFileName));
    }

    [Fact]
    public void A_repository_below_a_link_works_as_any_other()
    {
        var link = Path.Combine(cli.Home, "link");
        Directory.CreateSymbolicLink(link, cli.Home);
        var root = Path.Combine(link, "repo");

        cli.RunIn(root, "claim", "2.5.1", "--agent", "dev-1").Expect(0);

        cli.RunIn(root, "status").Expect(0);
        Assert.DoesNotContain("file.quarantined", cli.EventKinds());
        cli.RunIn(root, "doctor").Expect(0);
    }

    // Ends what would wait for ever.
    private Answer Timed(string line, int exitCode) => cli.Shell($"timeout 30 '{Product.Path}' {line}").Expect(exitCode);
}
