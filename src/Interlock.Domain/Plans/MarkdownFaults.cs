using Interlock.Domain.Leasing;

namespace Interlock.Domain.Plans;

/// <summary>What can be wrong with any Markdown file that holds a plan.</summary>
internal static class MarkdownFaults
{
    public static void ReportEncoding(MarkdownFile file, PlanProblems problems)
    {
        var broken = file.Lines.Where(line => !line.IsUtf8).ToList();
        if (broken.Count > 0)
        {
            problems.Error(
                "not-utf8", broken[0].Number,
                $"{Counted.Of(broken.Count, "line")} cannot be read as UTF-8, the first is line {broken[0].Number}",
                "Save the file as UTF-8.");
        }
    }

    public static void ReportUnbalanced(MarkdownFile file, PlanProblems problems)
    {
        Report(file.UnbalancedFenceLine, "unbalanced-fence", "code fence", "Close the fence.");
        Report(file.UnbalancedCommentLine, "unbalanced-comment", "comment", "Close the comment with '-->'.");

        void Report(int opened, string code, string noun, string hint)
        {
            var count = opened == 0 ? 0 : file.Lines.Skip(opened - 1).Count(line => line.Region == LineRegion.Text && ExcludedCheckboxes.IsCheckbox(line));
            if (count > 0)
            {
                problems.Warning(
                    code, opened, $"the {noun} that opens here is never closed; {Counted.Of(count, "checkbox")} after it {(count == 1 ? "is" : "are")} read as usual", hint);
            }
        }
    }
}
