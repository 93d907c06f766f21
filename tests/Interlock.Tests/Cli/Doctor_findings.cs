using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Interlock.Tests.Cli;

/// <summary>The real program on a repository to which something was done.</summary>
public sealed class Doctor_findings
{
    [Fact]
    public void A_fresh_repository_is_healthy_and_the_answer_says_on_what()
    {
        using var cli = Cli.Assigned();
        cli.Claim("2.5.1", "dev-oauth-1");

        var report = cli.Json("doctor").Expect(0).Json;

        Assert.Equal(["healthy", "findings", "versions", "sandbox"], report.EnumerateObject().Select(member => member.Name));
        Assert.True(report.GetProperty("healthy").GetBoolean());
        Assert.Empty(report.GetProperty("findings").EnumerateArray());
        Assert.Equal(["git", "sqlite", "dotnet", "os"], report.GetProperty("versions").EnumerateObject().Select(member => member.Name));
        Assert.StartsWith("Healthy.", cli.Run("doctor").Expect(0).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Looking_changes_nothing_and_takes_nothing_in()
    {
        using var cli = Cli.Assigned();
        cli.Claim("2.5.1", "dev-oauth-1");
        File.Delete(Path.Combine(cli.Root, ".lock", "2.5.1.lock"));
        cli.Write(Cli.StatusPath, "broken");

        Assert.Equal(["file-edited", "file-missing"], Codes(cli.Json("doctor").Expect(0)));
        Assert.Equal(["file-edited", "file-missing"], Codes(cli.Json("doctor").Expect(0)));
        Assert.Equal("broken", cli.Read(Cli.StatusPath));

        var repaired = cli.Json("doctor", "--fix").Expect(0);
        Assert.All(repaired.Json.GetProperty("findings").EnumerateArray(), finding => Assert.Contains("taken in", finding.GetProperty("fixed").GetString(), StringComparison.Ordinal));
        Assert.Equal("pending", cli.Status("2.5.1"));
        Assert.Equal(["quarantined", "token-left"], Codes(cli.Json("doctor").Expect(0)));
        Assert.Equal(2, cli.EventKinds().Count(kind => kind == "doctor.fixed"));
    }

    [Fact]
    public void Rows_that_something_else_changed_are_found_by_replaying_the_log()
    {
        using var cli = Cli.Assigned();
        Sql(cli, "UPDATE task SET doc = replace(doc, 'Ready', 'Merged'), state = 'Merged' WHERE id = '2.5.1'");

        var answer = cli.Json("doctor").Expect(1);

        Assert.Equal(["log-differs"], Codes(answer));
        Assert.Contains("task 2.5.1", answer.Json.GetProperty("findings")[0].GetProperty("what").GetString(), StringComparison.Ordinal);
        Assert.False(answer.Json.GetProperty("findings")[0].GetProperty("repairable").GetBoolean());
        Assert.Contains("Not healthy: 1 error", cli.Run("doctor").Expect(1).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_counter_of_fences_that_was_set_back_is_found_and_set_right()
    {
        using var cli = Cli.Assigned();
        cli.Claim("2.5.1", "dev-oauth-1");
        cli.Run("release", "2.5.1", "--agent", "dev-oauth-1").Expect(0);
        Sql(cli, "UPDATE sqlite_sequence SET seq = 0 WHERE name = 'lease'");

        Assert.Equal(["fence-order", "token-left"], Codes(cli.Json("doctor").Expect(1)));
        cli.Run("doctor", "--fix").Expect(0);

        Assert.Empty(Codes(cli.Json("doctor").Expect(0)));
        Assert.Equal(2, cli.Json("claim", "2.5.1", "--agent", "qa-1").Expect(0).Json.GetProperty("lease").GetProperty("fence").GetInt64());
    }

    [Fact]
    public void Rights_leftovers_and_locks_are_found_and_cleared_away()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "rights and open files are looked at the Linux way");
        using var cli = Cli.Assigned();
        var state = Path.Combine(cli.Root, ".git", "interlock");
        cli.Shell($"chmod o+r '{state}'").Expect(0);
        Old(cli, "agent_tasks/.todo_progress.json.0123.tmp");
        Old(cli, ".git/refs/heads/main.lock");
        Old(cli, ".git/index.lock", "interlock\n");
        cli.Write(".git/config.lock", "");
        cli.Git("update-ref", "refs/interlock/candidates/2.5.1-9", "HEAD");

        string[] found = ["candidate-left", "git-lock-left", "move-open", "state-open-to-others", "temporary-left"];
        Assert.Equal(found, Codes(cli.Json("doctor").Expect(1)));
        cli.Run("doctor", "--fix").Expect(0);

        Assert.Empty(Codes(cli.Json("doctor").Expect(0)));
        Assert.False(cli.Has(".git/refs/heads/main.lock"));
        Assert.False(cli.Has(".git/index.lock"), "no run is active that could have it");
        Assert.True(cli.Has(".git/config.lock"), "a young lock may be somebody's");
        Assert.Equal("", cli.Git("for-each-ref", "refs/interlock/candidates"));
    }

    [Fact]
    public void A_lock_that_a_process_has_open_stays_however_old_it_is()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "open files are looked at the Linux way");
        using var cli = Cli.Assigned();
        Old(cli, ".git/packed-refs.lock");
        using (File.Open(Path.Combine(cli.Root, ".git/packed-refs.lock"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        {
            Assert.Empty(Codes(cli.Json("doctor", "--fix").Expect(0)));
        }

        Assert.Equal(["git-lock-left"], Codes(cli.Json("doctor").Expect(1)));
    }

    [Fact]
    public void The_lock_that_a_commit_keeps_while_its_message_is_written_stays()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "processes are looked at the Linux way");
        using var cli = Cli.Assigned();
        cli.Write("plan/notes.md", "one\n");
        cli.Git("add", "plan/notes.md");
        cli.Git("commit", "--quiet", "-m", "notes");
        cli.Write("plan/notes.md", "two\n");
        var (left, seen) = (Path.Combine(cli.Root, ".git", "index.lock"), Path.Combine(cli.Root, ".git", "editing"));
        var editor = $"touch -d '2 minutes ago' '{left}'; : > '{seen}'; while [ -e '{seen}' ]; do sleep 0.05; done; echo written >";
        using var commit = Process.Start(new ProcessStartInfo("git", ["commit", "--all", "--quiet"]) { WorkingDirectory = cli.Root, Environment = { ["GIT_EDITOR"] = editor } })!;
        SpinWait.SpinUntil(() => File.Exists(seen), TimeSpan.FromMinutes(1));

        Assert.Empty(Codes(cli.Json("doctor", "--fix").Expect(0)));
        Assert.True(File.Exists(left));
        File.Delete(seen);

        Assert.True(commit.WaitForExit(TimeSpan.FromMinutes(1)));
        Assert.Equal((0, "written"), (commit.ExitCode, cli.Git("log", "-1", "--format=%s")));
    }

    [Fact]
    public void A_damaged_store_is_told_and_rebuilt_from_the_plan_and_the_status_file()
    {
        using var cli = Cli.Assigned();
        cli.Run("complete", "2.5.5", "--agent", "qa-1").Expect(1);
        cli.Claim("2.5.5", "qa-1");
        cli.Run("complete", "2.5.5", "--agent", "qa-1", "--no-code", "--reason", "x").Expect(0);
        cli.Claim("2.5.1", "dev-oauth-1");
        var file = Path.Combine(cli.Root, ".git", "interlock", "state.db");
        File.Delete(file + "-wal");
        var bytes = File.ReadAllBytes(file);
        bytes.AsSpan(2048).Fill(0xA5);
        File.WriteAllBytes(file, bytes);

        Assert.Equal(["store-unusable"], Codes(cli.Json("doctor").Expect(3)));
        Assert.Contains("interlock doctor", cli.Run("status").Expect(3).Error, StringComparison.Ordinal);

        cli.Json("doctor", "--rebuild").Expect(0);

        Assert.Equal(("completed", "pending"), (cli.Status("2.5.5"), cli.Status("2.5.1")));
        Assert.Equal("already-claimed", cli.Json("claim", "2.5.1", "--agent", "qa-1").Expect(1).Refused.GetProperty("code").GetString());
        cli.Claim("2.5.1", "dev-oauth-1");
        Assert.Equal(bytes, File.ReadAllBytes(Directory.GetFiles(Path.GetDirectoryName(file)!, "state.db", SearchOption.AllDirectories).Single(path => path.Contains("damaged-", StringComparison.Ordinal))));
        Assert.Contains("there is nothing to rebuild", cli.Run("doctor", "--rebuild").Expect(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Outside_git_the_state_is_looked_at_all_the_same()
    {
        using var cli = Cli.Folder();
        cli.Write(Cli.PlanPath, Cli.Plan);
        cli.Run("assign", "--story", "2.5").Expect(0);

        Assert.Empty(Codes(cli.Json("doctor").Expect(0)));
        Assert.Contains("nothing to rebuild from", cli.Run("doctor", "--rebuild").Expect(3).Error, StringComparison.Ordinal);
    }

    private static string[] Codes(Answer answer) =>
        [.. answer.Json.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("code").GetString()!).Distinct().Order(StringComparer.Ordinal)];

    private static void Old(Cli cli, string path, string text = "")
    {
        cli.Write(path, text);
        File.SetLastWriteTimeUtc(Path.Combine(cli.Root, path), DateTime.UtcNow.AddMinutes(-2));
    }

    private static void Sql(Cli cli, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(cli.Root, ".git", "interlock", "state.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.Equal(1, command.ExecuteNonQuery());
    }
}
