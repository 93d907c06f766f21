using System.Text.RegularExpressions;

namespace Interlock.Tests.Plans;

public sealed partial class Documented_problems
{
    [Fact]
    public void Every_code_a_plan_can_have_is_in_the_guide()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Interlock.slnx")))
        {
            root = root.Parent ?? throw new InvalidOperationException("the tests run outside the repository");
        }

        var guide = string.Concat(Directory.GetFiles(Path.Combine(root.FullName, "docs", "guide"), "plan-*.md").Select(File.ReadAllText));
        var sources = Directory.GetFiles(Path.Combine(root.FullName, "src", "Interlock.Domain", "Plans"), "*.cs", SearchOption.AllDirectories)
            .Concat(Directory.GetFiles(Path.Combine(root.FullName, "src", "Interlock.Engine", "Importers"), "*.cs", SearchOption.AllDirectories));
        var codes = sources.SelectMany(file => Code().Matches(File.ReadAllText(file)).Select(match => match.Groups["code"].Value)).Distinct().ToList();

        Assert.InRange(codes.Count, 45, 500);
        Assert.All(codes, code => Assert.Contains($"| `{code}` |", guide, StringComparison.Ordinal));
    }

    // Every literal in front of which a problem is being reported, on the same line or the one before.
    [GeneratedRegex("(?:\\.(?:Info|Warning|Error|Exclude)\\((?:\\s*[\\w.]+,)?\\s*|ProblemSeverity\\.\\w+,|Report\\([\\w.]+,|fenced \\? \"fenced-checkboxes\" :|\\.(?:Info|Warning|Error)\\(\\s*fenced \\?)\\s*\"(?<code>[a-z0-9]+(?:-[a-z0-9]+)*)\"")]
    private static partial Regex Code();
}
