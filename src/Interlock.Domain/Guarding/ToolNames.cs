namespace Interlock.Domain.Guarding;

/// <summary>
/// What the tools of the CLIs do, by name. A tool that is not known and names a path counts as one that writes it: a
/// needless lease is mended by a release, a needless write is not.
/// </summary>
internal static class ToolNames
{
    private static readonly HashSet<string> Readers = new(StringComparer.Ordinal)
    {
        "read", "readfile", "readmanyfiles", "view", "viewfile", "viewimage", "cat", "open", "openfile", "glob", "grep", "grepsearch", "globsearch", "ls", "list", "listdir",
        "listdirectory", "listfiles", "search", "searchfiles", "searchfilecontent", "codebasesearch", "filesearch", "semanticsearch", "notebookread", "lsp", "readlints",
        "task", "agent", "fetch", "webfetch", "websearch", "todo", "todowrite", "todoread", "updateplan", "tree", "analyze", "skill", "fetchrules",
    };

    private static readonly HashSet<string> Commands = new(StringComparer.Ordinal)
    {
        "bash", "sh", "shell", "localshell", "runshellcommand", "runterminalcmd", "runcommand", "exec", "execcommand", "execute", "executecommand", "terminal", "powershell",
        "unifiedexec", "writebash", "writestdin", "readbash", "stopbash", "killbash", "killshell", "bashoutput",
    };

    private static readonly HashSet<string> Writers = new(StringComparer.Ordinal)
    {
        "edit", "write", "multiedit", "notebookedit", "editnotebook", "writefile", "editfile", "createfile", "create", "replace", "strreplace", "strreplaceeditor",
        "strreplacebasededittool", "searchreplace", "insert", "insertedit", "applypatch", "patch", "delete", "deletefile", "remove", "move", "movefile", "rename", "renamefile",
        "copyfile", "texteditor", "savefile", "undoedit",
    };

    public static bool IsReader(string tool) => Readers.Contains(Plain(tool));

    public static bool IsCommand(string tool) => Commands.Contains(Plain(tool));

    public static bool IsWriter(string tool) => Writers.Contains(Plain(tool));

    /// <summary>A tool of a server that the CLI was connected to, which only its name tells.</summary>
    public static bool IsForeign(string tool, GuardedCli cli) =>
        tool.StartsWith("mcp_", StringComparison.OrdinalIgnoreCase) || tool.StartsWith("MCP:", StringComparison.OrdinalIgnoreCase)
        || (cli == GuardedCli.Copilot && tool.Contains('-', StringComparison.Ordinal))
        || (cli == GuardedCli.Goose && tool.Contains("__", StringComparison.Ordinal) && !tool.StartsWith("developer__", StringComparison.Ordinal));

    // The last part names the tool, however the CLI wrote the server before it.
    private static string Plain(string tool)
    {
        var server = tool.LastIndexOf("__", StringComparison.Ordinal);
        var from = Math.Max(server < 0 ? 0 : server + 2, tool.LastIndexOf(':') + 1);
        return string.Concat(tool[from..].Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();
    }
}
