using System.Security.Cryptography;
using System.Text;

namespace Interlock.Engine.Protocol;

/// <summary>
/// Names one request and seals its stored answer, which may hold a token: whoever repeats the request can open it, whoever
/// only has the file cannot, because neither the request id nor the key is stored.
/// </summary>
/// <param name="Id">Under which the answer is stored: a hash.</param>
internal sealed record RequestKey(string Id, byte[] Secret)
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    /// <param name="who">Who asks about what: another asker of the same id gets an answer of its own.</param>
    public static RequestKey Of(string operation, string who, string request)
    {
        var asked = $"{operation}\n{who}\n{request}";
        return new RequestKey(Convert.ToHexStringLower(Hash(asked)), Hash($"answer\n{asked}"));
    }

    public string Seal(string answer)
    {
        var plain = Encoding.UTF8.GetBytes(answer);
        var box = new byte[NonceSize + TagSize + plain.Length];
        var nonce = box.AsSpan(0, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(Secret, TagSize);
        cipher.Encrypt(nonce, plain, box.AsSpan(NonceSize + TagSize), box.AsSpan(NonceSize, TagSize));
        return Convert.ToBase64String(box);
    }

    /// <summary>An answer stored before answers were sealed is JSON and read as it is.</summary>
    /// <exception cref="CryptographicException">Somebody changed it.</exception>
    public string Open(string stored)
    {
        if (stored.StartsWith('{'))
        {
            return stored;
        }

        var box = Convert.FromBase64String(stored);
        var plain = new byte[box.Length - NonceSize - TagSize];
        using var cipher = new AesGcm(Secret, TagSize);
        cipher.Decrypt(box.AsSpan(0, NonceSize), box.AsSpan(NonceSize + TagSize), box.AsSpan(NonceSize, TagSize), plain);
        return Encoding.UTF8.GetString(plain);
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
