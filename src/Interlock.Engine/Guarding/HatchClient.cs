using System.Net.Sockets;
using System.Text.Json;

namespace Interlock.Engine.Guarding;

/// <summary>Asks the run that started this agent, which alone can open the store from inside a sandbox.</summary>
public static class HatchClient
{
    /// <summary>Names the hatch of an attempt in the environment of its agent.</summary>
    public const string Variable = "INTERLOCK_HATCH";

    /// <summary>Connects two streams with the MCP server that the run starts for this agent, until one of them ends.</summary>
    /// <exception cref="IOException">Nobody answers there.</exception>
    public static async Task BridgeAsync(string path, Stream input, Stream output, CancellationToken cancellation)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync(HatchFrame.Of(JsonSerializer.SerializeToUtf8Bytes(new HatchRequest("mcp", [], Environment.CurrentDirectory, []), HatchJson.Default.HatchRequest)), cancellation);
            _ = SendAsync();
            await stream.CopyToAsync(output, cancellation);

            async Task SendAsync()
            {
                await input.CopyToAsync(stream, cancellation);
                socket.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            throw new IOException($"the run that started this agent does not answer at {path}: {error.Message}", error);
        }
    }

    /// <exception cref="IOException">Nobody answers there.</exception>
    public static async Task<HatchReply> AskAsync(string path, HatchRequest request, CancellationToken cancellation)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync(HatchFrame.Of(JsonSerializer.SerializeToUtf8Bytes(request, HatchJson.Default.HatchRequest)), cancellation);
            return JsonSerializer.Deserialize(await HatchFrame.ReadAsync(stream, cancellation), HatchJson.Default.HatchReply) ?? throw new IOException("the run answered nothing");
        }
        catch (Exception error) when (error is SocketException or JsonException or EndOfStreamException or ArgumentException)
        {
            throw new IOException($"the run that started this agent does not answer at {path}: {error.Message}", error);
        }
    }
}
