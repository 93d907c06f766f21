using System.Globalization;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Domain.Simulation;

namespace Interlock.Benchmarks.Scheduling;

/// <summary>Graphs of tasks that share files, made from a seed: the same seed, the same work.</summary>
internal static class GeneratedWork
{
    public static readonly string[] Shapes = ["layers", "chains", "fork and join", "random", "few hot files"];

    /// <summary>The work of one seed; shapes take turns.</summary>
    public static (string Shape, Workload Work) Of(int seed, int least, int most)
    {
        var chance = new Random(seed);
        var shape = Shapes[seed % Shapes.Length];
        var count = shape == "few hot files" && most >= 25 ? 25 : chance.Next(least, most + 1);
        var modules = chance.Next(1, 7);
        var epic = chance.Next(3) == 0 ? "e" : null;
        var files = shape == "few hot files" ? 5 : Math.Max(3, (int)(count * (0.5 + chance.NextDouble())));
        var before = DependenciesOf(shape, count, chance);
        var tasks = Enumerable.Range(0, count).Select(i => new WorkTask
        {
            Id = Id(i),
            Story = new StoryId("1"),
            Title = $"Task {i}",
            Order = i,
            Epic = epic,
            Module = $"m{chance.Next(modules)}",
            Dependencies = [.. before[i].Select(Id)],
            Files = FilesOf(shape, files, chance),
            Notes = Minutes(chance).ToString(CultureInfo.InvariantCulture),
        }).ToList();
        return (shape, new Workload { Tasks = tasks, Workers = Agents(10), Duration = Noted });
    }

    public static Worker[] Agents(int count) => [.. Enumerable.Range(1, count).Select(i => new Worker(new AgentId($"dev-{i}"), "dev"))];

    public static TimeSpan Noted(WorkTask task) => TimeSpan.FromMinutes(int.Parse(task.Notes!, CultureInfo.InvariantCulture));

    // Most tasks take a quarter of an hour, a few take two.
    private static int Minutes(Random chance) =>
        Math.Clamp((int)Math.Round(15 * Math.Exp(0.7 * Math.Sqrt(-2 * Math.Log(1 - chance.NextDouble())) * Math.Cos(2 * Math.PI * chance.NextDouble()))), 2, 120);

    private static string[] FilesOf(string shape, int files, Random chance)
    {
        var wanted = shape == "few hot files" ? 1 + (chance.Next(4) == 0 ? 1 : 0) : chance.Next(1, 4);
        return
        [
            .. Enumerable.Range(0, wanted)
                .Select(_ => (int)(files * (shape == "few hot files" ? chance.NextDouble() : Math.Pow(chance.NextDouble(), 1.5))))
                .Distinct().Select(file => $"src/d{file % 7}/f{file}.cs"),
        ];
    }

    private static List<int>[] DependenciesOf(string shape, int count, Random chance)
    {
        var before = Enumerable.Range(0, count).Select(_ => new List<int>()).ToArray();
        var size = chance.Next(2, 9);
        for (var i = 1; i < count; i++)
        {
            switch (shape)
            {
                case "layers" when i >= size:
                    var layer = ((i / size) - 1) * size;
                    before[i].AddRange(Enumerable.Range(0, chance.Next(1, 4)).Select(_ => layer + chance.Next(size)).Distinct());
                    break;
                case "chains" when i >= size:
                    before[i].Add(i - size);
                    if (chance.Next(5) == 0)
                    {
                        before[i].Add(chance.Next(i - size + 1));
                    }

                    break;
                case "fork and join":
                    var head = i / (size + 1) * (size + 1);
                    before[i].AddRange(i == head ? Enumerable.Range(head - size, size) : [head]);
                    break;
                case "random":
                    before[i].AddRange(Enumerable.Range(0, chance.Next(0, 3)).Select(_ => chance.Next(i)).Distinct());
                    break;
                case "few hot files" when chance.Next(3) == 0:
                    before[i].Add(chance.Next(i));
                    break;
                default:
                    break;
            }

            before[i] = [.. before[i].Distinct()];
        }

        return before;
    }

    private static TaskId Id(int number) => new($"1.{number + 1}");
}
