using Interlock.Engine.Guarding;

namespace Interlock.App.Hooks;

/// <summary>What a CLI wrote to the hook's standard input, as bytes.</summary>
internal static class HookQuestion
{
    /// <exception cref="IOException">It is larger than any tool's input.</exception>
    public static byte[] Read()
    {
        using var input = Console.OpenStandardInput();
        using var buffer = new MemoryStream();
        var chunk = new byte[64 * 1024];
        while (input.Read(chunk) is > 0 and var count)
        {
            buffer.Write(chunk, 0, count);
            if (buffer.Length > HatchFrame.Most)
            {
                throw new IOException("the question is larger than 32 MB");
            }
        }

        return buffer.ToArray();
    }
}
