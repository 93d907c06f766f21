using Interlock.Tests.Faults.Inputs;

namespace Interlock.Tests.Faults;

/// <summary>Part T13, a sample through the program itself: one of its exit codes, words for people, and no stack trace.</summary>
public sealed class Damaged_files_on_the_command_line(ITestOutputHelper output)
{
    [Fact]
    [Trait(Programme.Trait, "T13")]
    public void The_program_answers_each_damage_with_an_exit_code_and_words()
    {
        var rounds = Math.Min(150, Programme.Size("T13", quick: 2, ci: 12, full: 150));
        var seed = Programme.Seed();
        var random = new Random(seed);
        using var cli = Cli.Cli.Assigned();
        cli.Write("interlock.json", Samples.Config);
        string[] paths = [Cli.Cli.StatusPath, Cli.Cli.PlanPath, "interlock.json"];
        var whole = paths.ToDictionary(path => path, path => Samples.Bytes(cli.Read(path)));
        var answers = 0;
        for (var i = 0; i < rounds; i++)
        {
            foreach (var path in paths)
            {
                File.WriteAllBytes(Path.Combine(cli.Root, path), Mutations.Any(whole[path], random));
                foreach (var verb in (string[])["status", "plan"])
                {
                    var answer = cli.Run(verb, "--json");
                    answers++;
                    Assert.True(answer.ExitCode is >= 0 and <= 3, $"seed {seed}, {path}: {verb} ended with {answer.ExitCode}\n{answer.Error}");
                    Assert.DoesNotContain("   at ", answer.Error + answer.Out, StringComparison.Ordinal);
                    Assert.NotEmpty(answer.ExitCode == 0 ? answer.Out : answer.Out + answer.Error);
                }

                File.WriteAllBytes(Path.Combine(cli.Root, path), whole[path]);
            }
        }

        Programme.Report("T13", seed, output, Figure.AtLeast("answers of the program to damaged files", answers, rounds * 6));
    }
}
