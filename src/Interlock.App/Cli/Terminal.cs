using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Interlock.App.Cli;

/// <summary>
/// Everything a verb prints. Text from plans, agents and git is untrusted: control, escape and direction
/// characters never reach the terminal.
/// </summary>
internal sealed class Terminal(bool json, bool noColor)
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    private static readonly JsonWriterOptions Compact = Readable with { Indented = false };

    private readonly IAnsiConsole console = NewConsole(noColor);

    public bool Json => json;

    public int Width => console.Profile.Width;

    /// <summary>For what is drawn anew in place.</summary>
    public IAnsiConsole Screen => console;

    public static string Safe(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var safe = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            safe.Append(IsHarmless(rune) ? rune.ToString() : rune.Value is '\n' or '\t' or '\r' ? " " : "");
        }

        return safe.ToString();
    }

    /// <summary>As <see cref="Safe"/>, of text whose lines matter.</summary>
    public static string SafeLines(string text) => string.Join('\n', text.Split('\n').Select(Safe));

    public static string Markup(string? text) => Spectre.Console.Markup.Escape(Safe(text));

    /// <summary>One object on one line, for answers that go on.</summary>
    public static void WriteJsonLine(Action<Utf8JsonWriter> members) => WriteJson(members, Compact);

    public static void WriteJson(Action<Utf8JsonWriter> members) => WriteJson(members, Readable);

    private static void WriteJson(Action<Utf8JsonWriter> members, JsonWriterOptions layout)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, layout))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        using var output = Console.OpenStandardOutput();
        output.Write(Encoding.UTF8.GetBytes(Escaped(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length))));
        output.WriteByte((byte)'\n');
    }

    // The writer escapes control characters only, and JSON is read in terminals too. Outside strings there are none of these.
    private static string Escaped(string json)
    {
        var safe = new StringBuilder(json.Length);
        foreach (var rune in json.EnumerateRunes())
        {
            if (rune.Value == '\n' || IsHarmless(rune))
            {
                safe.Append(rune.ToString());
                continue;
            }

            foreach (var unit in rune.ToString())
            {
                safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
            }
        }

        return safe.ToString();
    }

    private static bool IsHarmless(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate);

    public static void Complain(string message, string hint)
    {
        Console.Error.WriteLine(Safe(message));
        Console.Error.WriteLine($"  {Safe(hint)}");
    }

    // A pipe has no width: whoever reads it wants whole rows.
    private static IAnsiConsole NewConsole(bool noColor)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            ColorSystem = noColor ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Ansi = noColor ? AnsiSupport.No : AnsiSupport.Detect,
        });
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = 240;
        }

        return console;
    }

    /// <summary>A line that may be piped somewhere: never wrapped at the width of the terminal.</summary>
    public void Line(string text = "") => console.Profile.Out.Writer.WriteLine(Safe(text));

    /// <summary>Text of several lines whose tabs matter, such as a patch.</summary>
    public void Text(string text)
    {
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            console.Profile.Out.Writer.WriteLine(string.Join('\t', line.Split('\t').Select(Safe)));
        }
    }

    /// <summary>A line in Spectre markup, whose variable parts went through <see cref="Markup"/>.</summary>
    public void MarkupLine(string markup) => console.MarkupLine(markup);

    public void Write(IRenderable what) => console.Write(what);

    /// <summary>At most <paramref name="width"/> characters, with an ellipsis where something was cut.</summary>
    public static string Cut(string? text, int width)
    {
        var safe = Safe(text);
        return safe.Length <= width ? safe : $"{safe[..Math.Max(0, width - 1)]}…";
    }

    /// <summary>A table without ornaments: columns that read well in a terminal and in a log.</summary>
    public static Table Columns(params string[] headings)
    {
        var table = new Table { Border = TableBorder.Simple, UseSafeBorder = true };
        foreach (var heading in headings)
        {
            table.AddColumn(new TableColumn($"[bold]{heading}[/]"));
        }

        return table;
    }
}
