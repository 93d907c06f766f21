using System.Diagnostics;

namespace Interlock.Tests.Scenarios;

/// <summary>A copy of the bundled example as a repository of its own.</summary>
internal sealed class ExampleBench : IDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("interlock-example-").FullName;
    private readonly Dictionary<string, string> environment = new(StringComparer.Ordinal);

    private ExampleBench()
    {
        Root = Path.Combine(home, "repo");
        environment["HOME"] = home;
        environment["XDG_STATE_HOME"] = Path.Combine(home, "state");
        environment["GIT_CONFIG_NOSYSTEM"] = "1";
        environment["GIT_CONFIG_GLOBAL"] = Path.Combine(home, "gitconfig");
        File.WriteAllText(Path.Combine(home, "gitconfig"), "[user]\n name = Tester\n email = tester@example.test\n");
    }

    public string Root { get; }

    /// <param name="modules">The example's installed <c>node_modules</c>.</param>
    public static async Task<ExampleBench> CreateAsync(string modules)
    {
        var bench = new ExampleBench();
        Copy(Path.Combine(RepositoryRoot(), "examples", "linkedin-oauth"), bench.Root);
        Directory.CreateSymbolicLink(Path.Combine(bench.Root, "node_modules"), modules);
        await bench.GitAsync("init", "--quiet", "-b", "main");
        await bench.GitAsync("add", "-A");
        await bench.GitAsync("commit", "--quiet", "-m", "start");
        Assert.Equal(0, (await Product.FinishAsync(bench.Start("trust", "--yes"))).ExitCode);
        return bench;
    }

    public Process Start(params string[] arguments) => Product.Start(Product.Path, Root, environment, arguments);

    public async Task<string> GitAsync(params string[] arguments)
    {
        var ran = await Product.FinishAsync(Product.Start("git", Root, environment, arguments));
        return ran.ExitCode == 0 ? ran.Output.TrimEnd() : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {ran}");
    }

    public async Task<IReadOnlyList<string>> LandedAsync()
    {
        var text = await GitAsync("log", "--format=%(trailers:key=Task-Id,valueonly,separator=)", "interlock/2.5");
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(home, recursive: true);
        }
        catch (IOException)
        {
            // A process that was just killed may still hold a file; the folder is temporary either way.
        }
    }

    private static string RepositoryRoot()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at!.FullName, "Interlock.slnx")))
        {
            at = at.Parent;
        }

        return at.FullName;
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        foreach (var folder in Directory.EnumerateDirectories(from).Where(folder => Path.GetFileName(folder) is not ("node_modules" or "dist")))
        {
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        }
    }
}
