using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace TokenIssuer.Tests.Server;

/// <summary>The authenticator app of a test user (RFC 6238, SHA-1, 30 s, six digits).</summary>
internal static class Totp
{
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>The code of this moment.</summary>
    public static string CodeOf(string? key) => CodeOf(key, TimeProvider.System.GetUtcNow());

    /// <summary>The code of a moment.</summary>
    public static string CodeOf(string? key, DateTimeOffset moment)
    {
        Span<byte> step = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(step, moment.ToUnixTimeSeconds() / 30);
#pragma warning disable CA5350 // RFC 6238 as authenticator apps speak it.
        var digest = HMACSHA1.HashData(Decode(key ?? string.Empty), step);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(digest.AsSpan(digest[^1] & 15)) & int.MaxValue;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    private static byte[] Decode(string text)
    {
        var bytes = new List<byte>();
        var (bits, held) = (0, 0);
        foreach (var letter in text)
        {
            bits = ((bits << 5) | Base32.IndexOf(letter, StringComparison.Ordinal)) & 0xFFF;
            if ((held += 5) >= 8)
            {
                held -= 8;
                bytes.Add((byte)(bits >> held));
            }
        }

        return [.. bytes];
    }
}
