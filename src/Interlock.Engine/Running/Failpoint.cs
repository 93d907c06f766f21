namespace Interlock.Engine.Running;

/// <summary>
/// Named places where a crash would be worst. A test sets <c>INTERLOCK_FAILPOINT</c> to one of them and the process
/// ends there as if it had been killed: no handlers, no flushing, no clean-up.
/// </summary>
internal static class Failpoint
{
    public const string AfterClaim = "after-claim";
    public const string AfterWorktree = "after-worktree";
    public const string WhileApplying = "while-applying";
    public const string AfterSpawn = "after-spawn";
    public const string AfterRegister = "after-register";
    public const string AfterSeal = "after-seal";
    public const string AfterSubmit = "after-submit";
    public const string WhileVerifying = "while-verifying";
    public const string AfterIntent = "after-intent";
    public const string AfterSwap = "after-swap";
    public const string AfterRecord = "after-record";
    public const string AfterIndexLock = "after-index-lock";
    public const string AfterFiles = "after-files";
    public const string AfterIndex = "after-index";

    /// <summary>Before any call of git: only a <see cref="Watcher"/> can tell which one.</summary>
    public const string BeforeGit = "before-git";

    /// <summary>Sees every point that its own flow of control reaches, and may throw there: a crash inside a test's process.</summary>
    public static readonly AsyncLocal<Action<string>?> Watcher = new();

    private static readonly string? Armed = Environment.GetEnvironmentVariable("INTERLOCK_FAILPOINT");

    public static void Hit(string name)
    {
        if (Armed == name)
        {
            System.Diagnostics.Process.GetCurrentProcess().Kill();
        }

        Watcher.Value?.Invoke(name);
    }
}
