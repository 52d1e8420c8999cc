using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using TokenIssuer.Families;

namespace TokenIssuer.RefreshTokens;

/// <summary>
/// Seals and unseals refresh tokens: key id ‖ nonce ‖ AES-256-GCM(version, user key, family id, generation, family secret) ‖ tag,
/// as base64url. The nonce is an HMAC of the plaintext, so the same input always gives the same token (a replay gets its
/// one successor again) and different inputs look unrelated. A stranger's text fails here, before any store access.
/// </summary>
internal sealed class RefreshTokenSeal(RefreshKeyRing keys)
{
    public const int TagSize = 16;

    private const byte Version = 1;
    private const int NonceSize = 12;
    private const int PlaintextSize = 1 + (2 * Identifier128.Size) + sizeof(uint) + Identifier128.Size;
    private const int TokenSize = 1 + NonceSize + PlaintextSize + TagSize;
    private const int TextLength = ((TokenSize * 8) + 5) / 6;

    /// <summary>The key that seals new tokens now.</summary>
    public byte CurrentKeyId => keys.Current.Id;

    /// <summary>Seals a token with a given key: the current one, or the one a family remembers.</summary>
    /// <exception cref="TokenStoreUnavailableException">The key is not in the ring: the key folder is incomplete.</exception>
    public RefreshToken Seal(SealedClaims claims, byte keyId)
    {
        if (!keys.TryGet(keyId, out var key))
        {
            throw new TokenStoreUnavailableException($"Refresh key {keyId} is not in the keys folder.");
        }

        Span<byte> plaintext = stackalloc byte[PlaintextSize];
        plaintext[0] = Version;
        Identifier128.Write(claims.Session.User.Value, plaintext[1..]);
        Identifier128.Write(claims.Session.Family.Value, plaintext[17..]);
        BinaryPrimitives.WriteUInt32BigEndian(plaintext[33..], claims.Generation);
        claims.Secret.Write(plaintext[37..]);

        Span<byte> token = stackalloc byte[TokenSize];
        token[0] = keyId;
        var nonce = token.Slice(1, NonceSize);
        key.MakeNonce(plaintext, nonce);
        key.Cipher.Encrypt(nonce, plaintext, token.Slice(1 + NonceSize, PlaintextSize), token[^TagSize..], token[..1]);
        CryptographicOperations.ZeroMemory(plaintext);
        return new RefreshToken(Base64Url.EncodeToString(token));
    }

    /// <summary>Opens a token. Says nothing of whether its family is alive.</summary>
    public bool TryUnseal(RefreshToken token, out SealedClaims claims)
    {
        claims = default;
        var text = token.Reveal();
        Span<byte> bytes = stackalloc byte[TokenSize];
        if (text.Length != TextLength || !CanonicalBase64Url.TryDecode(text, bytes, out var written) || written != TokenSize
            || !keys.TryGet(bytes[0], out var key))
        {
            return false;
        }

        Span<byte> plaintext = stackalloc byte[PlaintextSize];
        try
        {
            key.Cipher.Decrypt(bytes.Slice(1, NonceSize), bytes.Slice(1 + NonceSize, PlaintextSize), bytes[^TagSize..], plaintext, bytes[..1]);
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        if (plaintext[0] != Version)
        {
            return false;
        }

        claims = new SealedClaims(
            new SessionId(new UserKey(Identifier128.Read(plaintext[1..])), new FamilyId(Identifier128.Read(plaintext[17..]))),
            BinaryPrimitives.ReadUInt32BigEndian(plaintext[33..]),
            FamilySecret.Read(plaintext[37..]));
        CryptographicOperations.ZeroMemory(plaintext);
        return true;
    }
}
