using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace TokenIssuer.Validation.Tokens;

/// <summary>
/// SHA-256 of a whole token: what verified tokens are remembered by. Never a part of it, nor an id inside it: a stranger
/// chooses those, and two tokens that share one would share an identity.
/// </summary>
internal readonly record struct TokenDigest(UInt128 High, UInt128 Low)
{
    private const int OnStack = 1024;

    // Every request comes through here, and the one-shot form makes and frees a context each time.
    [ThreadStatic]
    private static IncrementalHash? t_hash;

    /// <returns>False for a text that is longer than any token or holds what is no ASCII character.</returns>
    public static bool TryCompute(string token, out TokenDigest digest)
    {
        digest = default;
        if (token.Length > CompactToken.MaxLength)
        {
            return false;
        }

        byte[]? rented = null;
        var bytes = token.Length <= OnStack ? stackalloc byte[OnStack] : rented = ArrayPool<byte>.Shared.Rent(token.Length);
        var isAscii = Ascii.FromUtf16(token, bytes, out var written) == OperationStatus.Done;
        if (isAscii)
        {
            Span<byte> sum = stackalloc byte[SHA256.HashSizeInBytes];
            var hash = t_hash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(bytes[..written]);
            hash.GetHashAndReset(sum);
            digest = MemoryMarshal.Read<TokenDigest>(sum);
        }

        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }

        return isAscii;
    }
}
