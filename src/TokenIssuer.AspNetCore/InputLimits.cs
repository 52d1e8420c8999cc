namespace TokenIssuer.AspNetCore;

/// <summary>How much a client may send, in characters if not said otherwise. What is longer is refused, never cut.</summary>
internal static class InputLimits
{
    /// <summary>Bytes of a request body.</summary>
    public const int Body = 16 * 1024;

    public const int Username = 256;

    /// <summary>Hashing a longer one would be work done for a stranger.</summary>
    public const int Password = 1024;

    public const int Otp = 32;

    public const int Device = 64;

    public const int IdempotencyKey = 256;

    public const int ApiTokenName = 64;

    /// <summary>A year, in seconds.</summary>
    public const long ApiTokenLifetime = 365 * 24 * 60 * 60;
}
