using System.Globalization;

namespace TokenIssuer.Identity.SecondFactors;

/// <summary>The key of a second factor that has been begun and not been confirmed.</summary>
/// <param name="Key">In Base32.</param>
/// <param name="TriesLeft">How many wrong codes end it.</param>
/// <param name="ExpiresAt">When it ends by itself.</param>
internal sealed record PendingKey(string Key, int TriesLeft, DateTimeOffset ExpiresAt)
{
    private const int Tries = 5;
    private static readonly TimeSpan s_lifetime = TimeSpan.FromMinutes(10);

    /// <summary>As it is kept.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{ExpiresAt.ToUnixTimeSeconds()}.{TriesLeft}.{Key}");

    public static PendingKey Begin(string key, DateTimeOffset now) => new(key, Tries, now + s_lifetime);

    /// <returns>Null for what this did not write.</returns>
    public static PendingKey? Parse(string? text)
        => text?.Split('.') is [var end, var left, { Length: > 0 } key]
            && long.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && int.TryParse(left, NumberStyles.None, CultureInfo.InvariantCulture, out var tries)
            ? new PendingKey(key, tries, DateTimeOffset.FromUnixTimeSeconds(seconds))
            : null;

    /// <summary>A fixed mask, never the key.</summary>
    public override string ToString() => "(pending second factor)";
}
