using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace TokenIssuer.RefreshTokens;

/// <summary>
/// One refresh master key and the two keys derived from it (HKDF, RFC 5869): one encrypts, the other makes the nonce.
/// Lives as long as the process.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A key lives as long as the process.")]
internal sealed class RefreshKey
{
    public const int Size = 32;
    private const int FingerprintSize = 16;

    private readonly byte[] _nonceKey;
    private readonly ThreadLocal<AesGcm> _cipher;

    public RefreshKey(int number, ReadOnlySpan<byte> master)
    {
        if (master.Length != Size)
        {
            throw new ArgumentException($"A refresh master key has {Size} bytes.", nameof(master));
        }

        Number = number;
        Fingerprint = Base64Url.EncodeToString(Derive(master, "TokenIssuer refresh key, fingerprint, v1").AsSpan(0, FingerprintSize));
        var encryptionKey = Derive(master, "TokenIssuer refresh token, encryption, v1");
        _nonceKey = Derive(master, "TokenIssuer refresh token, nonce, v1");
        // AesGcm makes no promise of thread safety.
        _cipher = new ThreadLocal<AesGcm>(() => new AesGcm(encryptionKey, RefreshTokenSeal.TagSize));
    }

    /// <summary>The number in the file name, counted from 1.</summary>
    public int Number { get; }

    /// <summary>The first byte of every token it seals.</summary>
    public byte Id => (byte)Number;

    /// <summary>Tells the key from any other and nothing about it: derived one way, under a label of its own.</summary>
    public string Fingerprint { get; }

    public AesGcm Cipher => _cipher.Value ?? throw new InvalidOperationException("The cipher was not made.");

    public void MakeNonce(ReadOnlySpan<byte> plaintext, Span<byte> nonce)
    {
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_nonceKey, plaintext, digest);
        digest[..nonce.Length].CopyTo(nonce);
    }

    public override string ToString() => $"(refresh key {Number})";

    private static byte[] Derive(ReadOnlySpan<byte> master, string purpose)
    {
        var key = new byte[Size];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, master, key, salt: default, Encoding.UTF8.GetBytes(purpose));
        return key;
    }
}
