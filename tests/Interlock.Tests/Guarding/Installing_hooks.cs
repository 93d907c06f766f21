using System.Text.Json;
using Interlock.Domain.Guarding;
using Interlock.Engine.Guarding;

namespace Interlock.Tests.Guarding;

using Cli = Interlock.Tests.Cli.Cli;

public sealed class Installing_hooks : IDisposable
{
    public static readonly TheoryData<GuardedCli> Clis = [.. HookPlaces.Clis];
    private readonly Cli cli = Cli.Assigned();

    public void Dispose() => cli.Dispose();

    [Theory]
    [MemberData(nameof(Clis))]
    public void Installing_twice_is_installing_once_and_removing_leaves_nothing(GuardedCli of)
    {
        var path = HookPlaces.InProject(of, cli.Root);

        cli.Run("hooks", "install", "--for", of.Word(), "--agent", "dev-oauth-1").Expect(0);
        var once = File.ReadAllText(path);
        cli.Run("hooks", "install", "--for", of.Word(), "--agent", "dev-oauth-1").Expect(0);

        Assert.Equal(once, File.ReadAllText(path));
        Assert.Contains($"hook --for {of.Word()} --agent dev-oauth-1", once, StringComparison.Ordinal);
        cli.Run("hooks", "uninstall", "--for", of.Word()).Expect(0);
        Assert.False(File.Exists(path));
    }

    [Theory]
    [MemberData(nameof(Clis))]
    public void The_installed_command_line_asks_and_answers_as_the_cli_expects(GuardedCli of)
    {
        cli.Claim("2.5.1", "dev-oauth-1");
        cli.Claim("2.5.5", "dev-backend-1");
        cli.Run("hooks", "install", "--for", of.Word(), "--agent", "dev-oauth-1").Expect(0);
        var command = HookInstaller.Look(of, HookPlaces.InProject(of, cli.Root)).Installed!;
        File.WriteAllText(Path.Combine(cli.Home, "question"), Questions.Edit(of, "tests/config.test.ts", cli.Root));

        var answer = cli.Shell($"{command} < '{cli.Home}/question'");

        Assert.False(Questions.LetsThrough(of, answer.ExitCode, answer.Out), answer.Out + answer.Error);
        Assert.Contains("leased by dev-backend-1", Questions.Reason(of, answer.Out), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_person_has_in_the_file_stays_and_a_copy_is_kept()
    {
        const string Mine = """
            {
              "permissions": { "allow": ["Bash(git *)"] },
              "hooks": { "PreToolUse": [ { "matcher": "Bash", "hooks": [ { "type": "command", "command": "mine" } ] } ], "Stop": [] }
            }
            """;
        cli.Write(".claude/settings.local.json", Mine);

        var change = cli.Json("hooks", "install", "--for", "claude", "--agent", "dev-oauth-1").Expect(0).Json.GetProperty("hooks")[0];

        var hooks = JsonDocument.Parse(cli.Read(".claude/settings.local.json")).RootElement.GetProperty("hooks").GetProperty("PreToolUse");
        Assert.Equal(["Bash", "Edit|MultiEdit|Write|NotebookEdit"], hooks.EnumerateArray().Select(group => group.GetProperty("matcher").GetString()));
        Assert.Equal(Mine, File.ReadAllText(change.GetProperty("backup").GetString()!));
        cli.Run("hooks", "uninstall", "--for", "claude").Expect(0);
        Assert.Contains("mine", cli.Read(".claude/settings.local.json"), StringComparison.Ordinal);
        Assert.DoesNotContain("hook --for", cli.Read(".claude/settings.local.json"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_file_is_refused_by_line_and_no_other_is_changed()
    {
        cli.Write(".gemini/settings.json", "{\n  \"a\": 1,\n  oops\n}\n");

        var answer = cli.Run("hooks", "install", "--for", "claude,gemini", "--agent", "dev-oauth-1").Expect(1);

        Assert.Contains(".gemini/settings.json:3", answer.Error, StringComparison.Ordinal);
        Assert.False(cli.Has(".claude/settings.local.json"));
        Assert.Equal("{\n  \"a\": 1,\n  oops\n}\n", cli.Read(".gemini/settings.json"));
    }

    [Fact]
    public void Settings_with_half_a_character_are_refused_before_anything_is_changed()
    {
        cli.Write(".claude/settings.local.json", """{ "model": "a\ud800b" }""");

        var answer = cli.Run("hooks", "install", "--for", "claude", "--agent", "dev-oauth-1").Expect(1);

        Assert.Contains("not Unicode", answer.Error, StringComparison.Ordinal);
        Assert.Equal("""{ "model": "a\ud800b" }""", cli.Read(".claude/settings.local.json"));
    }

    [Fact]
    public void In_a_persons_own_settings_the_hook_lets_other_folders_be()
    {
        cli.Run("hooks", "install", "--user", "--for", "claude,cursor").Expect(0);

        Assert.Contains("--where-used", File.ReadAllText(Path.Combine(cli.Home, ".claude", "settings.json")), StringComparison.Ordinal);
        Assert.Contains("\"failClosed\": true", File.ReadAllText(Path.Combine(cli.Home, ".cursor", "hooks.json")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--for", "clade")]
    [InlineData("--user", "--for", "goose")]
    public void What_cannot_be_installed_is_said(params string[] words) => cli.Run(["hooks", "install", .. words]).Expect(2);

    [Fact]
    public void Git_hooks_stop_foreign_files_wrong_subjects_and_pushes_and_keep_a_persons_own()
    {
        cli.Claim("2.5.1", "dev-oauth-1");
        cli.Claim("2.5.5", "dev-backend-1");
        cli.Write(".git/hooks/pre-commit", "#!/bin/sh\ntouch ran-mine\n");
        cli.Shell("chmod +x .git/hooks/pre-commit").Expect(0);
        cli.Run("hooks", "install", "--for", "git").Expect(0);
        cli.Shell("git init -q --bare ../remote.git && git remote add origin ../remote.git").Expect(0);

        cli.Write("tests/config.test.ts", "x\n");
        cli.Shell("git add tests && git commit -qm person && rm -f ran-mine && git reset -q --soft HEAD^").Expect(0);
        cli.Set("INTERLOCK_AGENT_ID", "dev-oauth-1");

        Assert.Contains("leased by dev-backend-1", cli.Shell("git commit -qm '[dev-oauth-1] [2.5.1] x'").Expect(1).Error, StringComparison.Ordinal);
        cli.Write("src/config.ts", "x\n");
        cli.Shell("git restore --staged tests && git add src").Expect(0);
        Assert.Contains("Write: [dev-oauth-1] [2.5.1]", cli.Shell("git commit -qm 'added stuff'").Expect(1).Error, StringComparison.Ordinal);
        cli.Shell("git commit -qm '[dev-oauth-1] [2.5.1] add the config'").Expect(0);
        Assert.True(cli.Has("ran-mine"));
        Assert.Contains("cannot be pushed from here", cli.Shell("git push -q origin HEAD:refs/heads/interlock/2.5").Expect(1).Error, StringComparison.Ordinal);
        cli.Shell("git push -q origin HEAD:refs/heads/mine").Expect(0);

        Assert.Contains("git       installed", cli.Run("hooks", "status").Out, StringComparison.Ordinal);
        Assert.Contains("git       removed", cli.Run("hooks", "uninstall", "--for", "git").Expect(0).Out, StringComparison.Ordinal);
        Assert.Contains("No hook is installed here", cli.Run("hooks", "status").Out, StringComparison.Ordinal);
        cli.Shell("git add tests && git commit -qm anything").Expect(0);
    }

    [Fact]
    public void Uninstalling_without_a_name_takes_git_hooks_out_too()
    {
        cli.Run("hooks", "install", "--for", "git,claude").Expect(0);

        Assert.Contains("removed", cli.Run("hooks", "uninstall").Expect(0).Out, StringComparison.Ordinal);

        Assert.NotEqual(0, cli.Shell("git config core.hooksPath").ExitCode);
        cli.Run("hooks", "install", "--for", "git").Expect(0);
        Assert.Equal(JsonValueKind.String, cli.Run("hooks", "status", "--json").Json.GetProperty("git_hooks").ValueKind);
        cli.Run("hooks", "uninstall").Expect(0);
        Assert.Equal(JsonValueKind.Null, cli.Run("hooks", "status", "--json").Json.GetProperty("git_hooks").ValueKind);
    }
}
