using System.Text;

namespace Interlock.Tests.Faults.Inputs;

/// <summary>What happens to files: they are cut off, a bit turns over, pieces are lost, doubled, swapped or come from elsewhere.</summary>
internal static class Mutations
{
    private static readonly byte[][] Pieces =
    [
        .. new[]
        {
            "null", "{", "}", "[", "]", "\"", ",", ":", "\\ud800", "\\u0000", "-1", "1e999", "99999999999999999999", "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z", "\uFEFF", "\r", "\n", "\t", "- [ ] ", "- [x] ", "###", "<!--", "-->", "```", "<<<<<<< a\n", "---\n", "&a *a", "!!", "\0", "../", "**", "{a,",
            "\"task_id\": 1,", "漢🎉", "true",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xF0, 0x9F],
    ];

    /// <summary>Every how many bytes a file is damaged: each at full size, and when a number of mutations is asked for.</summary>
    public static int Stride(int quick, int ci)
    {
        var asked = Programme.Size("T13", quick, ci, full: 1);
        return asked > quick ? 1 : asked;
    }

    /// <summary>The text cut off after each of its bytes, and with one bit of each byte turned over; every <paramref name="stride"/>th of them.</summary>
    public static IEnumerable<byte[]> Systematic(byte[] bytes, int stride, int seed)
    {
        var random = new Random(seed);
        for (var at = random.Next(stride); at < bytes.Length; at += stride)
        {
            yield return bytes[..at];
            var flipped = bytes.ToArray();
            flipped[at] ^= (byte)(1 << random.Next(8));
            yield return flipped;
        }
    }

    public static byte[] Any(byte[] bytes, Random random)
    {
        var mutated = bytes;
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            mutated = One(mutated, random);
        }

        return mutated;
    }

    private static byte[] One(byte[] bytes, Random random)
    {
        var from = random.Next(bytes.Length + 1);
        var to = Math.Min(bytes.Length, from + random.Next(1, 1 + Math.Max(1, bytes.Length / (1 << random.Next(1, 8)))));
        return random.Next(7) switch
        {
            0 => bytes[..from],
            1 => [.. bytes[..from], .. bytes[to..]],
            2 => [.. bytes[..to], .. bytes[from..]],
            3 => [.. bytes[..from], .. Pieces[random.Next(Pieces.Length)], .. bytes[from..]],
            4 => [.. bytes[..from], .. Pieces[random.Next(Pieces.Length)], .. bytes[to..]],
            5 when bytes.Length > 0 => Changed(bytes, random.Next(bytes.Length), (byte)random.Next(256)),
            _ when bytes.Length > 0 => Changed(bytes, random.Next(bytes.Length), null, random.Next(8)),
            _ => bytes,
        };
    }

    private static byte[] Changed(byte[] bytes, int at, byte? value, int bit = 0)
    {
        var changed = bytes.ToArray();
        changed[at] = value ?? (byte)(changed[at] ^ 1 << bit);
        return changed;
    }
}
