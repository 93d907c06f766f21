using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;

namespace Interlock.Engine.Protocol;

/// <summary>What agents ask of people: tasks that they found missing. And that agents are there at all.</summary>
public sealed partial class TaskProtocol
{
    /// <summary>Notes that an agent was heard of. Cheap: not more than one write in a few seconds, and no event.</summary>
    /// <param name="how">What it did, in a word.</param>
    public void Hear(AgentId agent, string how)
    {
        var now = clock.Now;
        if (store.Read(reader => reader.SignsOfLife()).FirstOrDefault(sign => sign.Agent == agent) is { } last && now - last.At < SignOfLife.Every && now >= last.At)
        {
            return;
        }

        store.Write(transaction =>
        {
            transaction.Put(new SignOfLife(agent, now, how));
            return true;
        });
    }

    /// <summary>Files a suggestion. It changes no task: a person accepts or declines it.</summary>
    public (Suggestion? Suggestion, Refusal? Refusal) Suggest(Suggestion draft) => store.Write<(Suggestion?, Refusal?)>(transaction =>
    {
        var tasks = transaction.Tasks();
        var all = transaction.Suggestions();
        if (Wrong(draft, tasks, all) is { } refusal)
        {
            return (null, refusal);
        }

        if (all.FirstOrDefault(other => other.State == SuggestionState.Open && other.By == draft.By && other.Story == draft.Story && other.Title == draft.Title) is { } same)
        {
            return (same, null);
        }

        var suggestion = draft with
        {
            Id = Suggestion.NextId(draft.Story, tasks.Select(task => task.Id).Concat(all.Select(other => other.Id)).ToHashSet()),
            At = clock.Now,
            State = SuggestionState.Open,
        };
        transaction.Put(suggestion);
        transaction.Append(clock.Now, "task.suggested", suggestion.AsProposal().Message, suggestion.Id, draft.By);
        return (suggestion, null);
    });

    /// <summary>A person decides about a suggestion. Refused when there is none open of that id.</summary>
    private Reply Decide(TaskId id, bool accept) => Operate(null, (transaction, now) =>
    {
        if (transaction.FindSuggestion(id) is not { State: SuggestionState.Open } suggestion || transaction.FindTask(id) is not null)
        {
            return Reply.Refused(Unknown(id));
        }

        transaction.Put(suggestion with { State = accept ? SuggestionState.Accepted : SuggestionState.Declined });
        if (!accept)
        {
            transaction.Append(now.Wall, "task.suggestion-declined", $"the suggestion of {suggestion.By} is left aside", id);
            return new Reply();
        }

        var tasks = transaction.Tasks();
        var task = new WorkTask
        {
            Id = id,
            Story = suggestion.Story,
            Title = suggestion.Title,
            Epic = tasks.FirstOrDefault(other => other.Story == suggestion.Story)?.Epic,
            Module = suggestion.Story.Value,
            Order = tasks.Max(other => other.Order) + 1,
            Dependencies = [.. suggestion.Dependencies.Where(dependency => tasks.Any(other => other.Id == dependency))],
            Files = suggestion.Files,
            Notes = suggestion.Reason.Length == 0 ? null : suggestion.Reason,
            CreatedAt = now.Wall,
            UpdatedAt = now.Wall,
        };
        transaction.Put(task);
        transaction.Append(now.Wall, "task.added", $"suggested by {suggestion.By}, accepted by a person", id);
        return new Reply(task);
    });

    private static Refusal? Wrong(Suggestion draft, IReadOnlyList<WorkTask> tasks, IReadOnlyList<Suggestion> all)
    {
        var title = draft.Title.Trim();
        var (message, hint) =
            tasks.All(task => task.Story != draft.Story) ? ($"there is no story {draft.Story}", "List them: interlock status")
            : title.Length == 0 || title.Length > 300 || title.Any(char.IsControl) ? ("the title is not one line of at most 300 characters", "Say in one line what has to be done; put the rest into reason")
            : draft.Reason.Length > Suggestion.MostText ? ($"the reason is longer than {Suggestion.MostText} characters", "Say it shorter")
            : BadFile(draft.Files) is { } file ? (file.Message, file.Hint)
            : draft.Dependencies.FirstOrDefault(id => tasks.All(task => task.Id != id)) is { Value: { } missing } ? ($"it depends on {missing}, which is no task", "List them: interlock status")
            : all.Count(other => other.By == draft.By && other.State == SuggestionState.Open) >= Suggestion.MostOpen ? ($"{Suggestion.MostOpen} suggestions of {draft.By} wait for a person already", "Tell a person with: interlock block")
            : ("", "");
        return message.Length == 0 ? null : new Refusal(RefusalCodes.BadSuggestion, message, hint);
    }
}
