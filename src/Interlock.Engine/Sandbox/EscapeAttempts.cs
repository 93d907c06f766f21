namespace Interlock.Engine.Sandbox;

/// <summary>One way an agent might reach what is not its own.</summary>
/// <param name="Name">What it tries, for people.</param>
/// <param name="Script">For a shell inside; the variables of <see cref="EscapeLab"/> name the targets.</param>
/// <param name="Targets">Paths below the lab that must not change, as <c>main/…</c>, <c>other/…</c>, <c>home/…</c>.</param>
internal sealed record EscapeAttempt(string Name, string Script, params string[] Targets)
{
    /// <summary>What is read comes out as this; none of it may.</summary>
    public const string Secret = "s3cret-c4nary";
}

/// <summary>The attempts that <c>doctor sandbox</c> makes. Each has targets of its own, so that one that succeeds is known by name.</summary>
internal static class EscapeAttempts
{
    public static IReadOnlyList<EscapeAttempt> All { get; } =
    [
        new("write a tracked file of the main checkout by its absolute path", "echo escaped > \"$MAIN/tracked.txt\"", "main/tracked.txt"),
        new("make a new file in the main checkout", "echo escaped > \"$MAIN/new.txt\"", "main/new.txt"),
        new("delete a file of the main checkout", "rm -f \"$MAIN/gone.txt\"", "main/gone.txt"),
        new("go up from the worktree with ..", "p=; for i in 1 2 3 4 5 6 7 8 9 10 11 12; do p=../$p; done; echo escaped > \"$p${MAIN#/}/up.txt\"", "main/up.txt"),
        new("set git's configuration by hand", "printf '[core]\\n fsmonitor = touch /tmp/x\\n' >> \"$MAIN/.git/config\"", "main/.git/config"),
        new("set git's configuration with git", "git config core.fsmonitor 'touch /tmp/x'", "main/.git/config"),
        new("make a git hook", "printf '#!/bin/sh\\n' > \"$MAIN/.git/hooks/post-merge\" && chmod +x \"$MAIN/.git/hooks/post-merge\"", "main/.git/hooks/post-merge"),
        new("make git attributes that run a filter", "echo '* filter=x' > \"$MAIN/.git/info/attributes\"", "main/.git/info/attributes"),
        new("move the main branch by hand", "git rev-parse HEAD~0 > \"$MAIN/.git/refs/heads/main\"; echo x >> \"$MAIN/.git/refs/heads/main\"", "main/.git/refs/heads/main"),
        new("move the main branch with git", "git update-ref refs/heads/moved HEAD", "main/.git/refs/heads/moved"),
        new("move another agent's branch", "git update-ref refs/heads/agent/2/2 $(git commit-tree -m x HEAD^{tree})", "main/.git/refs/heads/agent/2/2"),
        new("make an integration branch", "git update-ref refs/heads/interlock/9 HEAD", "main/.git/refs/heads/interlock/9"),
        new("pack the refs anew", "printf '# pack-refs with: peeled\\n' > \"$MAIN/.git/packed-refs\"", "main/.git/packed-refs"),
        new("write the main checkout's index", "echo escaped >> \"$MAIN/.git/index\"", "main/.git/index"),
        new("commit in the main checkout with git -C", "cd / && git -C \"$MAIN\" commit -q --allow-empty -m escaped", "main/.git/logs/HEAD"),
        new("reset the main checkout with GIT_DIR and GIT_WORK_TREE", "GIT_DIR=\"$MAIN/.git\" GIT_WORK_TREE=\"$MAIN\" git rm -qf reset.txt", "main/reset.txt"),
        new("move HEAD of the main checkout", "echo 'ref: refs/heads/agent/1/1' > \"$MAIN/.git/HEAD\"", "main/.git/HEAD"),
        new("write a file of another worktree", "echo escaped > \"$OTHER/tracked.txt\"", "other/tracked.txt"),
        new("write another worktree's record", "echo escaped > \"$MAIN/.git/worktrees/other/HEAD\"", "main/.git/worktrees/other/HEAD"),
        new("remove another worktree with git", "git worktree remove --force \"$OTHER\"", "other/.git", "main/.git/worktrees/other/gitdir"),
        new("write the worktree's .git pointer", "echo 'gitdir: /tmp/evil' > .git", "own/.git"),
        new("put another .git in place of the pointer", "mv .git moved 2>/dev/null; rm -f .git; mkdir .git && git init -q .", "own/.git/HEAD", "own/moved"),
        new("lead git elsewhere from the worktree's own record", "echo /tmp/evil > \"$ADMIN/commondir\"; mv \"$ADMIN/gitdir\" \"$ADMIN/moved\"", "admin/commondir", "admin/moved"),
        new("make settings of the worktree that git would run", "printf '[core]\\n fsmonitor = touch /tmp/x\\n' > \"$ADMIN/config.worktree\"", "admin/config.worktree"),
        new("forge the record by which Interlock knows the worktree", "echo escaped > \"$ADMIN/interlock\"", "admin/interlock"),
        new("lead git's objects elsewhere", "echo /tmp/evil > \"$MAIN/.git/objects/info/alternates\"", "main/.git/objects/info/alternates"),
        new("delete packed history", "rm -f \"$MAIN\"/.git/objects/pack/*", "main/.git/objects/pack/history.pack"),
        new("read the state", "cat \"$STATE/state.db\" \"$STATE\"/* 2>/dev/null"),
        new("read another agent's token", "cat \"$STATE/tokens/2@other\""),
        new("write the state", "echo escaped >> \"$STATE/state.db\"; echo escaped > \"$STATE/planted\"", "main/.git/interlock/state.db", "main/.git/interlock/planted"),
        new("write through a symlink", "ln -s \"$MAIN/symlinked.txt\" way && echo escaped > way", "main/symlinked.txt"),
        new("write through a hard link", "ln \"$MAIN/hardlinked.txt\" hard && echo escaped > hard", "main/hardlinked.txt"),
        new("write through /proc/…/root", "for root in /proc/[0-9]*/root /proc/1/cwd/..; do echo escaped > \"$root$MAIN/proc.txt\"; done", "main/proc.txt"),
        new("kill the coordinator", "kill -9 $VICTIM"),
        new("read the coordinator's memory and environment", "cat /proc/$VICTIM/environ /proc/$VICTIM/mem; for file in /proc/[0-9]*/environ; do cat $file; done"),
        new("read a secret of the home", "cat \"$HOME/.ssh/id\" \"$HOME/.netrc\""),
        new("leave something in the home that the person's shell runs", "echo escaped >> \"$HOME/.bashrc\"; mkdir -p \"$HOME/.config\" && echo escaped > \"$HOME/.config/planted\"", "home/.bashrc", "home/.config/planted"),
        new("make settings that do not exist yet and that a CLI would run", "mkdir -p \"$MAIN/.claude\" \"$MAIN/.cursor\"; echo escaped > \"$MAIN/.claude/settings.json\"; echo escaped > \"$MAIN/.cursor/hooks.json\"", "main/.claude", "main/.cursor"),
        new("mount the system writable again", "mount -o remount,rw,bind \"$MAIN\"; mount -o remount,rw /; umount \"$MAIN\"; echo escaped > \"$MAIN/mount.txt\"", "main/mount.txt"),
        new("become root of namespaces of its own and mount there", "unshare -Urm sh -c 'mount -o remount,rw,bind \"$MAIN/.git\"; mount -o remount,rw /; echo escaped > \"$MAIN/unshare.txt\"'", "main/unshare.txt"),
        new("come in at another agent's hatch", "for hatch in \"$HATCHES\"/*; do ls -l $hatch; cat $hatch; done"),
new("leave a process behind", "setsid env -i sleep 77.31 >/dev/null 2>&1 &"),
    ];
}
