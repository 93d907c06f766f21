using System.Text;
using System.Text.Json;
using Interlock.Domain.Plans;
using Interlock.Engine;
using Interlock.Engine.Platform;
using Interlock.Engine.Projections;
using Interlock.Engine.Protocol;

namespace Interlock.Tests.Projections;

public sealed class Projected_files : IDisposable
{
    private readonly OpenedRepository repository = new();

    public void Dispose() => repository.Dispose();

    [Fact]
    public async Task No_reader_ever_sees_half_a_file()
    {
        var token = repository.Claim("2.5.1");
        using var stop = new CancellationTokenSource();
        var path = repository.Full(OpenedRepository.StatusPath);
        var reads = 0;
        var reader = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var document = JsonDocument.Parse(File.ReadAllBytes(path));
                Assert.Equal(4, document.RootElement.GetProperty("tasks").GetArrayLength());
                Interlocked.Increment(ref reads);
            }
        });
        for (var turn = 0; turn < 50 || (Volatile.Read(ref reads) < 50 && !reader.IsCompleted); turn++)
        {
            repository.Protocol.Renew(new TaskId("2.5.1"), token);
            repository.Workspace.Sync();
        }

        await stop.CancelAsync();
        await reader;
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(path)!, "*.tmp"));
    }

    [Fact]
    public void A_crash_between_commit_and_files_heals_at_the_next_look()
    {
        var reply = repository.Protocol.Claim(new ClaimRequest(new TaskId("2.5.1"), new AgentId("a-1")));
        Assert.Equal("pending", (string?)repository.StatusOf("2.5.1")["status"]);

        Assert.Empty(repository.Sync());

        Assert.Equal("in_progress", (string?)repository.StatusOf("2.5.1")["status"]);
        Assert.True(repository.Has(".lock/2.5.1.lock"));
        Assert.NotNull(repository.LeaseOf("2.5.1"));
        Assert.Equal(reply.Lease!.Fence, repository.LeaseOf("2.5.1")!.Fence);
    }

    [Fact]
    public void A_crash_between_files_and_their_bookkeeping_is_not_taken_for_somebodys_edit()
    {
        var paths = new[] { OpenedRepository.StatusPath, ".lock/2.5.1.lock" };
        var before = repository.Store.Read(reader => reader.Projection(paths[0]));
        var plan = OpenedRepository.Plan.Replace("Create the service", "Create a service", StringComparison.Ordinal)
            + "\n- [ ] Task 2.5.9: New [Dependencies: Task 7.7] [Files: new.ts]\n- [x] Task 2.5.10: Done already\n";
        repository.Import(plan);
        repository.Claim("2.5.1");
        var tasks = repository.Workspace.Snapshot().Tasks;
        repository.Store.Write(transaction =>
        {
            transaction.SetProjection(paths[0], before);
            transaction.SetProjection(paths[1], null);
            return true;
        });

        Assert.Empty(repository.Sync());

        Assert.Equal(tasks.Select(Shown), repository.Workspace.Snapshot().Tasks.Select(Shown));
        Assert.Equal("held", repository.Protocol.WhyNot(new TaskId("2.5.9"))!.Code);
        repository.AssertSettled();
    }

    [Fact]
    public void A_prompt_edited_by_hand_stays_until_the_next_assign()
    {
        var text = "one";
        var prompts = new ProjectedFiles(repository.Root, repository.Store, repository.Protocol.Clock, (_, _) => new Dictionary<string, string> { ["qa-1"] = text });
        prompts.Write(new Dictionary<string, byte[]?>());
        repository.Write("agent_prompts/qa-1.md", "mine");
        text = "two";
        prompts.Write(new Dictionary<string, byte[]?>());
        Assert.Equal("mine", repository.Read("agent_prompts/qa-1.md"));

        prompts.RenewPrompts();
        prompts.Write(new Dictionary<string, byte[]?>());

        Assert.Equal("two", repository.Read("agent_prompts/qa-1.md"));
        new ProjectedFiles(repository.Root, repository.Store, repository.Protocol.Clock, (_, _) => new Dictionary<string, string>()).Write(new Dictionary<string, byte[]?>());
        Assert.Empty(repository.Files("agent_prompts"));
    }

    [Fact]
    public void An_edit_made_while_the_files_are_written_waits_for_the_next_look()
    {
        var files = new ProjectedFiles(repository.Root, repository.Store, repository.Protocol.Clock, (_, _) => new Dictionary<string, string>());
        repository.Protocol.Cancel(new TaskId("2.5.3"), "x");
        var edited = repository.Status();
        OpenedRepository.TaskIn(edited, "2.5.1")["notes"] = "just now";
        repository.Write(OpenedRepository.StatusPath, edited.ToJsonString());

        files.Write(new Dictionary<string, byte[]?>());
        repository.Sync();

        Assert.Equal("just now", repository.Task("2.5.1").Notes);
        Assert.Equal("cancelled", (string?)repository.StatusOf("2.5.3")["status"]);
        repository.AssertSettled();
    }

    [Theory]
    [InlineData("agent_tasks/blocked_tasks.md", "mine", "status.restored")]
    [InlineData("agent_tasks/blocked_tasks.md", null, "status.restored")]
    [InlineData("agent_tasks/todo_progress.json", null, "status.restored")]
    [InlineData(".lock/2.5.1.lock", null, "lease.revoked")]
    public void What_is_done_to_a_file_while_the_files_are_written_is_told_of_at_the_next_look(string path, string? text, string kind)
    {
        var files = FilesThatAreBehind();
        Replace(path, text);

        files.Write(new Dictionary<string, byte[]?>());

        Assert.Contains(kind, repository.Sync().Select(line => line.Kind));
        repository.AssertSettled();
    }

    [Theory]
    [InlineData("agent_tasks/blocked_tasks.md", "mine", "status.restored")]
    [InlineData("agent_tasks/todo_progress.json", "{ mine", "status.quarantined")]
    [InlineData("agent_tasks/todo_progress.json", null, "status.restored")]
    [InlineData(".lock/2.5.1.lock", null, "lease.revoked")]
    public void What_is_done_to_a_file_just_before_it_is_replaced_is_told_of_at_the_next_look(string path, string? text, string kind)
    {
        var files = FilesThatAreBehind();
        repository.Protocol.Block(new TaskId("2.5.3"), null, "it waits", new AgentId("qa-1"));
        AtomicFile.Watcher.Value = step =>
        {
            if (step is not DiskStep.Synchronized { Path: var beside } || !Path.GetFileName(beside).StartsWith($".{Path.GetFileName(path)}.", StringComparison.Ordinal))
            {
                return;
            }

            AtomicFile.Watcher.Value = null;
            Replace(path, text);
        };

        files.Write(new Dictionary<string, byte[]?>());

        Assert.Null(AtomicFile.Watcher.Value);
        Assert.Contains(kind, repository.Sync().Select(line => line.Kind));
        repository.AssertSettled();
    }

    [Fact]
    public void The_folders_people_list_are_there_from_the_start()
    {
        using var fresh = new OpenedRepository(import: false);
        fresh.Sync();

        Assert.True(Directory.Exists(fresh.Full(".lock")) && Directory.Exists(fresh.Full("agent_comms")));
        Assert.False(fresh.Has(OpenedRepository.StatusPath));
    }

    // A task has one more file since they were written.
    private ProjectedFiles FilesThatAreBehind()
    {
        var token = repository.Claim("2.5.1");
        repository.Protocol.Extend(new TaskId("2.5.1"), token, ["one-more.ts"]);
        return new ProjectedFiles(repository.Root, repository.Store, repository.Protocol.Clock, (_, _) => new Dictionary<string, string>());
    }

    // Null takes the file away.
    private void Replace(string path, string? text)
    {
        File.Delete(repository.Full(path));
        if (text is not null)
        {
            repository.Write(path, text);
        }
    }

    private static string Shown(Interlock.Domain.Scheduling.WorkTask task) => Encoding.UTF8.GetString(StatusFile.Render([task], 0, default, null)) + task.HeldBecause + task.FromPlan + task.Module + task.CompletedHow;
}
