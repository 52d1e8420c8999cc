using System.Text.Json;
using TokenIssuer.AccessTokens;
using TokenIssuer.Families;
using TokenIssuer.Validation.Keys;

namespace TokenIssuer.Validation.Tokens;

/// <summary>
/// The rules for the claims (RFC 9068 §4). Everything by which a token could be revoked is mandatory: a token that the
/// denylist can't name is refused, or it could not be taken back.
/// </summary>
internal static class TokenPayload
{
    /// <summary>9999-12-31: the last second that a date can name.</summary>
    private const long LastSecond = 253_402_300_799;

    /// <summary>No issuer lets a session, and so its access tokens, live for more than a year.</summary>
    private const long LongestLife = 366 * 24 * 3600;
    private const int MaxTokenIdLength = 128;

    public static TokenVerdict Read(CompactToken token, KeySet keys, VerificationKey key, string audience)
    {
        using var payload = StrictJson.Read(token.Payload);
        if (payload is null)
        {
            return Verdicts.Refuse(RefusalReason.Malformed);
        }

        try
        {
            return Read(payload, keys, key, audience);
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate in an escape.
            return Verdicts.Refuse(RefusalReason.Malformed);
        }
    }

    private static TokenVerdict Read(StrictJson payload, KeySet keys, VerificationKey key, string audience)
    {
        if (payload.Text("iss"u8) is not { } issuer || issuer != keys.Issuer)
        {
            return Verdicts.Refuse(RefusalReason.WrongIssuer);
        }

        if (!IsMeantFor(payload.Root, audience))
        {
            return Verdicts.Refuse(RefusalReason.WrongAudience);
        }

        if (ReadSubject(payload) is not { } subject
            || ReadIdentity(payload, key, UserKey.Of(issuer, subject)) is not { } identity
            || ReadValidity(payload) is not { } validity
            || !TryReadScope(payload, out var scope))
        {
            return Verdicts.Refuse(RefusalReason.Malformed);
        }

        return new VerifiedAccessToken(identity, subject, scope, validity, ClaimList.Of(payload.Root, issuer)).Accepted;
    }

    /// <summary>A list of audiences will do when ours is among them; that is the issuer's decision (RFC 7519 §4.1.3).</summary>
    private static bool IsMeantFor(JsonElement payload, string audience)
    {
        if (!payload.TryGetProperty("aud"u8, out var value))
        {
            return false;
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => value.ValueEquals(audience),
            JsonValueKind.Array => value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String)
                && value.EnumerateArray().Any(one => one.ValueEquals(audience)),
            JsonValueKind.Object or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False
                or JsonValueKind.Null or JsonValueKind.Undefined => false,
            _ => false,
        };
    }

    private static Subject? ReadSubject(StrictJson payload)
        => payload.Text("sub"u8) is { Length: > 0 and <= Subject.MaxLength } text ? new Subject(text) : null;

    /// <summary>The <c>sid</c> begins with the user key, by which the denylist finds the user's entry; one of somebody else hides from it.</summary>
    private static TokenIdentity? ReadIdentity(StrictJson payload, VerificationKey key, UserKey user)
        => SessionId.TryParse(payload.Text("sid"u8), out var session)
            && session.User == user
            && payload.Text("jti"u8) is { Length: > 0 and <= MaxTokenIdLength } tokenId
            && payload.Whole("gen"u8) is { } generation and >= 0
                ? new TokenIdentity(session, tokenId, key.KeyId, generation)
                : null;

    /// <summary>Every time in it has to be one (RFC 7519 §2), those that only an application looks at as well.</summary>
    private static TokenValidity? ReadValidity(StrictJson payload)
        => TryReadTime(payload, "exp"u8, out var expires) && expires > 0
            && TryReadTime(payload, "iat"u8, out var issuedAt) && issuedAt >= 0
            && TryReadTime(payload, "nbf"u8, out var notBefore)
            && TryReadTime(payload, "auth_time"u8, out _)
            && issuedAt <= expires && expires - issuedAt <= LongestLife
                ? new TokenValidity(Math.Max(notBefore, issuedAt), expires)
                : null;

    /// <returns>Whether the member is missing, which makes it -1, or a whole second of the calendar.</returns>
    private static bool TryReadTime(StrictJson payload, ReadOnlySpan<byte> name, out long seconds)
    {
        seconds = payload.Whole(name) ?? -1;
        return seconds is >= 0 and <= LastSecond || !payload.Has(name);
    }

    private static bool TryReadScope(StrictJson payload, out Scope scope)
    {
        scope = Scope.None;
        return !payload.Has("scope"u8) || (payload.Text("scope"u8) is { } text && Scope.TryParse(text, out scope));
    }
}
