using System.Security.Cryptography;
using System.Text;
using Interlock.Domain.Plans;
using Interlock.Engine;
using Interlock.Engine.Platform;

namespace Interlock.App.Http;

/// <summary>
/// Makes and checks the bearer tokens of the local server. All follow from one random secret in a file that only this user
/// can read, so a token names its owner and holds across restarts, and deleting the file withdraws every one.
/// </summary>
internal sealed class HttpSecret
{
    /// <summary>Stands for the person whose server it is; no agent can be called so.</summary>
    public const string Operator = "@operator";

    private const int Size = 32;
    private readonly byte[] secret;

    private HttpSecret(byte[] secret) => this.secret = secret;

    public static HttpSecret In(Workspace workspace)
    {
        var path = Path.Combine(workspace.StateDir, "http.secret");
        using var gate = FileGate.Acquire(path + ".gate");
        if (!File.Exists(path))
        {
            Create(path);
        }

        var bytes = File.ReadAllBytes(path);
        return bytes.Length == Size ? new HttpSecret(bytes)
            : throw new IOException($"{path} does not hold a secret of {Size} bytes; delete it, and a new one is made");
    }

    /// <summary>What a person's own tools show; it opens everything but speaks for no agent.</summary>
    public string OperatorToken => TokenOf(Operator);

    /// <summary>Opens what one agent may do, and nothing else.</summary>
    public string TokenFor(AgentId agent) => TokenOf(agent.Value);

    /// <summary>Whose token it is; null when it is none of ours.</summary>
    public Caller? Open(string token)
    {
        // The owner's name may hold dots, the seal holds none.
        var dot = token.LastIndexOf('.');
        var owner = dot > 0 ? token[..dot] : "";
        var same = CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(TokenOf(owner))), SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        return !same ? null
            : owner == Operator ? new Caller(null)
            : Identifiers.IsValid(owner) ? new Caller(new AgentId(owner)) : null;
    }

    private string TokenOf(string owner) => $"{owner}.{Convert.ToHexStringLower(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"interlock-http\n{owner}")))}";

    private static void Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(path, options);
        file.Write(RandomNumberGenerator.GetBytes(Size));
        file.Flush(flushToDisk: true);
    }
}

/// <summary>Who asks, as its token says.</summary>
/// <param name="Agent">Null for the person whose server it is.</param>
internal sealed record Caller(AgentId? Agent);
