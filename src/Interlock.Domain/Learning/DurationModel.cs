using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;

namespace Interlock.Domain.Learning;

/// <summary>
/// Estimates how long tasks take from those that landed. Times are taken as factors on the weight of the complexity. Each
/// narrower ground (repository, agent type, complexity, module) is pulled towards the wider one by the weight of
/// <see cref="Pull"/> tasks, so that one odd task moves nothing far and many speak for themselves.
/// </summary>
public sealed class DurationModel
{
    /// <summary>A task of weight 1, as long as nothing is known.</summary>
    public static readonly TimeSpan Unit = Effort.Unit;

    // Spread of the logarithm before anything is known: 80 % between a third and three times the median.
    private const double PriorSpread = 0.86;
    private const int PriorWeight = 4;
    private const double Pull = 3;

    // What is known beforehand of a repository is worth less than one task of it.
    private const double FirstPull = 0.5;

    // 80 % of a normal distribution lie within this many standard deviations.
    private const double Quantile = 1.2816;

    private readonly Dictionary<string, (double Sum, int Count)> grounds = new(StringComparer.Ordinal);
    private readonly double spread;

    private DurationModel(IReadOnlyList<TaskTime> times)
    {
        var samples = times.Where(time => time.Took > TimeSpan.Zero).OrderBy(time => time.Task).ToList();
        foreach (var time in samples)
        {
            foreach (var key in Keys(time.AgentType, time.Complexity, time.Module))
            {
                var (sum, count) = grounds.GetValueOrDefault(key);
                grounds[key] = (sum + Factor(time), count + 1);
            }
        }

        var squares = samples.Sum(time => Math.Pow(Factor(time) - Level(time.AgentType, time.Complexity, time.Module).Mean, 2));
        spread = Math.Sqrt(((PriorWeight * PriorSpread * PriorSpread) + squares) / (PriorWeight + samples.Count));
    }

    /// <summary>Same tasks, same model, in whatever order they come.</summary>
    public static DurationModel Learn(IReadOnlyList<TaskTime> times) => new(times);

    public DurationEstimate Estimate(string? agentType, Complexity complexity, string module)
    {
        var (mean, samples, ground) = Level(agentType, complexity, module);
        var deviation = spread * Math.Sqrt(1 + (1 / (samples + Pull)));
        return new DurationEstimate(Time(mean), Time(mean - (Quantile * deviation)), Time(mean + (Quantile * deviation)), samples, ground);

        TimeSpan Time(double factor) => TimeSpan.FromSeconds(Math.Clamp(Unit.TotalSeconds * complexity.Weight() * Math.Exp(factor), 0.001, TimeSpan.FromDays(365).TotalSeconds));
    }

    private (double Mean, int Samples, EstimateGround Ground) Level(string? agentType, Complexity complexity, string module)
    {
        var (mean, samples, ground) = (0.0, 0, EstimateGround.Weight);
        foreach (var (level, key) in Keys(agentType, complexity, module).Index())
        {
            if (!grounds.TryGetValue(key, out var known))
            {
                break;
            }

            var pull = level == 0 ? FirstPull : Pull;
            mean = (known.Sum + (pull * mean)) / (known.Count + pull);
            (samples, ground) = (known.Count, EstimateGround.Repository - level);
        }

        return (mean, samples, ground);
    }

    // From the widest to the narrowest.
    private static string[] Keys(string? agentType, Complexity complexity, string module) =>
        ["", $"{agentType}\n", $"{agentType}\n{complexity}\n", $"{agentType}\n{complexity}\n{module}\n"];

    private static double Factor(TaskTime time) => Math.Log(time.Took / (Unit * time.Complexity.Weight()));
}
