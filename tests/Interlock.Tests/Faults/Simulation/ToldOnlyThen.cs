using System.Globalization;
using System.Runtime.CompilerServices;

namespace Interlock.Tests.Faults.Simulation;

/// <summary>A text that is put together only when a rule is broken: rules are asked millions of times.</summary>
[InterpolatedStringHandler]
internal ref struct WhenBroken
{
    private DefaultInterpolatedStringHandler text;

    public WhenBroken(int literals, int holes, bool holds, out bool wanted)
    {
        wanted = !holds;
        text = wanted ? new DefaultInterpolatedStringHandler(literals, holes, CultureInfo.InvariantCulture) : default;
    }

    public void AppendLiteral(string value) => text.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => text.AppendFormatted(value);

    public string Text() => text.ToStringAndClear();
}

/// <summary>A text that is put together only when somebody wants to read what happened.</summary>
[InterpolatedStringHandler]
internal ref struct WhenTold
{
    private DefaultInterpolatedStringHandler text;

    public WhenTold(int literals, int holes, World world, out bool wanted)
    {
        wanted = world.IsTold;
        text = wanted ? new DefaultInterpolatedStringHandler(literals, holes, CultureInfo.InvariantCulture) : default;
    }

    public void AppendLiteral(string value) => text.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => text.AppendFormatted(value);

    public string Text() => text.ToStringAndClear();
}
