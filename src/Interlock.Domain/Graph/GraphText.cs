using System.Globalization;
using System.Text;
using Interlock.Domain.Plans;

namespace Interlock.Domain.Graph;

/// <summary>A task as a drawing shows it.</summary>
/// <param name="State">Label of its state, such as <c>ready</c>; empty for none.</param>
public sealed record GraphNode(TaskId Id, string Title, string State, IReadOnlyList<TaskId> DependsOn);

/// <summary>
/// Draws tasks as text for Mermaid and Graphviz. Arrows run from a dependency to the task that waits for it.
/// Same tasks, same text, in whatever order they come; dependencies on tasks not drawn are left out.
/// </summary>
public static class GraphText
{
    public static string Mermaid(IEnumerable<GraphNode> nodes)
    {
        var drawn = InOrder(nodes);
        var names = drawn.Select((node, index) => (node.Id, Name: $"t{index}")).ToDictionary(entry => entry.Id, entry => entry.Name);
        var text = new StringBuilder("flowchart LR\n");
        foreach (var node in drawn)
        {
            var state = node.State.Length == 0 ? "" : "<br/>" + MermaidLabel(node.State);
            text.Append(CultureInfo.InvariantCulture, $"  {names[node.Id]}[\"{MermaidLabel($"{node.Id}: {node.Title}")}{state}\"]\n");
        }

        foreach (var (from, to) in Edges(drawn))
        {
            text.Append(CultureInfo.InvariantCulture, $"  {names[from]} --> {names[to]}\n");
        }

        return text.ToString();
    }

    public static string Dot(IEnumerable<GraphNode> nodes)
    {
        var drawn = InOrder(nodes);
        var text = new StringBuilder("digraph plan {\n  rankdir=LR;\n  node [shape=box];\n");
        foreach (var node in drawn)
        {
            var state = node.State.Length == 0 ? "" : "\\n" + DotText(node.State);
            text.Append(CultureInfo.InvariantCulture, $"  \"{DotText(node.Id.Value)}\" [label=\"{DotText($"{node.Id}: {node.Title}")}{state}\"];\n");
        }

        foreach (var (from, to) in Edges(drawn))
        {
            text.Append(CultureInfo.InvariantCulture, $"  \"{DotText(from.Value)}\" -> \"{DotText(to.Value)}\";\n");
        }

        return text.Append("}\n").ToString();
    }

    private static GraphNode[] InOrder(IEnumerable<GraphNode> nodes) =>
        [.. nodes.DistinctBy(node => node.Id).OrderBy(node => node.Id)];

    private static IEnumerable<(TaskId From, TaskId To)> Edges(GraphNode[] drawn)
    {
        var ids = drawn.Select(node => node.Id).ToHashSet();
        return drawn.SelectMany(node => node.DependsOn.Where(ids.Contains).Distinct().Order().Select(id => (id, node.Id)));
    }

    // Mermaid looks for directives and entities even inside quotes, so everything but plain text becomes a numbered entity.
    private static string MermaidLabel(string text)
    {
        var label = new StringBuilder();
        foreach (var character in text)
        {
            if (char.IsControl(character))
            {
                label.Append(' ');
            }
            else if (char.IsAscii(character) && !char.IsAsciiLetterOrDigit(character) && !" .,:-_/".Contains(character, StringComparison.Ordinal))
            {
                label.Append(CultureInfo.InvariantCulture, $"#{(int)character};");
            }
            else
            {
                label.Append(character);
            }
        }

        return label.ToString();
    }

    private static string DotText(string text)
    {
        var label = new StringBuilder();
        foreach (var character in text)
        {
            label.Append(char.IsControl(character) ? " " : character is '"' or '\\' ? $"\\{character}" : $"{character}");
        }

        return label.ToString();
    }
}
