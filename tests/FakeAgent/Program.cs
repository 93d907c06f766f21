using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

return args switch
{
    ["work", var file, var text] => Verbs.Write(file, text + "\n"),
    ["fail", var code, var message] => Verbs.Fail(int.Parse(code, CultureInfo.InvariantCulture), message),
    ["hang"] => Verbs.Hang(),
    ["flood", var megabytes] => Verbs.Flood(int.Parse(megabytes, CultureInfo.InvariantCulture)),
    ["ignore-signals"] => Verbs.IgnoreSignals(),
    ["spawn-child-and-exit"] => Verbs.SpawnChild(ownSession: false),
    ["spawn-session-and-exit"] => Verbs.SpawnChild(ownSession: true),
    ["escape", var path] => Verbs.Write(path, "escaped\n"),
    ["lie"] => Verbs.Lie(),
    ["die"] => Verbs.Die(),
    ["read-prompt", var file] => Verbs.Write(file, Console.In.ReadToEnd()),
    ["env", var name, var file] => Verbs.Write(file, Environment.GetEnvironmentVariable(name) ?? ""),
    ["answer", .. var files] => Verbs.Answer(files),
    ["slow", var seconds] => Verbs.Slow(double.Parse(seconds, CultureInfo.InvariantCulture)),
    ["commit", var file, var message] => Verbs.Commit(file, message),
    ["play", var folder, .. var arguments] => Playing.Play(folder, arguments),
    ["acp", var folder, var file] => Acp.Run(folder, file),
    _ => Verbs.Fail(64, "fake-agent: unknown verb"),
};

/// <summary>Each verb is one way in which agents behave, well or badly.</summary>
internal static class Verbs
{
    internal static int Write(string file, string text)
    {
        var full = Path.GetFullPath(file);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        Console.WriteLine($"wrote {file}");
        return 0;
    }

    internal static int Fail(int code, string message)
    {
        Console.Error.WriteLine(message);
        return code;
    }

    internal static int Hang()
    {
        Console.WriteLine("hanging");
        Thread.Sleep(Timeout.Infinite);
        return 0;
    }

    internal static int Flood(int megabytes)
    {
        var line = new string('x', 1023) + "\n";
        for (var i = 0; i < megabytes * 1024; i++)
        {
            Console.Out.Write(line);
        }

        Console.Out.Write("end of flood\n");
        return 0;
    }

    internal static int IgnoreSignals()
    {
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, c => c.Cancel = true);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, c => c.Cancel = true);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, c => c.Cancel = true);
        Console.WriteLine("ignoring signals");
        Thread.Sleep(Timeout.Infinite);
        return 0;
    }

    /// <summary>Prints the child's pid and leaves it behind with our pipes open, in our session or one of its own.</summary>
    internal static int SpawnChild(bool ownSession)
    {
        var start = new ProcessStartInfo(ownSession ? "setsid" : Environment.ProcessPath!) { UseShellExecute = false };
        if (ownSession)
        {
            start.ArgumentList.Add(Environment.ProcessPath!);
        }

        start.ArgumentList.Add("ignore-signals");
        using var child = Process.Start(start)!;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"child {child.Id}"));
        return 0;
    }

    internal static int Lie()
    {
        Console.WriteLine("All done! Tests pass.");
        return 0;
    }

    internal static int Die()
    {
        Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite);
        return 0;
    }

    /// <summary>Prints the first file the first time, the second the next time and so on, and keeps what it was asked beside it.</summary>
    internal static int Answer(string[] files)
    {
        var asked = Directory.GetFiles(Path.GetDirectoryName(files[0])!, "asked.*").Length;
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(files[0])!, string.Create(CultureInfo.InvariantCulture, $"asked.{asked}")), Console.In.ReadToEnd());
        Console.Error.WriteLine("{ \"stories\": [] } is what I say to myself");
        Console.Write(File.ReadAllText(files[Math.Min(asked, files.Length - 1)]));
        return 0;
    }

    internal static int Slow(double seconds)
    {
        Console.WriteLine("starting");
        Thread.Sleep(TimeSpan.FromSeconds(seconds));
        Console.WriteLine("finished");
        return 0;
    }

    internal static int Commit(string file, string message)
    {
        Write(file, message + "\n");
        var added = Git("add", "--", file);
        return added != 0 ? added : Git("-c", "user.name=Fake Agent", "-c", "user.email=fake@localhost", "commit", "-q", "-m", message);
    }

    private static int Git(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { UseShellExecute = false })!;
        git.WaitForExit();
        return git.ExitCode;
    }
}
