using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace TokenIssuer.Families;

/// <summary>
/// 16 random bytes inside every refresh token of one family. The store keeps only its hash, so neither a store dump
/// nor the refresh master key alone is enough to forge a token.
/// </summary>
[DebuggerDisplay("family secret")]
internal readonly struct FamilySecret : IEquatable<FamilySecret>
{
    /// <summary>Shorter keys count as absent: a guessable one would open the lost-response window to a thief.</summary>
    public const int MinIdempotencyKeyLength = 8;

    private readonly UInt128 _value;

    private FamilySecret(UInt128 value) => _value = value;

    public static FamilySecret New() => new(Identifier128.Read(RandomNumberGenerator.GetBytes(Identifier128.Size)));

    public static FamilySecret Read(ReadOnlySpan<byte> source) => new(Identifier128.Read(source));

    public void Write(Span<byte> destination) => Identifier128.Write(_value, destination);

    public UInt128 Hash()
    {
        Span<byte> secret = stackalloc byte[Identifier128.Size];
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        Write(secret);
        SHA256.HashData(secret, digest);
        return Identifier128.Read(digest[..Identifier128.Size]);
    }

    /// <summary>What the store remembers of an <c>Idempotency-Key</c>; 0 stands for none.</summary>
    public ulong HashWith(string? idempotencyKey)
    {
        if (idempotencyKey is null || idempotencyKey.Length < MinIdempotencyKeyLength)
        {
            return 0;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> secret = stackalloc byte[Identifier128.Size];
        Write(secret);
        hash.AppendData(secret);
        hash.AppendData(Encoding.UTF8.GetBytes(idempotencyKey));
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return BinaryPrimitives.ReadUInt64BigEndian(digest) | 1;
    }

    public bool Equals(FamilySecret other) => _value == other._value;

    public override bool Equals(object? obj) => obj is FamilySecret other && Equals(other);

    public override int GetHashCode() => 0;

    public override string ToString() => "(family secret)";
}
