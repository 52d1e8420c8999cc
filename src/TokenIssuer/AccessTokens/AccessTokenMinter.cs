using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Signing;

namespace TokenIssuer.AccessTokens;

/// <summary>
/// Mints access tokens after RFC 9068: typed <c>at+jwt</c>, signed by the current key, never longer than their session.
/// Every refresh comes through here, so the text is built in place: the one lasting allocation is the token itself.
/// </summary>
internal sealed class AccessTokenMinter(KeyRing keys, Denylist denylist, IOptions<TokenIssuerOptions> options)
{
    public const string TokenType = "at+jwt";
    public const string GenerationClaim = "gen";
    public const string RolesClaim = "roles";

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_payload;

    [ThreadStatic]
    private static Utf8JsonWriter? t_json;

    private readonly JsonEncodedText _issuer = JsonEncodedText.Encode(options.Value.Issuer);
    private readonly JsonEncodedText _audience = JsonEncodedText.Encode(options.Value.Audience);

    public MintedToken Mint(AccessTokenGrant grant)
    {
        var issuedAt = grant.Now.ToUnixTimeSeconds();
        var expires = Math.Min(
            (grant.Now + options.Value.AccessTokenLifetime).ToUnixTimeSeconds(),
            grant.End.ToUnixTimeSeconds());
        var payload = t_payload ??= new ArrayBufferWriter<byte>(1024);
        var json = t_json ??= new Utf8JsonWriter(payload);
        payload.ResetWrittenCount();
        json.Reset(payload);
        WriteClaims(json, grant, issuedAt, expires);
        var text = Serialize(FindKey(), payload.WrittenSpan);
        return new MintedToken(new AccessToken(text), TimeSpan.FromSeconds(Math.Max(0, expires - issuedAt)));
    }

    /// <summary>
    /// The key that signs. One that another issuer has retired may be in the ring for seconds yet, and in a folder that was
    /// deployed for good; what it signs would be dead at birth, so the announced one, which all verifiers know, signs in its place.
    /// </summary>
    /// <exception cref="TokenStoreUnavailableException">Every key was retired. To be asked before a token is spent or a session started.</exception>
    public SigningKey FindKey() => keys.Current is var current && !denylist.ListsKey(current.KeyId)
        ? current
        : keys.Keys.FirstOrDefault(key => key.Phase == KeyPhase.Announced && !denylist.ListsKey(key.Key.KeyId))?.Key
            ?? throw new TokenStoreUnavailableException("Every key of the ring was retired; the folder is read again within seconds.");

    private void WriteClaims(Utf8JsonWriter json, AccessTokenGrant grant, long issuedAt, long expires)
    {
        json.WriteStartObject();
        json.WriteString("iss"u8, _issuer);
        json.WriteString("aud"u8, _audience);
        json.WriteString("sub"u8, grant.Subject.Value);
        json.WriteString("client_id"u8, grant.ClientId);
        json.WriteNumber("iat"u8, issuedAt);
        json.WriteNumber("exp"u8, expires);
        WriteTokenId(json);
        json.WriteString("sid"u8, grant.Session.ToString());
        json.WriteNumber(GenerationClaim, grant.Generation);
        json.WriteString("scope"u8, grant.Scope.ToString());
        if (grant.Amr.Length > 0)
        {
            json.WriteNumber("auth_time"u8, grant.AuthenticatedAt.ToUnixTimeSeconds());
            json.WriteStartArray("amr"u8);
            foreach (var method in grant.Amr.AsSpan().Split(' '))
            {
                json.WriteStringValue(grant.Amr.AsSpan(method));
            }

            json.WriteEndArray();
        }

        if (grant.Roles.Count > 0)
        {
            json.WriteStartArray(RolesClaim);
            foreach (var role in grant.Roles)
            {
                json.WriteStringValue(role);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.Flush();
    }

    private static void WriteTokenId(Utf8JsonWriter json)
    {
        Span<byte> random = stackalloc byte[Identifier128.Size];
        Span<byte> text = stackalloc byte[22];
        RandomNumberGenerator.Fill(random);
        Base64Url.EncodeToUtf8(random, text);
        json.WriteString("jti"u8, text);
    }

    /// <summary>The compact serialization (RFC 7515 §3.1): header, payload and signature as base64url, joined by dots.</summary>
    private static string Serialize(SigningKey key, ReadOnlySpan<byte> payload)
    {
        var header = key.EncodedHeader;
        var signedLength = header.Length + 1 + Base64Url.GetEncodedLength(payload.Length);
        var length = signedLength + 1 + Base64Url.GetEncodedLength(key.SignatureSize);
        var rented = ArrayPool<byte>.Shared.Rent(length + key.SignatureSize);
        var token = rented.AsSpan(0, length);
        var signature = rented.AsSpan(length, key.SignatureSize);
        header.CopyTo(token);
        token[header.Length] = (byte)'.';
        Base64Url.EncodeToUtf8(payload, token[(header.Length + 1)..]);
        key.Sign(token[..signedLength], signature);
        token[signedLength] = (byte)'.';
        Base64Url.EncodeToUtf8(signature, token[(signedLength + 1)..]);
        var text = Encoding.ASCII.GetString(token);
        CryptographicOperations.ZeroMemory(rented);
        ArrayPool<byte>.Shared.Return(rented);
        return text;
    }
}
