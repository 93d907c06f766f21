namespace Interlock.Domain.Plans;

/// <summary>Turns one checkbox of a story into a task and says what is odd about it.</summary>
internal sealed class TaskReader(StoryId story, PlanProblems problems)
{
    /// <summary>Null when the checkbox cannot be a task; the reason has been reported.</summary>
    public PlanTask? Read(Checkbox checkbox, MarkdownLine line, TaskText text, string? group, string id)
    {
        if (id.Length == 0)
        {
            problems.Info("empty-checkbox", line.Number, "the checkbox has no text, so it is left out", "Write what is to be done or remove the line.");
            return null;
        }

        if (!Identifiers.IsValid(id))
        {
            problems.Error(
                "invalid-id", line.Number, $"'{id}' cannot be the id of a task, so the task is left out", $"Use {Identifiers.Grammar}.");
            return null;
        }

        ReportAttributes(text, line.Number);
        return new PlanTask(
            new TaskId(id),
            text.Id,
            story,
            group,
            text.Title.Length > 0 ? text.Title : $"Task {id}",
            checkbox.PlanMark,
            ReadComplexity(text.Complexity, line.Number),
            text.Dependencies,
            [],
            text.Files,
            ReadAgent(text.Agent, line.Number),
            line.Number,
            line.ByteOffset(checkbox.MarkIndex),
            line.IsUtf8 ? null : "not-utf8");
    }

    private void ReportAttributes(TaskText text, int line)
    {
        foreach (var attribute in text.Unclosed)
        {
            problems.Warning(
                "unclosed-attribute", line, $"'[{attribute.Key}:' is never closed; its value was read as '{attribute.Value}'",
                "Close the attribute with ']'.");
        }

        foreach (var attribute in text.Ignored)
        {
            problems.Info(
                "unknown-attribute", line, $"the attribute '{attribute.Key}: {TaskText.Collapse(attribute.Value)}' means nothing here and is ignored",
                "Use Complexity, Dependencies, Files or Agent.");
        }

        foreach (var file in text.RefusedFiles)
        {
            if (!PlanPaths.TryNormalise(file, out _, out var why))
            {
                problems.Warning("unsafe-path", line, $"{why}; it is ignored", PlanPaths.Remedy);
            }
        }
    }

    private Complexity ReadComplexity(string? written, int line)
    {
        switch (written?.ToUpperInvariant())
        {
            case "LOW":
                return Complexity.Low;
            case "HIGH":
                return Complexity.High;
            case null or "MEDIUM":
                return Complexity.Medium;
            default:
                problems.Warning(
                    "unknown-complexity", line, $"the complexity '{TaskText.Collapse(written)}' is not known; the task counts as medium",
                    "Write low, medium or high.");
                return Complexity.Medium;
        }
    }

    private AgentId? ReadAgent(string? written, int line)
    {
        if (written is null || Identifiers.IsValid(written))
        {
            return written is null ? null : new AgentId(written);
        }

        problems.Warning(
            "invalid-agent", line, $"'{TaskText.Collapse(written)}' cannot be the id of an agent and is ignored", $"Use {Identifiers.Grammar}.");
        return null;
    }
}
