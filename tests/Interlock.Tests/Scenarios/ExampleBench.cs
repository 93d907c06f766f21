using System.Diagnostics;

namespace Interlock.Tests.Scenarios;

/// <summary>A copy of the bundled example as a repository of its own.</summary>
internal sealed class ExampleBench : IDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("interlock-example-").FullName;
    private readonly IReadOnlyDictionary<string, string> environment;

    private ExampleBench()
    {
        Root = Path.Combine(home, "repo");
        environment = Product.HomeIn(home);
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

    public Task<string> GitAsync(params string[] arguments) => Product.GitAsync(Root, environment, arguments);

    public async Task<IReadOnlyList<string>> LandedAsync()
    {
        var text = await GitAsync("log", "--format=%(trailers:key=Task-Id,valueonly,separator=)", "interlock/2.5");
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
    }

    public void Dispose() => Product.Delete(home);

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
