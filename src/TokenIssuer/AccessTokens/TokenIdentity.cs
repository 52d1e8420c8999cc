using TokenIssuer.Families;

namespace TokenIssuer.AccessTokens;

/// <summary>All that decides whether a token is revoked. Immutable, so that it can be kept with a verified token.</summary>
/// <param name="Session">The family (<c>sid</c>); its first half is the user.</param>
/// <param name="TokenId">The <c>jti</c>.</param>
/// <param name="KeyId">The <c>kid</c> of the key that signed it.</param>
/// <param name="Generation">The user's generation when it was minted (<c>gen</c>).</param>
internal sealed record TokenIdentity(SessionId Session, string TokenId, string KeyId, long Generation);
