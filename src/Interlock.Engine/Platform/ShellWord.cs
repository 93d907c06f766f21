namespace Interlock.Engine.Platform;

/// <summary>A text as one word of a command line: for the shell of a person, or of a program that hands commands to one.</summary>
public static class ShellWord
{
    public static string Of(string text) => text.Length > 0 && text.All(IsPlain) ? text
        : OperatingSystem.IsWindows() ? $"\"{text}\""
        : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static bool IsPlain(char letter) =>
        char.IsAsciiLetterOrDigit(letter) || letter is '/' or '.' or '_' or '-' or ':' || (letter == '\\' && OperatingSystem.IsWindows());
}
