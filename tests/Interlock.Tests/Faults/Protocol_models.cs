using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Interlock.Tests.Faults;

/// <summary>
/// Part T4: <c>ci/models</c> checked by spin, every state of them. The sound models have no error, and each rule that is taken
/// out is missed by the property that it is there for.
/// </summary>
public sealed partial class Protocol_models(ITestOutputHelper output) : IDisposable
{
    private static readonly (string Model, int Broken, string Property)[] Mistakes =
    [
        ("lease", 1, "fenced"), ("lease", 2, "alone"), ("lease", 3, "fenced"), ("lease", 4, "fenced"), ("lease", 5, "alone"), ("lease", 6, "fenced"),
        ("lease", 7, "once"), ("lease", 8, "fenced"), ("lease", 9, "reopened"),
        ("landing", 1, "once"), ("landing", 2, "once"), ("landing", 3, "agreed"), ("landing", 4, "kept"), ("landing", 5, "once"), ("landing", 6, "once"),
        ("landing", 7, "tested"), ("landing", 8, "once"),
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("interlock-models-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    [Trait(Programme.Trait, "T4")]
    public void Leases_and_landing_have_no_error_and_each_broken_rule_has_its_counterexample()
    {
        Assert.SkipUnless(Has("spin", "-V") && Has("gcc", "--version"), "spin and gcc are needed: apt-get install spin gcc libc6-dev");
        var size = Programme.Size("T4", quick: 0, ci: 1, full: 2);
        string[] lease = size switch { 0 => ["-DAGENTS=2", "-DFENCES=2", "-DCRASHES=1"], 1 => ["-DAGENTS=2"], _ => ["-DAGENTS=2", "-DFENCES=5", "-DCRASHES=3"] };
        string[] landing = size switch { 0 => ["-DWORKERS=2"], 1 => ["-DWORKERS=3"], _ => ["-DWORKERS=3", "-DCRASHES=4"] };

        Verdict[] sound =
        [
            .. Check("lease", 0, lease, "safe", "reopened"),
            .. Check("landing", 0, landing, "safe", "finishes"),
        ];
        var broken = Mistakes.Select(mistake => (mistake.Model, mistake.Broken, Found: Check(mistake.Model, mistake.Broken, SizeOf(mistake.Model), mistake.Property)[0].Errors > 0)).ToList();

        Assert.Empty(broken.Where(mistake => !mistake.Found).Select(mistake => $"{mistake.Model} {mistake.Broken}"));
        Programme.Report(
            "T4", 0, output,
            Figure.None("errors in the sound models", sound.Sum(verdict => verdict.Errors)),
            Figure.AtLeast("states of the sound models", sound.Sum(verdict => verdict.States), 1_000_000),
            Figure.AtLeast("broken rules with their counterexample", broken.Count(mistake => mistake.Found), Mistakes.Length));
    }

    private static string[] SizeOf(string model) => model == "lease" ? ["-DAGENTS=2"] : ["-DWORKERS=2"];

    private List<Verdict> Check(string model, int broken, string[] size, params string[] properties)
    {
        var place = Directory.CreateDirectory(Path.Combine(folder, $"{model}-{broken}")).FullName;
        File.Copy(Path.Combine(Models(), $"{model}.pml"), Path.Combine(place, "model.pml"), overwrite: true);
        Run(place, "spin", ["-a", $"-DBROKEN={broken.ToString(CultureInfo.InvariantCulture)}", .. size, "model.pml"]);

        // A broken one is through before a fast program is compiled.
        Run(place, "gcc", [broken == 0 ? "-O2" : "-O0", "-w", "-DMEMLIM=12000", "-DNFAIR=5", "-DCOLLAPSE", "-o", "pan", "pan.c"]);
        return [.. properties.Select(property => Verify(place, $"{model} {broken}", property))];
    }

    private Verdict Verify(string place, string what, string property)
    {
        var said = Run(place, Path.Combine(place, "pan"), ["-a", "-f", "-m1000000", "-N", property]);
        var errors = Number(Errors(), said);
        var states = Number(States(), said);
        output.WriteLine($"{what} {property}: {states} states, {errors} errors");

        // Part of the states says nothing about the others.
        Assert.DoesNotContain("max search depth too small", said, StringComparison.Ordinal);
        Assert.DoesNotContain("out of memory", said, StringComparison.Ordinal);
        Assert.True(errors > 0 == File.Exists(Path.Combine(place, "model.pml.trail")), $"{what} {property}: an error and its trail go together\n{said}");
        File.Delete(Path.Combine(place, "model.pml.trail"));
        return new Verdict(errors, states);
    }

    private static long Number(Regex pattern, string said) =>
        pattern.Match(said) is { Success: true } found ? (long)double.Parse(found.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : throw new InvalidOperationException(said);

    private static string Models()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "ci", "models", "lease.pml")))
            {
                return Path.Combine(at.FullName, "ci", "models");
            }
        }

        throw new DirectoryNotFoundException("ci/models");
    }

    private static bool Has(string program, string question)
    {
        try
        {
            Run(Path.GetTempPath(), program, [question]);
            return true;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static string Run(string place, string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = place, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd() + error.GetAwaiter().GetResult();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}\n{text}");
        return text;
    }

    [GeneratedRegex(@"errors: (\d+)")]
    private static partial Regex Errors();

    [GeneratedRegex(@"([\d.e+]+) states, stored")]
    private static partial Regex States();

    private sealed record Verdict(long Errors, long States);
}
