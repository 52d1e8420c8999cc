using System.Collections.Immutable;
using System.Globalization;
using System.Security.Claims;
using System.Text.Json.Serialization;
using TokenIssuer.AccessTokens;
using TokenIssuer.ApiTokens;
using TokenIssuer.Families;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.Validation.Introspection;

/// <summary>What the issuer says of an API token (RFC 7662 §2.2); members of no use to an API are not read.</summary>
internal sealed record IntrospectionAnswer(
    bool Active,
    string? Iss,
    string? Aud,
    string? Sub,
    string? Jti,
    string? Scope,
    long? Iat,
    long? Exp,
    long? Gen,
    IReadOnlyList<string>? Roles,
    long? RecheckIn)
{
    private const int LongestRecheck = 3600;
    private const int DefaultRecheck = 300;

    /// <summary>How long it may be believed: an access-token lifetime, as the issuer says.</summary>
    [JsonIgnore]
    public TimeSpan KeepFor => TimeSpan.FromSeconds(Math.Clamp(RecheckIn ?? DefaultRecheck, 0, LongestRecheck));

    /// <param name="token">The token asked about.</param>
    /// <param name="issuer">The issuer whose keys are followed.</param>
    /// <param name="audience">This API.</param>
    /// <param name="generation">What was known of the owner when the question was put.</param>
    /// <exception cref="TokenStoreUnavailableException">The answer is about something else, or can't be understood.</exception>
    public TokenVerdict Judge(ApiToken token, string issuer, string audience, long generation)
    {
        if (!Active)
        {
            return Verdicts.Refuse(RefusalReason.Inactive);
        }

        if (Iss != issuer)
        {
            return Verdicts.Refuse(RefusalReason.WrongIssuer);
        }

        if (Aud != audience)
        {
            return Verdicts.Refuse(RefusalReason.WrongAudience);
        }

        if (Sub is not { Length: > 0 and <= Subject.MaxLength }
            || UserKey.Of(issuer, new Subject(Sub)) != token.Id.User
            || Jti != token.Id.ToString()
            || Gen is not { } birth
            || Iat is not { } issuedAt
            || Exp is not { } expires
            || expires > DateTimeOffset.MaxValue.ToUnixTimeSeconds() || issuedAt < 0 || issuedAt > expires
            || !Families.Scope.TryParse(Scope, out var scope))
        {
            throw new TokenStoreUnavailableException("The issuer's answer about an API token does not fit the token.");
        }

        var identity = TokenIdentity.OfApiToken(token.Id, birth, generation);
        return new VerifiedAccessToken(
            identity, new Subject(Sub), scope, new TokenValidity(issuedAt, expires), Claims(issuer, audience, issuedAt, expires, birth)).Accepted;
    }

    /// <summary>Under the names they have in an access token.</summary>
    private ImmutableArray<Claim> Claims(string issuer, string audience, long issuedAt, long expires, long birth) =>
    [
        Text("iss", issuer),
        Text("aud", audience),
        Text("sub", Sub),
        Whole("iat", issuedAt),
        Whole("exp", expires),
        Text("jti", Jti),
        Whole(AccessTokenMinter.GenerationClaim, birth),
        Text("scope", Scope),
        .. (Roles ?? []).Select(role => Text(AccessTokenMinter.RolesClaim, role)),
    ];

    private Claim Text(string name, string? value) => new(name, value ?? string.Empty, ClaimValueTypes.String, Iss);

    private Claim Whole(string name, long value) => new(name, value.ToString(CultureInfo.InvariantCulture), ClaimValueTypes.Integer64, Iss);
}

/// <summary>Serialization of the answer, generated at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(IntrospectionAnswer))]
internal sealed partial class IntrospectionJson : JsonSerializerContext;
