using Interlock.Domain.Leasing;

namespace Interlock.Domain.Plans;

/// <summary>Collects what a reader has to say and hands it out in the order of the lines.</summary>
internal sealed class PlanProblems
{
    private readonly List<PlanProblem> problems = [];

    public void Info(string code, int line, string message, string hint) =>
        problems.Add(new PlanProblem(ProblemSeverity.Info, code, line, message, hint));

    public void Warning(string code, int line, string message, string hint) =>
        problems.Add(new PlanProblem(ProblemSeverity.Warning, code, line, message, hint));

    public void Error(string code, int line, string message, string hint) =>
        problems.Add(new PlanProblem(ProblemSeverity.Error, code, line, message, hint));

    public IReadOnlyList<PlanProblem> InOrder() => [.. problems.OrderBy(problem => problem.Line)];
}
