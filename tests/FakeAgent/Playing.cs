using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

/// <summary>Plays what a CLI once printed: lines as they are, and between them directives that start with #.</summary>
internal static class Playing
{
    /// <summary>The folder holds <c>stream</c>, or <c>stream.1</c>, <c>stream.2</c> and so on for one start after the other; what was asked is kept beside it.</summary>
    internal static int Play(string folder, string[] arguments)
    {
        if (arguments is ["--version"])
        {
            Console.WriteLine("fake-cli 9.8.7 (recorded)");
            return 0;
        }

        var number = NextNumber(folder);
        File.WriteAllLines(Path.Combine(folder, $"env.{number}"), Variables());
        File.WriteAllText(Path.Combine(folder, $"args.{number}"), string.Join('\0', arguments));
        File.WriteAllText(Path.Combine(folder, $"stdin.{number}"), Console.In.ReadToEnd());
        var own = Path.Combine(folder, $"stream.{number}");
        using var output = Console.OpenStandardOutput();
        foreach (var line in File.ReadAllLines(File.Exists(own) ? own : Path.Combine(folder, "stream")))
        {
            if (!line.StartsWith('#'))
            {
                output.Write(Encoding.UTF8.GetBytes(line + "\n"));
            }
            else if (Direct(line[1..].Split(' ', 3), folder, arguments, output) is { } code)
            {
                return code;
            }
        }

        return 0;
    }

    private static int? Direct(string[] words, string folder, string[] arguments, Stream output)
    {
        switch (words)
        {
            case ["exit", var code]:
                return int.Parse(code, CultureInfo.InvariantCulture);
            case ["write", var file, var text]:
                Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
                File.WriteAllText(file, text + "\n");
                return null;
            case ["option", var name, var text]:
                File.WriteAllText(arguments[Array.IndexOf(arguments, name) + 1], text);
                return null;
            case ["long", var megabytes, var start]:
                // A line that begins as given and goes on with that many megabytes of text.
                output.Write(Encoding.UTF8.GetBytes(start + new string('x', int.Parse(megabytes, CultureInfo.InvariantCulture) << 20) + "\"}\n"));
                return null;
            case ["tell", ..]:
                Console.Error.WriteLine(string.Join(' ', words.Skip(1)));
                return null;
            case ["hang"]:
                Thread.Sleep(Timeout.Infinite);
                return null;
            case ["trap"]:
                Trap(folder);
                return 0;
            default:
                throw new InvalidOperationException($"fake-agent: unknown directive {string.Join(' ', words)}");
        }
    }

    private static void Trap(string folder)
    {
        var caught = new TaskCompletionSource<string>();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, c => { c.Cancel = true; caught.TrySetResult("TERM"); });
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, c => { c.Cancel = true; caught.TrySetResult("INT"); });
        File.WriteAllText(Path.Combine(folder, "trapped"), "");
        File.WriteAllText(Path.Combine(folder, "signal"), caught.Task.GetAwaiter().GetResult());
    }

    private static int NextNumber(string folder)
    {
        for (var number = 1; ; number++)
        {
            try
            {
                // Several may start at once; the file system says who is which.
                using var mine = new FileStream(Path.Combine(folder, $"start.{number}"), FileMode.CreateNew);
                return number;
            }
            catch (IOException) when (File.Exists(Path.Combine(folder, $"start.{number}")))
            {
                continue;
            }
        }
    }

    private static IEnumerable<string> Variables() => Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
        .Select(entry => $"{entry.Key}={entry.Value}").Order(StringComparer.Ordinal);
}
