using System.Text.RegularExpressions;
using Interlock.Domain.Health;

namespace Interlock.Tests.Health;

public sealed class Documented_findings
{
    [Fact]
    public void Every_finding_is_in_the_guide_with_an_example_and_its_severity_and_the_guide_names_no_other()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Interlock.slnx")))
        {
            root = root.Parent ?? throw new InvalidOperationException("the tests run outside the repository");
        }

        var guide = File.ReadAllText(Path.Combine(root.FullName, "docs", "guide", "doctor.md")).ReplaceLineEndings("\n");
        var described = Regex.Matches(guide, "^### `(?<code>[a-z-]+)`\n(?<severity>[A-Z][a-z]+)\\. .+\n```\n(?<word>[a-z]+) +(?<example>[a-z-]+): .+\n```\nRemedy: .+$", RegexOptions.Multiline | RegexOptions.ExplicitCapture);

        Assert.Equal(
            FindingKinds.All.Select(kind => (kind.Code, kind.Severity.ToString())).Order(),
            described.Select(match => (match.Groups["code"].Value, match.Groups["severity"].Value)).Order());
        Assert.All(described, match => Assert.Equal((match.Groups["code"].Value, match.Groups["severity"].Value.ToLowerInvariant()), (match.Groups["example"].Value, match.Groups["word"].Value)));
        Assert.Equal(FindingKinds.All.Count, FindingKinds.All.Select(kind => kind.Code).Distinct().Count());
        Assert.Equal(
            typeof(FindingKinds).GetFields().Count(field => field.FieldType == typeof(FindingKind)),
            FindingKinds.All.Count);
    }
}
