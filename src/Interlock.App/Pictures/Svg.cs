using System.Globalization;
using System.Text;
using Interlock.App.Cli;

namespace Interlock.App.Pictures;

/// <summary>An SVG drawing in the making. Text from plans is hostile: all of it goes through <see cref="Safe"/>.</summary>
internal sealed class Svg(double width, double height)
{
    /// <summary>Tells a drawing of ours from a person's file.</summary>
    public const string Mark = "<!-- drawn by interlock -->";

    // Colours that keep their meaning on white and on black; the page around decides which set counts.
    private const string Style = """
        svg{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;--ink:#1f2328;--dim:#656d76;--line:#d0d7de;--paper:#ffffff;--path:#cf222e}
        .t{fill:var(--ink)}.d{fill:var(--dim);font-size:11px}.h{fill:var(--ink);font-size:15px;font-weight:600}.b{fill:#10243e;font-size:11px}
        .g{stroke:var(--line);stroke-width:1;fill:none}.e{stroke:var(--dim);stroke-width:1.2;fill:none;opacity:.7}.c{stroke:var(--path);stroke-width:2.2;fill:none}
        .p{fill:var(--paper)}.k{stroke:var(--path);stroke-width:2.2}
        .m0{fill:#9ec5fe}.m1{fill:#a3e4c1}.m2{fill:#ffd591}.m3{fill:#e0bdf6}.m4{fill:#ffb3b3}.m5{fill:#a8e3ea}.m6{fill:#d8dca6}.m7{fill:#f7c3dd}
        @media(prefers-color-scheme:dark){svg{--ink:#e6edf3;--dim:#8d96a0;--line:#30363d;--paper:#0d1117;--path:#ff7b72}}
        """;

    private readonly StringBuilder body = new();

    /// <summary>Text that stays text: no markup, no control or direction characters.</summary>
    public static string Safe(string? text) => Terminal.Safe(text)
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("\"", "&quot;", StringComparison.Ordinal).Replace("'", "&#39;", StringComparison.Ordinal);

    /// <summary>What fits into that many pixels, by the width of an average letter.</summary>
    public static string Fit(string? text, double pixels, double letter = 6.2) => pixels < 2 * letter ? "" : Terminal.Cut(text, (int)(pixels / letter));

    public void Text(double x, double y, string look, string text, string anchor = "start") => body.Append(
        CultureInfo.InvariantCulture, $"<text class=\"{look}\" x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\">{Safe(text)}</text>\n");

    public void Line(double x1, double y1, double x2, double y2) => body.Append(
        CultureInfo.InvariantCulture, $"<line class=\"g\" x1=\"{x1:0.#}\" y1=\"{y1:0.#}\" x2=\"{x2:0.#}\" y2=\"{y2:0.#}\"/>\n");

    /// <summary>From the right of one box to the left of another.</summary>
    public void Arrow(double x1, double y1, double x2, double y2, string look)
    {
        var bend = Math.Max(20, (x2 - x1) / 2);
        body.Append(CultureInfo.InvariantCulture, $"<path class=\"{look}\" d=\"M{x1:0.#} {y1:0.#}C{x1 + bend:0.#} {y1:0.#} {x2 - bend:0.#} {y2:0.#} {x2:0.#} {y2:0.#}\"/>\n");
    }

    /// <param name="title">What a pointer held over it shows.</param>
    public void Box(double x, double y, double w, double h, string look, string title) => body.Append(
        CultureInfo.InvariantCulture, $"<rect class=\"{look}\" x=\"{x:0.##}\" y=\"{y:0.#}\" width=\"{Math.Max(1, w):0.##}\" height=\"{h:0.#}\" rx=\"3\"><title>{Safe(title)}</title></rect>\n");

    /// <param name="name">What the drawing shows, for people who cannot see it.</param>
    public string Finish(string name) => string.Create(
        CultureInfo.InvariantCulture,
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:0}\" height=\"{height:0}\" viewBox=\"0 0 {width:0} {height:0}\" role=\"img\">\n{Mark}\n<title>{Safe(name)}</title>\n<style>{Style.ReplaceLineEndings("\n")}</style>\n<rect class=\"p\" width=\"{width:0}\" height=\"{height:0}\"/>\n{body}</svg>\n");
}
