using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;

namespace Interlock.Tests.Projections;

public sealed class Earlier_status_files : IDisposable
{
    private const string Earlier = """
        {
          "description": "ours", "version": "1.0.0", "owner": "me",
          "tasks": [
            { "story_id": "story-2.5", "task_id": "task-17-0", "description": "Create the config", "status": "completed", "assigned_agent": "dev-oauth-2", "dependencies": ["task-2-5-1"], "notes": "n", "jira": 7 },
            { "story_id": "story-2.5", "task_id": "2.5.2", "description": "other words", "status": "blocked", "last_error": "no key" },
            { "story_id": "story-2.5", "task_id": "task-17-2", "description": "Create the service", "status": "in_progress", "assigned_agent": "../x" },
            { "story_id": "story-9.9", "task_id": "task-17-3", "description": "Describe it", "status": "cancelled" }
          ]
        }
        """;

    private readonly OpenedRepository repository = new(import: false);

    public void Dispose() => repository.Dispose();

    [Fact]
    public void Their_progress_is_taken_over_by_id_or_by_story_and_text()
    {
        repository.Write(OpenedRepository.StatusPath, Earlier);
        repository.Sync();

        var report = repository.Import();

        Assert.Equal((3, 1), (report.LegacyMatched, report.LegacyUnmatched));
        var done = repository.Task("2.5.1");
        Assert.Equal((TaskState.Merged, "baseline", "dev-oauth-2", "n"), (done.State, done.CompletedHow, done.AssignedAgent!.Value.Value, done.Notes));
        Assert.Empty(done.Dependencies);
        Assert.Equal(7, (int?)repository.StatusOf("2.5.1")["jira"]);
        Assert.Equal((TaskState.Dead, "no key"), (repository.Task("2.5.2").State, repository.Task("2.5.2").LastError));
        Assert.Equal((TaskState.Ready, null), (repository.Task("2.5.3").State, repository.Task("2.5.3").AssignedAgent));
        Assert.Equal(TaskState.Merged, repository.Task("2.5.4").State);
        Assert.Equal("me", (string?)repository.Status()["owner"]);
        Assert.Equal([Earlier], repository.Quarantined);
        repository.AssertSettled();
        repository.Protocol.OpenByHand(new TaskId("2.5.1"));
        Assert.Equal(0, repository.Import().LegacyMatched);
        Assert.Equal(TaskState.Ready, repository.Task("2.5.1").State);
    }

    [Fact]
    public void They_are_left_alone_and_reported_once_until_the_plan_is_imported()
    {
        repository.Write(OpenedRepository.StatusPath, Earlier);

        Assert.Equal("status.found", Assert.Single(repository.Sync()).Kind);
        Assert.Empty(repository.Sync());

        Assert.Equal(Earlier, repository.Read(OpenedRepository.StatusPath));
    }
}
