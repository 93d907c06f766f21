using System.Globalization;
using System.Text.Json;
using Interlock.Engine.Agents;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Configuration;

/// <summary>
/// The worktree setup of Cursor, <c>.cursor/worktrees.json</c>, read from the main checkout and never from work that is to be
/// judged. Counts when <c>interlock.json</c> names no setup of its own.
/// </summary>
/// <param name="Path">Of the file, absolute.</param>
/// <param name="Hash">SHA-256 over the file and the script it names, hex: what a person's trust is bound to.</param>
public sealed record CursorSetup(string Path, string Hash, IReadOnlyList<SetupStep> Steps)
{
    private const string RootVariable = "ROOT_WORKTREE_PATH";
    private const string Any = "setup-worktree";
    private const string Unix = "setup-worktree-unix";
    private const string Windows = "setup-worktree-windows";

    /// <summary>Null when there is no such file, when it says nothing for this system, or when the configuration has a setup.</summary>
    /// <exception cref="BadInputException">The file cannot be used.</exception>
    public static CursorSetup? Read(string root, InterlockConfig config)
    {
        var path = System.IO.Path.Combine(root, ".cursor", "worktrees.json");
        if (config.Worktrees.Setup is not null || !File.Exists(path))
        {
            return null;
        }

        try
        {
            var bytes = File.ReadAllBytes(path);
            var text = bytes.AsMemory();
            using var document = JsonDocument.Parse(
                text.Span.StartsWith("\uFEFF"u8) ? text[3..] : text, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return ValueIn(document.RootElement) switch
            {
                { ValueKind: JsonValueKind.Array } list => list.GetArrayLength() == 0 ? null : OfCommands(path, bytes, list),
                { ValueKind: JsonValueKind.String } script => OfScript(root, path, bytes, script.GetString()!),
                null => null,
                _ => throw Unusable(path, "its setup is neither a list of commands nor the path of a script"),
            };
        }
        catch (JsonException error)
        {
            throw Unusable(string.Create(CultureInfo.InvariantCulture, $"{path}:{error.LineNumber + 1}"), ConfigFile.Plain(error));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, error.Message);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException)
        {
            // JSON is only decoded where it is looked at, and no path holds a NUL.
            throw Unusable(path, "it holds text that is no UTF-8, or a path that there cannot be");
        }
    }

    private static JsonElement? ValueIn(JsonElement file)
    {
        var own = OperatingSystem.IsWindows() ? Windows : Unix;
        return file.ValueKind != JsonValueKind.Object ? throw new JsonException("the file holds no object")
            : file.TryGetProperty(own, out var value) || file.TryGetProperty(Any, out value) ? value
            // A misspelt name would leave each worktree without its setup, and nobody would know why its checks fail.
            : file.EnumerateObject().Any() && !file.EnumerateObject().Any(member => member.Name is Windows or Unix)
                ? throw new JsonException($"it has none of {Any}, {Unix} and {Windows}")
            : null;
    }

    private static CursorSetup OfCommands(string path, byte[] bytes, JsonElement list)
    {
        var steps = new List<SetupStep>();
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String || item.GetString() is not { Length: > 0 } line)
            {
                throw Unusable(path, "a command of its setup is no text");
            }

            steps.Add(new SetupStep(ShellCommand.Of(line), Script: null, RootVariable));
        }

        return new CursorSetup(path, TrustedScript.HashOf(bytes), steps);
    }

    private static CursorSetup OfScript(string root, string path, byte[] bytes, string relative)
    {
        var script = RealPath.Of(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path)!, relative));
        if (System.IO.Path.IsPathRooted(relative) || !WorktreePool.IsBelow(script, RealPath.Of(root)) || !File.Exists(script))
        {
            throw Unusable(path, $"its script '{relative}' is no file of this checkout");
        }

        var content = File.ReadAllBytes(script);
        var step = new SetupStep(CommandOf(script), new TrustedScript(script, TrustedScript.HashOf(content)), RootVariable);
        return new CursorSetup(path, TrustedScript.HashOf([.. bytes, 0, .. content]), [step]);
    }

    private static IReadOnlyList<string> CommandOf(string script)
    {
        if (OperatingSystem.IsWindows())
        {
            return script.EndsWith(".ps1", StringComparison.OrdinalIgnoreCase)
                ? ["powershell", "-NoProfile", "-ExecutionPolicy", "Bypass", "-File", script]
                : ["cmd", "/d", "/c", script];
        }

        // One that says itself what runs it is started; any other is one for the shell.
        return File.GetUnixFileMode(script).HasFlag(UnixFileMode.UserExecute) ? [script] : ["/bin/sh", script];
    }

    private static BadInputException Unusable(string place, string why) =>
        new($"{place}: {why}", "Correct it, or name a setup of your own: { \"worktrees\": { \"setup\": \"…\" } } in interlock.json");
}
