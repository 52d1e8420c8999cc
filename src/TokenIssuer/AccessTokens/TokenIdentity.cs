using TokenIssuer.ApiTokens;
using TokenIssuer.Families;

namespace TokenIssuer.AccessTokens;

/// <summary>All that decides whether a token is revoked. Immutable, so that it can be kept with a verified token.</summary>
/// <param name="Session">The family (<c>sid</c>); its first half is the user.</param>
/// <param name="TokenId">The <c>jti</c>.</param>
/// <param name="KeyId">The <c>kid</c> of the key that signed it.</param>
/// <param name="Generation">The user's generation when it was minted (<c>gen</c>).</param>
internal sealed record TokenIdentity(SessionId Session, string TokenId, string KeyId, long Generation)
{
    /// <summary>Of an API token the generation it was born with; null for an access token.</summary>
    public long? ApiTokenBirth { get; private init; }

    /// <summary>An API token belongs to no session and is signed by no key: neither kills it.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="birth">The generation it was born with.</param>
    /// <param name="generation">What was known of its owner when the issuer was asked about it.</param>
    public static TokenIdentity OfApiToken(ApiTokenId id, long birth, long generation)
        => new(new SessionId(id.User, default), id.ToString(), string.Empty, generation) { ApiTokenBirth = birth };
}
