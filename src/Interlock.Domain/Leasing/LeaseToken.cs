using System.Globalization;

namespace Interlock.Domain.Leasing;

/// <summary>
/// What an agent shows with every call that changes something, written <c>epoch.fence.secret</c>.
/// The fence orders claims, the secret authenticates the holder, and the epoch tells a store that was
/// rebuilt or restored from the one that issued the token, because its fences may repeat.
/// </summary>
public sealed record LeaseToken(string Epoch, long Fence, string Secret)
{
    /// <summary>Null when the text is not three parts with a positive number in the middle.</summary>
    public static LeaseToken? TryParse(string? text)
    {
        var parts = text?.Trim().Split('.');
        return parts is [{ Length: > 0 } epoch, { } fence, { Length: > 0 } secret]
            && long.TryParse(fence, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
                ? new LeaseToken(epoch, number, secret)
                : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch}.{Fence}.{Secret}");
}
