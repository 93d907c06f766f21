using Interlock.Engine.Configuration;
using Interlock.Engine.Platform;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Running;

/// <summary>When a run moves the branch it was told to.</summary>
public enum IntoWhen
{
    End,
    Landing,
}

/// <summary>The branch of a person that should follow the story's.</summary>
public sealed record IntoOptions(string Branch, IntoWhen When);

/// <summary>What a run did with that branch.</summary>
/// <param name="From">Where it was when the run first looked; null when it had disappeared.</param>
/// <param name="To">Where it is now.</param>
/// <param name="Reason">Why it is not at the story's tip; null when it is.</param>
/// <param name="Command">What brings it there by hand.</param>
public sealed record IntoReport(string Branch, bool Moved, string? From, string? To, string? Reason, string? Command);

/// <summary>
/// Lets a person's branch follow the integration branch: only forwards, by compare-and-swap, and with its checkout only
/// when that is clean. It never fails a run; it says why it did nothing.
/// </summary>
internal sealed class FastForward
{
    private const int MostRounds = 3;

    private readonly Repository repository;
    private readonly IntegrationBranch source;
    private readonly IntoOptions? options;
    private readonly Action<RunNews> tell;
    private readonly Lock gate = new();
    private Task<IntoReport?> last = Task.FromResult<IntoReport?>(null);

    private FastForward(Repository repository, IntegrationBranch source, IntoOptions? options, Action<RunNews> tell) =>
        (this.repository, this.source, this.options, this.tell) = (repository, source, options, tell);

    /// <summary>Mends what an earlier run left half done, and makes sure that the branch is one that can follow.</summary>
    /// <exception cref="BadInputException">There is no such branch, or it is one of a run's own.</exception>
    public static async Task<FastForward> PrepareAsync(
        Repository repository, IntegrationBranch source, IntoOptions? options, Action<RunNews> tell, CancellationToken cancellation)
    {
        await new CheckoutMove(repository).HealAsync(cancellation);
        if (options is { Branch: var branch })
        {
            if (branch.StartsWith("interlock/", StringComparison.Ordinal) || branch.StartsWith("agent/", StringComparison.Ordinal))
            {
                throw new BadInputException($"{branch} is a branch of runs and moves by itself", "Name one of your own, such as --into main");
            }

            if (await repository.ReadRefAsync("refs/heads/" + branch, cancellation) is null)
            {
                throw new BadInputException($"there is no branch {branch}", "Name an existing one, such as --into main, or make it first with git branch");
            }
        }

        return new FastForward(repository, source, options, tell);
    }

    /// <summary>Passes news on, and follows each landing when the run was told to.</summary>
    public void Tell(RunNews news)
    {
        tell(news);
        if (news.Kind == "landed" && options is { When: IntoWhen.Landing })
        {
            // Beside the run, which must not wait for it; one after the other.
            lock (gate)
            {
                last = last.ContinueWith(before => FollowAsync(before.Result, news), TaskScheduler.Default).Unwrap();
            }
        }
    }

    /// <summary>The report of the run with what became of the branch.</summary>
    public async Task<RunReport> EndAsync(RunReport report)
    {
        if (options is null)
        {
            return report;
        }

        // Also after a Ctrl-C: what has landed is verified, and a move half made would be worse than a moment more.
        var before = await last;
        return report with { Into = Together(before, await MoveAsync(CancellationToken.None)) };
    }

    private async Task<IntoReport?> FollowAsync(IntoReport? before, RunNews landing)
    {
        var now = await MoveAsync(CancellationToken.None);
        if (now.Moved)
        {
            tell(landing with { Kind = "forwarded", Text = $"{now.Branch} is {Protocol.TaskProtocol.Short(now.To!)}" });
        }
        else if (now.Reason is { } reason && reason != before?.Reason)
        {
            tell(landing with { Kind = "not moved", Text = $"{now.Branch}: {reason}" });
        }

        return Together(before, now);
    }

    private static IntoReport Together(IntoReport? before, IntoReport now) =>
        before is null ? now : now with { Moved = before.Moved || now.Moved, From = before.From };

    private async Task<IntoReport> MoveAsync(CancellationToken cancellation)
    {
        var branch = options!.Branch;
        try
        {
            for (var round = 1; round <= MostRounds; round++)
            {
                if (await TryMoveAsync(branch, "refs/heads/" + branch, cancellation) is { } report)
                {
                    return report;
                }
            }

            return new IntoReport(branch, false, null, null, "somebody else keeps moving it", Merge("--ff-only "));
        }
        catch (Exception error) when (error is GitException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            // The story has landed whatever happens here.
            return new IntoReport(branch, false, null, null, error.Message.Trim(), Merge("--ff-only "));
        }
    }

    // Null when somebody moved something meanwhile, so that it has to be looked at again.
    private async Task<IntoReport?> TryMoveAsync(string branch, string reference, CancellationToken cancellation)
    {
        var to = await source.TipAsync(cancellation);
        if (await repository.ReadRefAsync(reference, cancellation) is not { } from)
        {
            return new IntoReport(branch, false, null, null, "the branch has disappeared", $"git branch {ShellWord.Of(branch)} {source.Name}");
        }

        if (await repository.IsAncestorAsync(to, from, cancellation))
        {
            return new IntoReport(branch, false, from, from, null, null);
        }

        if (!await repository.IsAncestorAsync(from, to, cancellation))
        {
            return new IntoReport(branch, false, from, from, $"it has commits that {source.Name} has not, so a person has to merge", $"git switch {ShellWord.Of(branch)} && {Merge("")}");
        }

        List<Checkout> users = [];
        foreach (var checkout in Checkout.All(repository))
        {
            if (await checkout.UsesAsync(reference, cancellation))
            {
                users.Add(checkout);
            }
        }

        return users switch
        {
            [] => await repository.CompareAndSwapAsync(reference, to, from, $"interlock: fast-forward to {source.Name}", cancellation)
                ? new IntoReport(branch, true, from, to, null, null)
                : null,
            [var only] => await MoveWithAsync(only, branch, reference, from, to, cancellation),
            _ => new IntoReport(branch, false, from, from, $"it is checked out in {users.Count} places: {string.Join(", ", users.Select(user => user.Path))}", Merge("--ff-only ")),
        };
    }

    private async Task<IntoReport?> MoveWithAsync(Checkout checkout, string branch, string reference, string from, string to, CancellationToken cancellation)
    {
        var (end, reason) = checkout switch
        {
            { Unfinished: { } unfinished } => (MoveEnd.NotTouched, $"{unfinished} is under way in {checkout.Path}"),
            _ when !Directory.Exists(checkout.Path) => (MoveEnd.NotTouched, $"it is checked out in {checkout.Path}, which is not there now"),
            _ => await new CheckoutMove(repository).TryAsync(checkout, reference, from, to, cancellation),
        };
        var place = checkout.Path == repository.MainCheckout ? null : checkout.Path;
        return end switch
        {
            MoveEnd.Moved => new IntoReport(branch, true, from, to, null, null),
            MoveEnd.Overtaken => null,
            _ => new IntoReport(branch, false, from, from, reason, Merge("--ff-only ", place)),
        };
    }

    private string Merge(string option, string? place = null) => $"git {(place is null ? "" : $"-C {ShellWord.Of(place)} ")}merge {option}{source.Name}";
}
