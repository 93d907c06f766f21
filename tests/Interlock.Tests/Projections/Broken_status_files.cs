using System.Text;
using System.Text.Json;
using Interlock.Domain.Plans;
using Interlock.Engine.Projections;

namespace Interlock.Tests.Projections;

public sealed class Broken_status_files : IDisposable
{
    private readonly OpenedRepository repository = new();

    public void Dispose() => repository.Dispose();

    [Fact]
    public void Cut_off_anywhere_it_is_kept_in_quarantine_and_written_anew()
    {
        repository.Claim("2.5.1");
        var text = repository.Read(OpenedRepository.StatusPath);
        var tasks = Tasks(text);
        for (var length = 0; length < text.TrimEnd().Length; length += 97)
        {
            repository.Write(OpenedRepository.StatusPath, text[..length]);

            Assert.Equal("status.quarantined", Assert.Single(repository.Sync()).Kind);

            Assert.Equal(tasks, Tasks(repository.Read(OpenedRepository.StatusPath)));
            Assert.Contains(text[..length], repository.Quarantined);
        }

        repository.AssertSettled();
    }

    [Fact]
    public void With_any_byte_broken_nobody_crashes_and_every_task_is_still_there()
    {
        var bytes = Encoding.UTF8.GetBytes(repository.Read(OpenedRepository.StatusPath));
        for (var at = 0; at < bytes.Length; at += 97)
        {
            var broken = bytes.ToArray();
            broken[at] = 0xFF;
            File.WriteAllBytes(repository.Full(OpenedRepository.StatusPath), broken);

            Assert.NotEmpty(repository.Sync());

            Assert.Equal(4, repository.Status()["tasks"]!.AsArray().Count);
            Assert.Equal("Create the config", repository.Task("2.5.1").Title);
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{ "tasks": {} }""")]
    [InlineData("""{ "tasks": [], "tasks": [] }""")]
    [InlineData("""{ "tasks": [ { "task_id": "2.5.1", "notes": "a", "notes": "b" } ] }""")]
    [InlineData("""{ "tasks": [ { "task_id": "2.5.1", "notes": "\udc00" } ] }""")]
    [InlineData("""{ "tasks": [ { "task_id": "2.5.1", "\ud800": 1 } ] }""")]
    [InlineData("""{ "tasks": [ { "task_id": "2.5.1", } ] }""")]
    public void Text_that_is_no_status_file_is_never_read_by_halves(string text)
    {
        repository.Write(OpenedRepository.StatusPath, text);

        Assert.Equal("status.quarantined", Assert.Single(repository.Sync()).Kind);

        Assert.Null(repository.Task("2.5.1").Notes);
        Assert.Equal([text], repository.Quarantined);
        repository.AssertSettled();
    }

    [Theory]
    [InlineData("{\n  \"tasks\": [\n  oops\n] }", "line 3 is not readable JSON")]
    [InlineData("{ \"tasks\": {} }", "it is not an object with a list of tasks")]
    public void What_is_wrong_with_it_is_told_with_its_line(string text, string problem)
    {
        repository.Write(OpenedRepository.StatusPath, text);

        Assert.Contains(problem, Assert.Single(repository.Sync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_order_mark_before_it_is_no_damage()
    {
        var document = repository.Status();
        OpenedRepository.TaskIn(document, "2.5.1")["notes"] = "mine";
        repository.Write(OpenedRepository.StatusPath, $"\uFEFF{document.ToJsonString()}");

        Assert.Equal("task.edited-by-hand", Assert.Single(repository.Sync()).Kind);

        Assert.Equal("mine", repository.Task("2.5.1").Notes);
        Assert.Empty(repository.Quarantined);
        repository.AssertSettled();
    }

    [Fact]
    public void A_byte_order_mark_alone_changes_nothing_at_any_door()
    {
        repository.Write(OpenedRepository.StatusPath, $"\uFEFF{repository.Read(OpenedRepository.StatusPath)}");
        repository.Write(".lock/2.5.3.lock", "\uFEFF{ \"agent_id\": \"me\" }");
        repository.Write("agent_comms/x.msg", "\uFEFF{ \"from\": \"me\", \"to\": \"all\", \"message\": \"m\" }");

        Assert.Equal(["hold.taken", "message.sent"], repository.Sync().Select(entry => entry.Kind));

        repository.AssertSettled();
    }

    [Fact]
    public void Deleted_it_is_written_anew_with_an_event()
    {
        repository.Delete(OpenedRepository.StatusPath);
        repository.Delete("agent_tasks/blocked_tasks.md");

        Assert.Equal(["status.restored", "status.restored"], repository.Sync().Select(entry => entry.Kind));

        Assert.True(repository.Has("agent_tasks/blocked_tasks.md"));
        repository.AssertSettled();
    }

    [Fact]
    public void An_edited_list_of_blocked_tasks_is_written_anew_and_kept()
    {
        repository.Write("agent_tasks/blocked_tasks.md", "mine");

        Assert.Equal("status.restored", Assert.Single(repository.Sync()).Kind);

        Assert.StartsWith("# Tasks that need a person", repository.Read("agent_tasks/blocked_tasks.md"), StringComparison.Ordinal);
        Assert.Equal(["mine"], repository.Quarantined);
    }

    [Fact]
    public void A_broken_file_from_before_the_first_import_is_reported_once()
    {
        using var fresh = new OpenedRepository(import: false);
        fresh.Write(OpenedRepository.StatusPath, "{ broken");
        Assert.Equal("status.quarantined", Assert.Single(fresh.Sync()).Kind);
        Assert.Empty(fresh.Sync());

        fresh.Import();

        Assert.Equal(4, fresh.Status()["tasks"]!.AsArray().Count);
        Assert.Equal(["{ broken"], fresh.Quarantined);
    }

    private static string[] Tasks(string text) =>
        [.. JsonDocument.Parse(text).RootElement.GetProperty("tasks").EnumerateArray().Select(task => task.GetRawText())];
}
