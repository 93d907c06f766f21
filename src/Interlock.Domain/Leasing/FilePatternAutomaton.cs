using System.Text;

namespace Interlock.Domain.Leasing;

/// <summary>
/// Accepts the paths of one pattern, each written with a <c>/</c> after every segment. Its size is linear in the
/// pattern, so the product of two stays polynomial whatever a hostile plan writes.
/// </summary>
internal sealed class FilePatternAutomaton
{
    private sealed class State
    {
        public List<int> Silent { get; } = [];
        public FilePatternSet? On { get; set; }
        public int Next { get; set; }
    }

    private const int Start = 0;

    private readonly List<State> _states = [];
    private int _accept;

    /// <param name="below">Also accepts every path below an accepted one.</param>
    public static FilePatternAutomaton Of(IReadOnlyList<FilePatternSegment> segments, bool below, bool ignoreCase)
    {
        var automaton = new FilePatternAutomaton();
        var at = automaton.Add();
        foreach (var segment in segments)
        {
            at = segment is FilePatternSegment.AnyDepth ? automaton.AnyDepth(at) : automaton.Segment(at, segment, ignoreCase);
        }

        automaton._accept = below ? automaton.AnyDepth(at) : at;
        return automaton;
    }

    public bool Accepts(string path, bool ignoreCase)
    {
        var current = new HashSet<int>();
        Enter(Start, current);
        foreach (var rune in path.EnumerateRunes().Append(new Rune('/')))
        {
            var next = new HashSet<int>();
            var letter = ignoreCase ? FilePatternText.Fold(rune.Value) : rune.Value;
            foreach (var state in current.Select(i => _states[i]).Where(s => s.On?.Contains(letter) == true))
            {
                Enter(state.Next, next);
            }

            current = next;
        }

        return current.Contains(_accept);
    }

    /// <summary>True when some path with non-empty segments is accepted by both.</summary>
    public bool Meets(FilePatternAutomaton other)
    {
        var width = other._states.Count;
        var seen = new bool[_states.Count * width * 2];
        var open = new Stack<(int Mine, int Theirs, bool AfterSlash)>();
        Visit(Start, Start, true);
        while (open.TryPop(out var at))
        {
            if (at.AfterSlash && at.Mine == _accept && at.Theirs == other._accept)
            {
                return true;
            }

            var (mine, theirs) = (_states[at.Mine], other._states[at.Theirs]);
            foreach (var next in mine.Silent)
            {
                Visit(next, at.Theirs, at.AfterSlash);
            }

            foreach (var next in theirs.Silent)
            {
                Visit(at.Mine, next, at.AfterSlash);
            }

            if (mine.On is { } left && theirs.On is { } right && left.IsSlash == right.IsSlash
                && (left.IsSlash ? !at.AfterSlash : left.Meets(right)))
            {
                Visit(mine.Next, theirs.Next, left.IsSlash);
            }
        }

        return false;

        void Visit(int mine, int theirs, bool afterSlash)
        {
            var index = (((mine * width) + theirs) * 2) + (afterSlash ? 1 : 0);
            if (!seen[index])
            {
                seen[index] = true;
                open.Push((mine, theirs, afterSlash));
            }
        }
    }

    private void Enter(int state, HashSet<int> into)
    {
        var open = new Stack<int>([state]);
        while (open.TryPop(out var at))
        {
            if (into.Add(at))
            {
                _states[at].Silent.ForEach(open.Push);
            }
        }
    }

    private int Segment(int from, FilePatternSegment segment, bool ignoreCase)
    {
        var end = Add();
        foreach (var alternative in ((FilePatternSegment.Choice)segment).Alternatives)
        {
            _states[Part(from, alternative, ignoreCase)].Silent.Add(end);
        }

        return Step(end, FilePatternSet.Slash);
    }

    private int Part(int from, IReadOnlyList<FilePatternPart> parts, bool ignoreCase)
    {
        // The caller may start several alternatives at one state, and a state holds one labelled edge.
        var at = Fork(from);
        foreach (var part in parts)
        {
            at = part switch
            {
                FilePatternPart.One one => Step(at, ignoreCase ? one.Set.Fold() : one.Set),
                FilePatternPart.Star => Star(at),
                FilePatternPart.Either either => Either(at, either, ignoreCase),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }

        return at;
    }

    private int Either(int from, FilePatternPart.Either either, bool ignoreCase)
    {
        var end = Add();
        foreach (var alternative in either.Alternatives)
        {
            _states[Part(from, alternative, ignoreCase)].Silent.Add(end);
        }

        return end;
    }

    private int Star(int from)
    {
        var loop = Fork(from);
        _states[loop].On = FilePatternSet.AllButSlash;
        _states[loop].Next = loop;
        return Fork(loop);
    }

    private int AnyDepth(int from)
    {
        var again = Fork(from);
        var inside = Step(Fork(again), FilePatternSet.AllButSlash);
        _states[Step(Star(inside), FilePatternSet.Slash)].Silent.Add(again);
        return Fork(again);
    }

    private int Step(int from, FilePatternSet on)
    {
        var next = Add();
        (_states[from].On, _states[from].Next) = (on, next);
        return next;
    }

    private int Fork(int from)
    {
        var next = Add();
        _states[from].Silent.Add(next);
        return next;
    }

    private int Add()
    {
        _states.Add(new State());
        return _states.Count - 1;
    }
}
