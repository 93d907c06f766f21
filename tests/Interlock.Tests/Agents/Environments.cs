using Interlock.Engine.Agents;
using Interlock.Engine.Agents.Adapters;

namespace Interlock.Tests.Agents;

public sealed class Environments
{
    private static readonly Dictionary<string, string> Nothing = [];

    [Fact]
    public void A_child_sees_the_allow_list_and_no_key_token_or_secret()
    {
        string[] canaries = ["OPENAI_API_KEY", "GITHUB_TOKEN", "MY_SECRET", "XDG_SESSION_TOKEN", "LC_SECRET", "RANDOM_VARIABLE"];
        foreach (var name in canaries)
        {
            Environment.SetEnvironmentVariable(name, "canary");
        }

        var environment = ChildEnvironment.Build([], Nothing);

        Assert.Equal(Environment.GetEnvironmentVariable("PATH"), environment["PATH"]);
        Assert.DoesNotContain("canary", environment.Values);
    }

    [Fact]
    public void A_name_written_down_passes_through_and_only_that()
    {
        Environment.SetEnvironmentVariable("ANTHROPIC_API_KEY_TEST", "a");
        Environment.SetEnvironmentVariable("ANTHROPIC_API_KEY_TEST_2", "b");

        var environment = ChildEnvironment.Build(["ANTHROPIC_API_KEY_TEST"], Nothing);

        Assert.Equal("a", environment["ANTHROPIC_API_KEY_TEST"]);
        Assert.False(environment.ContainsKey("ANTHROPIC_API_KEY_TEST_2"));
    }

    [Fact]
    public void What_is_given_wins_over_what_is_inherited() =>
        Assert.Equal("/mine", ChildEnvironment.Build([], new Dictionary<string, string> { ["PATH"] = "/mine" })["PATH"]);

    [Fact]
    public void A_shell_agent_is_told_its_task_by_its_environment()
    {
        var shell = AdapterRegistry.Find("shell")!;
        var setup = AgentPresets.Bare(shell) with { Command = ["agent", "{prompt}", "--dir={worktree}"] };
        var command = shell.Command(new AgentHome("/home", null), new AgentLaunch(Task(), setup, "", new AgentSession("s", null)));

        Assert.Equal(["agent", "do; rm -rf \"$HOME\"", "--dir={worktree}"], command.Command);
        Assert.Equal("do; rm -rf \"$HOME\"", command.Prompt);
        Assert.Equal("/tree", command.WorkingDirectory);
        var expected = new Dictionary<string, string>
        {
            ["INTERLOCK_TASK_ID"] = "2.5.1",
            ["INTERLOCK_TASK_TITLE"] = "Title",
            ["INTERLOCK_AGENT_ID"] = "dev-1",
            ["INTERLOCK_AGENT_TYPE"] = "dev",
            ["INTERLOCK_STORY_ID"] = "2.5",
            ["INTERLOCK_GROUP"] = "Core",
            ["INTERLOCK_ATTEMPT"] = "2",
            ["INTERLOCK_FILES"] = "a.cs\nb.cs",
            ["INTERLOCK_TOKEN"] = "1.2.x",
            ["INTERLOCK_PROMPT_FILE"] = "/prompt.md",
            ["INTERLOCK_WORKTREE"] = "/tree",
            ["INTERLOCK_ROOT"] = "/root",
            ["INTERLOCK_RUN"] = "run-1",
        };
        Assert.Equal(expected, command.Environment.Where(v => v.Key.StartsWith("INTERLOCK_", StringComparison.Ordinal)).ToDictionary());
    }

    [Fact]
    public void A_string_command_goes_to_the_systems_shell_as_one_argument() =>
        Assert.Equal("claude -p < \"$INTERLOCK_PROMPT_FILE\"", ShellCommand.Of("claude -p < \"$INTERLOCK_PROMPT_FILE\"")[^1]);

    private static AgentTask Task() => new(
        "2.5.1", "Title", "dev-1", "dev", "2.5", "Core", 2, ["a.cs", "b.cs"], "1.2.x", "do; rm -rf \"$HOME\"", "/prompt.md", "/tree", "/root", [], "run-1");
}
