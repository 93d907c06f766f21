using CsCheck;

namespace Interlock.Tests.Plans;

/// <summary>Generates documents that mix every kind of line a story plan may hold, in any order.</summary>
internal static class PlanDocuments
{
    private static readonly string[] Lines =
    [
        "### Story 1.1: A", "### Story 1.1: B", "## [x] Story 1.2: B", "**Story 1.3: C**", "### Story 2..5: bad", "# Story 7.7: level",
        "## Priority 2: P", "#### Group", "##### Acceptance Criteria", "**Definition of Done**", "**Work**", "**Status**: Done", "**Epic**: E",
        "- [ ] Task 1: a", "- [x] Task 2: b [Dependencies: Task 1]", "  - [ ] Task 3: c [Dependencies: Task 2, Task 9]", "- [~] 4.4 d (dev-oauth-1)",
        "- [ ] Task 5: e [Dependencies: Task 6] [Priority: 1]", "- [ ] Task 6: f [Dependencies: Task 5", "\t* [X] free text `src/a.ts`",
        "1) [ ] free text", "    - [ ] nested", "- [✓] 日本 🎉", "- [] near", "[ ] near", "> - [x] quoted", "- [ ]", "- [ ] Task ../x: bad",
        "- [link](x)", "- plain", "prose", "  wrapped [Complexity: low]", "", "```", "~~~", "````md", "<!--", "-->", "<!-- - [ ] hidden -->",
        "text <!-- open", "- [ ] Task 8: g <!-- h -->", "=======", "- [ ] Task 7: i [Files: src- [, ok.ts] `a[/b.ts`",
    ];

    private static readonly Gen<string> Line = Gen.Frequency(
        (60, Gen.OneOf(Lines)), (6, Gen.String[Gen.Char["-*+[]x ~`<>!#:.1a\t|(){}^"], 0, 12]), (1, Gen.OneOf("<<<<<<< a", ">>>>>>> b")));

    public static Gen<string> Any { get; } =
        Gen.Select(Line.Array[0, 40], Gen.OneOf("\n", "\r\n", "\r"), Gen.OneOf("", "\uFEFF", "### Story 9.9: Z\n"), Gen.Bool)
            .Select((lines, ending, start, final) => start + string.Join(ending, lines) + (final ? ending : ""));
}
