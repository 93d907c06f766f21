using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Interlock.Domain.Leasing;
using Interlock.Domain.Verification;
using Interlock.Engine.Agents;
using Interlock.Engine.Running;
using Interlock.Engine.Sandbox;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Verification;

/// <summary>
/// Runs the configured checks on one commit, in a clean tree of its own, unless this tree was green before. A red check is
/// asked once more in the same state: what was green then is a flake, which passes and is told.
/// </summary>
internal sealed class Verifier : IVerifier
{
    private const int MostNameLength = 57;

    private readonly Workspace workspace;
    private readonly Repository repository;
    private readonly WorktreePool pool;
    private IReadOnlyList<Check> checks;
    private readonly Action<RunNews> tell;
    private Sandboxes sandboxes;
    private readonly CheckRunner runner;
    private readonly CheckKeys keys;

    /// <exception cref="Configuration.BadInputException">The configuration insists on a sandbox and there is none.</exception>
    public Verifier(Workspace workspace, Repository repository, WorktreePool pool, IReadOnlyList<Check> checks, Action<RunNews>? tell = null)
    {
        (this.workspace, this.repository, this.pool, this.checks) = (workspace, repository, pool, checks);
        this.tell = tell ?? (_ => { });
        sandboxes = checks.Count == 0 ? Sandboxes.None : Sandboxes.Require(workspace.Config.Config);
        runner = new CheckRunner(workspace.Protocol.Clock.Time, (check, directory) => sandboxes.Of(SandboxScopes.ForCheck(workspace, repository, pool, directory, check.Network)));
        keys = new CheckKeys(workspace, repository, pool, sandboxes.Level);
    }

    /// <summary>Asks these checks from the next verification on.</summary>
    /// <exception cref="Configuration.BadInputException">The configuration insists on a sandbox and there is none.</exception>
    public void Use(IReadOnlyList<Check> now)
    {
        sandboxes = now.Count == 0 ? sandboxes : Sandboxes.Require(workspace.Config.Config);
        checks = now;
    }

    /// <summary>Keeps a candidate alive for whoever wants to look at it.</summary>
    public static string RefOf(string label) => $"refs/interlock/candidates/{label}";

    public async Task<Verdict> VerifyAsync(string label, string commit, CheckStage stage, CancellationToken cancellation, bool secondLook = true)
    {
        var environment = CheckEnvironment.Build(workspace.Config.Config.Environment);
        var asked = checks.Where(check => check.IsAskedAt(stage)).ToList();
        var names = await keys.OfAsync(commit, asked, environment, cancellation);

        // Checks work on what the ones before them left, so all up to the last without a stored answer run.
        var open = asked.Count - 1;
        while (open >= 0 && IsGreen(asked[open], names[open]))
        {
            open--;
        }

        if (open < 0)
        {
            if (asked.Count > 0)
            {
                tell(News("cached", $"{label}: this tree was green before, its {Counted.Of(asked.Count, "check")} did not run again"));
            }

            return new Verdict(true, null, null, FromCache: asked.Count > 0, Runs: 0, []);
        }

        await repository.Git.RunAsync(["update-ref", RefOf(label), commit], cancellation);
        return await AskAsync(new Question(label, commit, [.. asked.Take(open + 1)], names, environment, secondLook), cancellation);
    }

    private bool IsGreen(Check check, string key) => check.Cache && workspace.Store.Read(reader => reader.FindGreen(key)) is not null;

    /// <summary>What one verification asks.</summary>
    private sealed record Question(
        string Label, string Commit, IReadOnlyList<Check> Checks, IReadOnlyList<string> Keys, IReadOnlyDictionary<string, string> Environment, bool SecondLook);

    private async Task<Verdict> AskAsync(Question question, CancellationToken cancellation)
    {
        var firstRed = new CheckOutcome?[question.Checks.Count];
        var flakes = new List<string>();
        for (var run = 1; ; run++)
        {
            var outcomes = await RunAsync(question, run, cancellation);
            foreach (var (i, outcome) in outcomes.Index())
            {
                if (outcome.Passed)
                {
                    var mended = firstRed[i] is not null && !flakes.Contains(outcome.Name);
                    Record(question, i, outcome, mended ? CheckResult.Flaky : CheckResult.Passed, run, mended ? firstRed[i]!.LogPath : null);
                    flakes.AddRange(mended ? [outcome.Name] : []);
                }
                else if (!question.SecondLook)
                {
                    return new Verdict(false, ReasonOf(outcome), outcome.LogPath, FromCache: false, run, flakes);
                }
                else if (firstRed[i] is null)
                {
                    firstRed[i] = outcome;
                }
                else
                {
                    Record(question, i, outcome, CheckResult.Failed, run, outcome.LogPath);
                    return new Verdict(false, ReasonOf(outcome), outcome.LogPath, FromCache: false, run, flakes);
                }
            }

            if (outcomes[^1].Passed)
            {
                return new Verdict(true, null, null, FromCache: false, run, flakes);
            }
        }
    }

    // Each run has a worktree of its own: "again" means from the same state, not from what a red run left.
    private async Task<IReadOnlyList<CheckOutcome>> RunAsync(Question question, int run, CancellationToken cancellation)
    {
        var name = NameOf(question.Label);
        if (await pool.FindAsync($"verify-{name}", cancellation) is { } left)
        {
            await pool.DiscardAsync(left, cancellation);
        }

        var worktree = await pool.CreateAsync($"verify-{name}", WorktreePool.VerificationBranches + name, question.Commit, cancellation);
        try
        {
            var logs = Path.Combine(workspace.StateDir, "logs", $"{question.Label}-checks");
            var folder = run == 1 ? logs : Path.Combine(logs, string.Create(CultureInfo.InvariantCulture, $"again-{run}"));
            var environment = new Dictionary<string, string>(question.Environment);
            foreach (var (variable, value) in pool.EnvironmentOf(worktree))
            {
                environment[variable] = value;
            }

            using var turn = await workspace.Builds.TakeAsync(cancellation);
            return await runner.RunAsync(worktree.Path, question.Checks, folder, environment, cancellation);
        }
        finally
        {
            // Checks leave build output behind; nothing in this tree is anybody's work.
            using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await pool.DiscardAsync(worktree, bound.Token);
        }
    }

    private void Record(Question question, int index, CheckOutcome outcome, CheckResult result, int run, string? log)
    {
        var now = workspace.Protocol.Clock.Now;
        var flakiness = workspace.Protocol.RecordCheck(new CheckRun(question.Keys[index], outcome.Name, result, now, outcome.Duration, run, log), question.Label);
        if (result == CheckResult.Flaky)
        {
            tell(News("flaky", $"{question.Label}: check '{outcome.Name}' was red, then green in the same state; the red log is {log}"));
            if (flakiness.IsLoud)
            {
                tell(News("WARNING", $"{flakiness}: what it says about any work is in doubt, mend it"));
            }
        }
    }

    // A worktree's name is an identifier too, and no longer than one.
    private static string NameOf(string label) => label.Length <= MostNameLength
        ? label
        : $"{label[..40]}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(label)))[..12]}";

    private static string ReasonOf(CheckOutcome red) =>
        $"check '{red.Name}' {(red.TimedOut ? "took too long" : string.Create(CultureInfo.InvariantCulture, $"failed with exit code {red.ExitCode}"))}";

    private RunNews News(string kind, string text) => new(workspace.Protocol.Clock.Now, kind, null, null, text);
}
