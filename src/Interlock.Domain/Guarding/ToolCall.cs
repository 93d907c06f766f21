namespace Interlock.Domain.Guarding;

/// <summary>What a tool is about to do, as far as files go.</summary>
public enum ToolEffect
{
    /// <summary>It changes no file: reading, searching, planning, another server's tool.</summary>
    None,

    /// <summary>It changes the files it names.</summary>
    Files,

    /// <summary>It runs a command, whose writes nobody can tell beforehand; the watcher and the landing see them.</summary>
    Command,
}

/// <summary>One question of a CLI: may this tool run?</summary>
/// <param name="Paths">As the CLI wrote them, relative ones to <paramref name="Folder"/>; empty unless it changes files.</param>
/// <param name="Folder">Where the tool runs; null when the CLI does not say.</param>
/// <param name="Session">The CLI's own name for the conversation; null when it has none.</param>
public sealed record ToolCall(string Tool, ToolEffect Effect, IReadOnlyList<string> Paths, string? Folder, string? Session);
