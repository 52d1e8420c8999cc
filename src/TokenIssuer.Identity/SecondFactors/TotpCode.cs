using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TokenIssuer.Identity.SecondFactors;

/// <summary>The codes of authenticator apps: RFC 6238 with SHA-1, six digits and steps of 30 seconds, which is all that apps agree on.</summary>
internal static class TotpCode
{
    public const int Digits = 6;
    public const int SecondsPerStep = 30;

    /// <summary>RFC 6238 §5.2: one step for clocks and for typing. Each more would give guesses another chance.</summary>
    private const int Tolerance = 1;
    private const int Modulus = 1_000_000;
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <param name="base32">The secret.</param>
    /// <param name="code">What was typed.</param>
    /// <param name="now">When.</param>
    /// <param name="spent">The last step whose code was accepted: its code and older ones open nothing.</param>
    /// <returns>The step whose code it is; null when it is none that is good now.</returns>
    public static long? StepOf(string base32, string code, DateTimeOffset now, long spent)
    {
        if (code.Length != Digits || !code.All(char.IsAsciiDigit) || Decode(base32) is not { } secret)
        {
            return null;
        }

        long? found = null;
        var current = now.ToUnixTimeSeconds() / SecondsPerStep;
        for (var step = current + Tolerance; step >= current - Tolerance && step > spent; step--)
        {
            found = CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(code), Encoding.ASCII.GetBytes(At(secret, step))) ? step : found;
        }

        return found;
    }

    private static string At(byte[] secret, long step)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
#pragma warning disable CA5350 // The hash that authenticator apps use; as an HMAC it is not broken.
        var digest = HMACSHA1.HashData(secret, counter);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(digest.AsSpan(digest[^1] & 0xF)) & int.MaxValue;
        return (number % Modulus).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <returns>Null for what is no Base32 (RFC 4648 §6).</returns>
    private static byte[]? Decode(string text)
    {
        var bytes = new List<byte>();
        var (held, bits) = (0, 0);
        foreach (var letter in text.TrimEnd('='))
        {
            var value = Base32.IndexOf(char.ToUpperInvariant(letter), StringComparison.Ordinal);
            if (value < 0)
            {
                return null;
            }

            (held, bits) = (((held << 5) | value) & 0xFFF, bits + 5);
            if (bits >= 8)
            {
                bits -= 8;
                bytes.Add((byte)(held >> bits));
            }
        }

        return bytes.Count == 0 ? null : [.. bytes];
    }
}
