using System.Globalization;
using Interlock.Benchmarks;
using Interlock.Benchmarks.Scheduling;

const string Usage = """
    usage: Interlock.Benchmarks merge-queue [changes]      figures about the merge queue, as a page; the real queue gets that many changes
           Interlock.Benchmarks imports                    how long large plans take to be read, as a page
           Interlock.Benchmarks claim <folder> <number> <claims> <tasks> <seed>   one of the processes that share a store; tests start them
           Interlock.Benchmarks scheduling [graphs] [--corpus DIR]   how close schedules come to what is possible, as a page
           Interlock.Benchmarks ticks                      how long one tick takes to decide
           Interlock.Benchmarks replay <seed> <folder>...  replays versions of software, oldest first, through the real queue
    """;

switch (args)
{
    case ["merge-queue", .. var more]:
        var changes = more is [var text] ? int.Parse(text, CultureInfo.InvariantCulture) : 300;
        Console.Write(await Throughput.PageAsync(changes, CancellationToken.None));
        return 0;
    case ["imports"]:
        Console.Write(Imports.Page());
        return 0;
    case ["claim", var folder, var number, var claims, var tasks, var start]:
        return new Claimer(folder, Number(number), Number(claims), Number(start)).Run(Number(tasks));
    case ["scheduling", .. var asked]:
        var at = Array.IndexOf(asked, "--corpus");
        var corpus = at >= 0 && at + 1 < asked.Length ? asked[at + 1] : Environment.GetEnvironmentVariable("INTERLOCK_CORPUS");
        var graphs = asked is [var first, ..] && int.TryParse(first, CultureInfo.InvariantCulture, out var wanted) ? wanted : 1000;
        Console.Write(SchedulingPage.Page(graphs, string.IsNullOrEmpty(corpus) ? null : corpus));
        return 0;
    case ["ticks"]:
        var ticks = new System.Text.StringBuilder();
        TickTimes.Append(ticks);
        Console.Write(ticks);
        return 0;
    case ["replay", var seed, _, _, ..]:
        using (var replay = new Replay(args[2..], int.Parse(seed, CultureInfo.InvariantCulture)))
        {
            var result = await replay.RunAsync(CancellationToken.None);
            Console.WriteLine($"{result.Steps} steps, {result.Tasks} tasks in {result.Batches} batches, {result.Files} changed files, {result.Together} of them put together from {result.Hunks} hunks, {result.Redone} tasks done again");
            foreach (var wrong in result.Wrong)
            {
                Console.WriteLine($"not the next version: {wrong}");
            }

            return result.Wrong.Count == 0 ? 0 : 1;
        }

    default:
        Console.Error.WriteLine(Usage);
        return 2;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
