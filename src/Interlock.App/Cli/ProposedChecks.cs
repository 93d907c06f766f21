using System.Text.Json;
using System.Text.RegularExpressions;
using Interlock.Engine.Configuration;

namespace Interlock.App.Cli;

internal sealed record ProposedCheck(string Name, string Command);

/// <summary>Guesses checks from the build files at the root of a repository.</summary>
/// <param name="Toolchain">Commands that say which tools are installed.</param>
/// <param name="Link">Ignored folders the checks cannot do without.</param>
internal sealed partial record ProposedChecks(IReadOnlyList<ProposedCheck> Checks, IReadOnlyList<string> Toolchain, IReadOnlyList<string> Link)
{
    private static readonly string[] Scripts = ["type-check", "typecheck", "lint", "build", "test"];

    private static readonly (string Lock, string Run)[] Managers =
    [
        ("pnpm-lock.yaml", "pnpm run"), ("yarn.lock", "yarn run"), ("bun.lock", "bun run"), ("bun.lockb", "bun run"), ("package-lock.json", "npm run --silent"),
    ];

    public static ProposedChecks For(string root)
    {
        var found = new List<ProposedCheck>();
        var toolchain = new List<string>();
        Add(FromPackage(root), "node --version");
        Add(FromSolution(root), "dotnet --version");
        Add(FromCargo(root), "rustc --version");
        Add(FromPython(root), "python --version");
        Add(Has(root, "go.mod") ? [new("go vet", "go vet ./..."), new("go test", "go test ./...")] : [], "go version");
        var link = Has(root, "package.json") && Directory.Exists(Path.Combine(root, "node_modules")) ? new[] { "node_modules" } : [];
        return new ProposedChecks(found, toolchain, link);

        void Add(IReadOnlyList<ProposedCheck> checks, string version)
        {
            found.AddRange(checks);
            toolchain.AddRange(checks.Count > 0 ? [version] : []);
        }
    }

    private static List<ProposedCheck> FromPackage(string root)
    {
        var path = Path.Combine(root, "package.json");
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var run = Managers.FirstOrDefault(manager => Has(root, manager.Lock)).Run ?? Declared(document.RootElement);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("scripts", out var scripts) && scripts.ValueKind == JsonValueKind.Object
                ? [.. Scripts.Where(name => scripts.TryGetProperty(name, out var script) && !IsPlaceholder(script)).Select(name => new ProposedCheck(name, $"{run} {name}"))]
                : [];
        }
        catch (JsonException error)
        {
            throw new BadInputException($"{path}:{(error.LineNumber ?? 0) + 1} is not JSON", "Mend the file; nothing was written");
        }
    }

    // Without a lock file the package may still say what installs it, as in "pnpm@9.1.0".
    private static string Declared(JsonElement package)
    {
        var name = package.ValueKind == JsonValueKind.Object && package.TryGetProperty("packageManager", out var manager) && manager.ValueKind == JsonValueKind.String
            ? manager.GetString()!.Split('@')[0]
            : "npm";
        return name is "pnpm" or "yarn" or "bun" ? $"{name} run" : "npm run --silent";
    }

    // What "npm init" writes for a package that has no tests.
    private static bool IsPlaceholder(JsonElement script) =>
        script.ValueKind != JsonValueKind.String || script.GetString()!.Contains("no test specified", StringComparison.Ordinal);

    private static List<ProposedCheck> FromSolution(string root)
    {
        var solutions = Directory.EnumerateFiles(root, "*.sln*").Select(path => Path.GetFileName(path)!)
            .Where(name => name.EndsWith(".sln", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".slnx", StringComparison.OrdinalIgnoreCase))
            .OrderByDescending(name => name.Length - Path.GetFileNameWithoutExtension(name).Length).ThenBy(name => name, StringComparer.Ordinal).ToList();

        // With several in one folder dotnet wants to be told which.
        var which = solutions.Count > 1 ? $" '{solutions[0].Replace("'", "'\\''", StringComparison.Ordinal)}'" : "";
        return solutions.Count == 0 ? [] : [new("build", $"dotnet build{which}"), new("test", $"dotnet test{which} --no-build")];
    }

    private static List<ProposedCheck> FromCargo(string root)
    {
        if (!Has(root, "Cargo.toml"))
        {
            return [];
        }

        var clippy = Has(root, "clippy.toml") || Has(root, ".clippy.toml") || Mentions(root, "Cargo.toml", "clippy");
        return clippy
            ? [new("clippy", "cargo clippy --all-targets -- -D warnings"), new("cargo test", "cargo test")]
            : [new("cargo test", "cargo test")];
    }

    private static List<ProposedCheck> FromPython(string root) =>
    [
        .. new ProposedCheck[] { new("ruff", "ruff check ."), new("mypy", "mypy ."), new("pytest", "python -m pytest") }
            .Where(check => Mentions(root, "pyproject.toml", check.Name)),
    ];

    private static bool Has(string root, string file) => File.Exists(Path.Combine(root, file));

    // A whole word, outside comments: "pytest-asyncio" alone also needs pytest.
    private static bool Mentions(string root, string file, string word) =>
        Has(root, file) && File.ReadLines(Path.Combine(root, file)).Any(line => Words().Matches(line.Split('#')[0]).Any(match => match.Value == word));

    [GeneratedRegex("[A-Za-z0-9_]+", RegexOptions.CultureInvariant)]
    private static partial Regex Words();
}
