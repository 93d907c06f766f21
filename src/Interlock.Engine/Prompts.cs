using System.Text;
using Interlock.Domain.Assignment;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Running;
using Interlock.Engine.Stores;

namespace Interlock.Engine;

/// <summary>Gathers what a prompt says from the state; the words are <see cref="AgentPrompt"/>'s.</summary>
public static class Prompts
{
    private const string StoryKey = "prompts.story";
    private const int LogTail = 6 * 1024;

    // What conflicts with whose work is bounded where it is written, and is of use only whole.
    private const int ConflictTail = 64 * 1024;

    /// <summary>Makes a story the one that the files in <c>agent_prompts/</c> are about.</summary>
    public static void ShowStory(Workspace workspace, StoryId story) => workspace.Store.Write(transaction =>
    {
        transaction.SetMeta(StoryKey, story.Value);
        return true;
    });

    /// <summary>One prompt per roster agent, by agent id; none before the first assignment.</summary>
    public static IReadOnlyDictionary<string, string> ForWindows(Workspace workspace, IStoreReader reader, IReadOnlyList<WorkTask> tasks)
    {
        if (reader.Meta(StoryKey) is not { Length: > 0 } name)
        {
            return new Dictionary<string, string>();
        }

        var story = new StoryId(name);
        var title = TitleOf(reader, story);
        var byId = tasks.ToDictionary(task => task.Id);
        var roster = workspace.Config.Roster;
        return roster.Agents.ToDictionary(
            agent => agent.Id.Value,
            agent => AgentPrompt.ForManual(new PromptInput(
                agent,
                roster.Types.First(type => type.Name == agent.Type).Specialties,
                story,
                title,
                [.. tasks.Where(task => task.Story == story && task.AssignedAgent == agent.Id).Select(task => Describe(task, byId))],
                CheckLines(workspace))));
    }

    /// <summary>What one headless attempt is told.</summary>
    /// <param name="resumes">It goes on with a session that knows the task.</param>
    public static string ForRun(Workspace workspace, WorkTask task, Lease lease, RunOptions options, bool hasPriorWork, bool resumes)
    {
        var (title, landed) = workspace.Store.Read(reader => (
            TitleOf(reader, task.Story),
            task.Dependencies.Select(reader.FindTask).OfType<WorkTask>().ToList()));
        var input = new RunPromptInput(
            lease.Agent,
            task.Story,
            title,
            task.Id,
            task.Title,
            task.Group,
            lease.Files,
            [.. landed.Select(done => new LandedDependency(done.Id, done.Title, SubjectOf(done)))],
            task.NextAttempt,
            task.LastError,
            task.LastLog is { } log ? TailOf(log) : null,
            hasPriorWork,
            [.. options.Checks.Select(check => string.Join(' ', check.Command))]);
        return resumes ? AgentPrompt.ForResume(input) : AgentPrompt.ForRun(input);
    }

    private static PromptTask Describe(WorkTask task, Dictionary<TaskId, WorkTask> byId) => new(
        task.Id,
        task.Title,
        task.Complexity,
        StatusWords.Of(task.State),
        [.. task.Dependencies.Select(byId.GetValueOrDefault).OfType<WorkTask>().Select(other => new PromptDependency(other.Id, StatusWords.Of(other.State), other.AssignedAgent))],
        task.Files);

    private static string TitleOf(IStoreReader reader, StoryId story) =>
        reader.Stories().FirstOrDefault(known => known.Id == story)?.Title ?? "";

    private static string? SubjectOf(WorkTask task) => task is { CompletedHow: "landed", AssignedAgent: { } agent } ? Commits.Subject(agent, task.Id, task.Title) : null;

    private static IReadOnlyList<string> CheckLines(Workspace workspace) =>
        [.. (workspace.Config.Config.Checks?.Entries ?? []).Select(check => check.Command.ToString())];

    // The end of a log says what went wrong; a log that was cleaned away is no reason not to start.
    private static string? TailOf(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var most = path.EndsWith("-conflict.log", StringComparison.Ordinal) ? ConflictTail : LogTail;
            stream.Seek(-Math.Min(most, stream.Length), SeekOrigin.End);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            return reader.ReadToEnd();
        }
        catch (IOException)
        {
            return null;
        }
    }
}
