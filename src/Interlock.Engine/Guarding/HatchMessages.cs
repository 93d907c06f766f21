using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Interlock.Engine.Guarding;

/// <summary>What comes in at an agent's hatch.</summary>
/// <param name="Kind"><c>hook</c>, <c>git</c>, <c>verb</c> or <c>mcp</c>; after the last, both sides go on with what an MCP server reads and writes.</param>
/// <param name="Words">Of a hook: the CLI and, where it says so beside, the tool. Of git: the hook. Of a verb: its command line.</param>
/// <param name="Folder">Where it was asked.</param>
public sealed record HatchRequest(string Kind, IReadOnlyList<string> Words, string Folder, byte[] Body);

/// <param name="Error">For standard error.</param>
public sealed record HatchReply(int ExitCode, byte[] Output, string Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HatchRequest))]
[JsonSerializable(typeof(HatchReply))]
internal sealed partial class HatchJson : JsonSerializerContext;

/// <summary>One message each way: its length in four bytes, then JSON.</summary>
internal static class HatchFrame
{
    /// <summary>More than any tool writes at once.</summary>
    public const int Most = 32 * 1024 * 1024;

    public static byte[] Of(ReadOnlySpan<byte> json)
    {
        var frame = new byte[4 + json.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, json.Length);
        json.CopyTo(frame.AsSpan(4));
        return frame;
    }

    /// <exception cref="IOException">It ends early, or says to be longer than anything that is sent here.</exception>
    public static async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        var length = new byte[4];
        await stream.ReadExactlyAsync(length, cancellation);
        var size = BinaryPrimitives.ReadInt32LittleEndian(length);
        if (size is < 0 or > Most * 2)
        {
            throw new IOException("the message is too long");
        }

        var json = new byte[size];
        await stream.ReadExactlyAsync(json, cancellation);
        return json;
    }
}
