using System.Text.Json;
using Interlock.Engine.Configuration;

namespace Interlock.App.Cli;

internal sealed record ProposedCheck(string Name, string Command);

/// <summary>Guesses checks from the build files at the root of a repository.</summary>
internal static class ProposedChecks
{
    private static readonly string[] Scripts = ["type-check", "typecheck", "lint", "build", "test"];

    public static IReadOnlyList<ProposedCheck> For(string root)
    {
        var found = new List<ProposedCheck>();
        var package = Path.Combine(root, "package.json");
        if (File.Exists(package))
        {
            found.AddRange(FromPackage(package));
        }

        if (Directory.EnumerateFiles(root, "*.sln*").Any())
        {
            found.Add(new ProposedCheck("build", "dotnet build"));
            found.Add(new ProposedCheck("test", "dotnet test --no-build"));
        }

        AddIf("Cargo.toml", "cargo test", "cargo test");
        AddIf("go.mod", "go test", "go test ./...");
        AddIf("pyproject.toml", "pytest", "python -m pytest");
        return found;

        void AddIf(string file, string name, string command)
        {
            if (File.Exists(Path.Combine(root, file)))
            {
                found.Add(new ProposedCheck(name, command));
            }
        }
    }

    private static IEnumerable<ProposedCheck> FromPackage(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("scripts", out var scripts) && scripts.ValueKind == JsonValueKind.Object
                ? [.. Scripts.Where(name => scripts.TryGetProperty(name, out _)).Select(name => new ProposedCheck(name, $"npm run --silent {name}"))]
                : [];
        }
        catch (JsonException error)
        {
            throw new BadInputException($"{path}:{(error.LineNumber ?? 0) + 1} is not JSON", "Mend the file; nothing was written");
        }
    }
}
