using System.Globalization;
using System.Text.RegularExpressions;
using Interlock.Domain.Spending;

namespace Interlock.Engine.Agents.Adapters;

/// <summary>Aider: plain text, no sessions, no hooks. It is told which files it may edit.</summary>
internal sealed class AiderAdapter : IAgentAdapter
{
    public AdapterProfile Profile { get; } = new("aider", "aider", ["aider"], "python -m pip install aider-install && aider-install, and set the key of your model's provider")
    {
        Delivery = PromptDelivery.Argument,
        Usage = true,
        Cost = true,
        Variables = ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "OPENROUTER_API_KEY", "DEEPSEEK_API_KEY", "OPENAI_API_BASE"],
    };

    public void Prepare(AgentHome home, AgentLaunch launch, AgentGuard guard) => home.Write("prompt.md", launch.Task.Prompt);

    // Its files of history would be left in the worktree. A pattern is no file; those it finds by itself.
    public AgentCommand Command(AgentHome home, AgentLaunch launch) => CliCommand.Of(home, launch,
    [
        "--yes-always", "--no-auto-commits", "--no-check-update", "--analytics-disable", "--no-gitignore", "--no-pretty", "--no-stream",
        "--chat-history-file", home.At("history.md"), "--input-history-file", home.At("input.history"), "--llm-history-file", home.At("llm.history"),
        "--message-file", home.At("prompt.md"),
        .. CliCommand.Option("--model", launch.Preset.Model),
        .. launch.Preset.Args,
        .. launch.Task.Files.Where(file => file.IndexOfAny(['*', '?', '[']) < 0 && !file.EndsWith('/')),
    ], prompt: null);

    public IAgentReader Listen(AgentHome home, AgentLaunch launch, AgentGuard guard) => new AiderReader(launch.Preset.Model);
}

/// <summary>Aider's lines for people, as far as they tell something.</summary>
internal sealed partial class AiderReader(string? model) : IAgentReader
{
    private string last = "";
    private ProviderLimit? limit;

    public IEnumerable<AgentEvent> Read(string line)
    {
        if (Tokens().Match(line) is { Success: true } tokens)
        {
            var usage = new Usage(
                Number(tokens.Groups["sent"]) - Number(tokens.Groups["write"]) - Number(tokens.Groups["hit"]), Number(tokens.Groups["hit"]), Number(tokens.Groups["write"]),
                Number(tokens.Groups["received"]), Turns: 1);
            decimal? cost = decimal.TryParse(tokens.Groups["cost"].Value, CultureInfo.InvariantCulture, out var told) && told <= JsonMembers.MostPaid ? told : null;
            return [new AgentEvent.Used(new UsageReport(usage with { Input = Math.Max(0, usage.Input) }, UsageScope.Step, cost, UsageScope.Step, model))];
        }

        if (Edited().Match(line) is { Success: true } edited)
        {
            return [new AgentEvent.FileEdited(edited.Groups[1].Value)];
        }

        if (line.StartsWith("litellm.", StringComparison.Ordinal) || line.StartsWith("The API provider", StringComparison.Ordinal))
        {
            limit = LimitWords.Find(line) ?? limit;
            last = line;
            return [new AgentEvent.Error(line)];
        }

        return line.Trim().Length > 0 ? [new AgentEvent.Text(line)] : [];
    }

    // It goes on after a refusal that passes; only one it ends with counts.
    public IEnumerable<AgentEvent> Close(int? exitCode) => last.Length > 0 && limit is not null && exitCode != 0 ? [new AgentEvent.RateLimited(limit)] : [];

    private static long Number(Group text)
    {
        if (!text.Success)
        {
            return 0;
        }

        var scale = text.Value[^1] switch { 'k' => 1_000m, 'M' => 1_000_000m, _ => 1m };
        return decimal.TryParse(text.Value.TrimEnd('k', 'M').Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture, out var count) && count <= JsonMembers.MostCounted
            ? (long)Math.Min(count * scale, JsonMembers.MostCounted) : 0;
    }

    [GeneratedRegex(@"^Tokens: (?<sent>[0-9.,]+[kM]?) sent(?:, (?<write>[0-9.,]+[kM]?) cache write)?(?:, (?<hit>[0-9.,]+[kM]?) cache hit)?, (?<received>[0-9.,]+[kM]?) received\.(?: Cost: \$(?<cost>[0-9.]*[0-9]) message)?", RegexOptions.CultureInvariant)]
    private static partial Regex Tokens();

    [GeneratedRegex(@"^Applied edit to (.+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Edited();
}
