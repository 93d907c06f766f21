using Interlock.Domain.Graph;
using Interlock.Domain.Plans;

namespace Interlock.Tests.Graph;

public sealed class Graph_text
{
    private static readonly GraphNode[] Nodes =
    [
        new(new TaskId("1.10"), "say \"hi\" #1; %%{init}%% <b>\\N\n日本", "", [new TaskId("1.9"), new TaskId("gone"), new TaskId("1.9")]),
        new(new TaskId("1.9"), "plain", "ready", []),
    ];

    [Fact]
    public void Mermaid_titles_cannot_break_out_of_their_quotes() =>
        Assert.Equal(
            """
            flowchart LR
              t0["1.9: plain<br/>ready"]
              t1["1.10: say #34;hi#34; #35;1#59; #37;#37;#123;init#125;#37;#37; #60;b#62;#92;N 日本"]
              t0 --> t1

            """, GraphText.Mermaid(Nodes));

    [Fact]
    public void Dot_titles_cannot_break_out_of_their_quotes() =>
        Assert.Equal(
            """
            digraph plan {
              rankdir=LR;
              node [shape=box];
              "1.9" [label="1.9: plain\nready"];
              "1.10" [label="1.10: say \"hi\" #1; %%{init}%% <b>\\N 日本"];
              "1.9" -> "1.10";
            }

            """, GraphText.Dot(Nodes));

    [Fact]
    public void The_order_of_the_tasks_does_not_show()
    {
        Assert.Equal(GraphText.Mermaid(Nodes), GraphText.Mermaid(Nodes.Reverse().Concat(Nodes)));
        Assert.Equal(GraphText.Dot(Nodes), GraphText.Dot(Nodes.Reverse().Concat(Nodes)));
    }
}
