using System.Text.Json;

namespace Interlock.Tests.Cli;

public sealed class Proposing_checks
{
    private const string Package = """{ "scripts": { "lint": "eslint", "test": "node --test", "deploy": "x" } }""";

    [Theory]
    [InlineData("package-lock.json", "npm run --silent")]
    [InlineData("pnpm-lock.yaml", "pnpm run")]
    [InlineData("yarn.lock", "yarn run")]
    [InlineData("bun.lock", "bun run")]
    [InlineData("bun.lockb", "bun run")]
    [InlineData("README.md", "npm run --silent")]
    public void A_package_is_checked_by_the_manager_whose_lock_file_is_there(string file, string run) =>
        Assert.Equal([$"{run} lint", $"{run} test"], Proposed(("package.json", Package), (file, "")));

    [Fact]
    public void Without_a_lock_file_the_package_says_its_manager() =>
        Assert.Equal(["yarn run test"], Proposed(("package.json", """{ "packageManager": "yarn@4.1.0", "scripts": { "test": "x" } }""")));

    [Fact]
    public void A_script_that_only_says_there_are_no_tests_is_no_check() =>
        Assert.Empty(Proposed(("package.json", """{ "scripts": { "test": "echo \"Error: no test specified\" && exit 1" } }""")));

    [Theory]
    [InlineData("all.sln")]
    [InlineData("all.slnx")]
    public void A_solution_is_built_and_tested(string file) => Assert.Equal(["dotnet build", "dotnet test --no-build"], Proposed((file, "")));

    [Fact]
    public void One_of_several_solutions_is_named_and_settings_are_none() =>
        Assert.Equal(["dotnet build 'b it''s.slnx'".Replace("''", "'\\''", StringComparison.Ordinal), "dotnet test 'b it'\\''s.slnx' --no-build"], Proposed(("a.sln", ""), ("b it's.slnx", ""), ("c.sln.DotSettings", "")));

    [Theory]
    [InlineData("[package]\n", "", "cargo test")]
    [InlineData("[package]\n# clippy\n", "", "cargo test")]
    [InlineData("[lints.clippy]\nall = \"warn\"\n", "", "cargo clippy --all-targets -- -D warnings|cargo test")]
    [InlineData("[package]\n", "clippy.toml", "cargo clippy --all-targets -- -D warnings|cargo test")]
    public void A_crate_is_tested_and_linted_when_it_is_set_up_for_it(string text, string more, string commands) =>
        Assert.Equal(commands.Split('|'), Proposed(("Cargo.toml", text), (more.Length > 0 ? more : "README.md", "")));

    [Theory]
    [InlineData("[project]\n", "")]
    [InlineData("[tool.pytest.ini_options]\n", "python -m pytest")]
    [InlineData("dev = [\"ruff>=0.4\", \"mypy\"]\n", "ruff check .|mypy .")]
    [InlineData("# pytest some day\n", "")]
    public void Python_tools_are_proposed_only_when_the_project_names_them(string text, string commands) =>
        Assert.Equal(commands.Split('|', StringSplitOptions.RemoveEmptyEntries), Proposed(("pyproject.toml", text)));

    [Fact]
    public void A_go_module_is_vetted_and_tested() => Assert.Equal(["go vet ./...", "go test ./..."], Proposed(("go.mod", "module x\n")));

    [Fact]
    public void Nothing_known_proposes_nothing_and_never_none()
    {
        using var cli = Init(("README.md", "hello"));

        Assert.False(Config(cli).TryGetProperty("checks", out _));
        Assert.Contains("no checks are configured", cli.Run("run", "--story", "2.5", "--agent-command", "true").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_versions_that_answers_depend_on_and_installed_packages_are_proposed_too()
    {
        using var cli = Init(("package.json", Package), ("go.mod", ""), ("node_modules/x/package.json", "{}"));

        Assert.Equal(["node --version", "go version"], Config(cli).GetProperty("toolchain").EnumerateArray().Select(line => line.GetString()));
        Assert.Equal("node_modules", Config(cli).GetProperty("worktrees").GetProperty("link")[0].GetString());
        cli.Run("trust", "--yes").Expect(0);
    }

    private static string[] Proposed(params (string Path, string Text)[] files)
    {
        using var cli = Init(files);
        return Config(cli).TryGetProperty("checks", out var checks) ? [.. checks.EnumerateArray().Select(check => check.GetProperty("command").GetString()!)] : [];
    }

    private static Cli Init(params (string Path, string Text)[] files)
    {
        var cli = Cli.Repository();
        foreach (var (path, text) in files)
        {
            cli.Write(path, text);
        }

        cli.Run("init").Expect(0);
        return cli;
    }

    private static JsonElement Config(Cli cli) =>
        JsonDocument.Parse(cli.Read("interlock.json"), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }).RootElement;
}
