namespace Interlock.Domain.Plans;

/// <summary>A file of a plan.</summary>
/// <param name="Path">Repo-relative, with <c>/</c>; an absolute path when it lies outside the repository.</param>
public sealed record PlanFile(string Path, ReadOnlyMemory<byte> Content);

/// <summary>What one plan is read from: a single file, or those files of a folder that belong to a format.</summary>
/// <param name="Source">The path the user named or the search found: of the file, or of the folder.</param>
public sealed record PlanInput(IReadOnlyList<PlanFile> Files, string Source);

/// <summary>A place where a format keeps its plans.</summary>
/// <param name="Place">Repo-relative path of the file or folder, with <c>/</c>; at least one of the files must be there.</param>
/// <param name="Files">
/// Patterns of the files, relative to the root of the repository; a <c>*</c> stays within one segment. A path belongs to a
/// pattern when it ends with it.
/// </param>
public sealed record PlanLayout(string Place, params IReadOnlyList<string> Files);

/// <summary>How a plan is to be read.</summary>
/// <param name="CriteriaAsTasks">True when checkboxes below headings such as <c>Definition of Done</c> are tasks as well.</param>
/// <param name="RelaxedKinds">Words of <see cref="DependencyKinds"/> whose implicit dependencies are left out; null for none.</param>
public sealed record PlanReading(bool CriteriaAsTasks = false, IReadOnlySet<string>? RelaxedKinds = null)
{
    public bool Keeps(DependencyKind kind) => RelaxedKinds?.Contains(kind.Word()) != true;
}

/// <summary>A way in which people write plans down.</summary>
public interface IPlanFormat
{
    /// <summary>As people name it, such as <c>spec-kit</c>.</summary>
    string Name { get; }

    /// <summary>Where such plans usually are; the first that is there is the most usual.</summary>
    IReadOnlyList<PlanLayout> Layouts { get; }

    /// <summary>False when done work is not marked in the files, so that they never change when work lands.</summary>
    bool HasMarks { get; }

    /// <summary>How surely the files are of this format, from 0 (surely not) to 100, by their places and what they hold.</summary>
    int Score(PlanInput input);

    /// <summary>Reads the plan. Never throws on content: what is wrong is in <see cref="Plan.Problems"/>.</summary>
    Plan Parse(PlanInput input, PlanReading reading);

    /// <summary>
    /// The one changed file with the task marked as done, by the smallest edit there is; null when there is nothing to change.
    /// The input may hold only the file the task came from.
    /// </summary>
    PlanFile? Tick(PlanInput input, TaskId task, out TickOutcome outcome);
}
