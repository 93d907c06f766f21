using System.Text;

namespace Interlock.Domain.Plans.Breakdown;

/// <summary>What a model is asked to break a specification into tasks.</summary>
public static class BreakdownPrompt
{
    private const int MostOfAnswer = 60_000;

    private const string Ask = """
        Break the specification below into tasks for coding agents that work in parallel, each in its own checkout of this repository.
        A task is one change that can be tested and merged by itself, small enough for one sitting. Name every file or folder it will
        touch; two tasks without a dependency between them should not touch the same file. Make a task depend on another only where it
        needs its result. Change no files.

        Answer with one JSON object that fits this schema, and with nothing else:
        {
          "type": "object", "required": ["stories"],
          "properties": { "stories": { "type": "array", "minItems": 1, "items": {
            "type": "object", "required": ["id", "title", "tasks"],
            "properties": {
              "id": { "type": "string", "pattern": "^[0-9]+\\.[0-9]+$" },
              "title": { "type": "string", "maxLength": 200 },
              "tasks": { "type": "array", "minItems": 1, "items": {
                "type": "object", "required": ["id", "title"],
                "properties": {
                  "id": { "type": "string", "pattern": "^[0-9]+\\.[0-9]+\\.[0-9]+$", "description": "unique; begins with the id of the story" },
                  "title": { "type": "string", "maxLength": 200, "description": "what to do, in one line of plain words" },
                  "complexity": { "enum": ["low", "medium", "high"] },
                  "dependencies": { "type": "array", "items": { "type": "string" }, "description": "ids of tasks of this answer; no circles" },
                  "files": { "type": "array", "items": { "type": "string" }, "description": "paths or globs relative to the root of the repository" }
                } } } } } } }
        }
        """;

    /// <param name="specification">Paths and texts, in order.</param>
    /// <param name="problems">What was wrong with the answer before; empty for the first question.</param>
    /// <param name="answer">The answer before.</param>
    public static string Text(IReadOnlyList<(string Path, string Text)> specification, IReadOnlyList<string> problems, string answer)
    {
        var text = new StringBuilder(Ask.ReplaceLineEndings("\n")).Append("\n\n");
        foreach (var (path, content) in specification)
        {
            text.Append($"===== {path} =====\n").Append(content.TrimEnd()).Append("\n\n");
        }

        if (problems.Count > 0)
        {
            text.Append("===== your answer before =====\n").Append(answer.Length > MostOfAnswer ? answer[^MostOfAnswer..] : answer).Append("\n\n")
                .Append("That answer cannot be used:\n").AppendJoin('\n', problems.Select(problem => $"- {problem}")).Append("\nAnswer again, with the whole object.\n");
        }

        return text.ToString();
    }
}
