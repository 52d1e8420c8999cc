using TokenIssuer.AccessTokens;
using TokenIssuer.Families;
using TokenIssuer.RefreshTokens;

namespace TokenIssuer;

/// <summary>A pair of tokens for a client (RFC 6749 §5.1).</summary>
/// <param name="AccessToken">The access token.</param>
/// <param name="ExpiresIn">How long it is good for, in whole seconds.</param>
/// <param name="RefreshToken">The refresh token.</param>
/// <param name="Scope">The scope granted.</param>
/// <param name="SessionId">The session, as in <c>sid</c>.</param>
/// <param name="SessionExpiresIn">Until the absolute end of the session.</param>
/// <param name="IdleExpiresIn">Until the session dies unless it is refreshed.</param>
public sealed record TokenAnswer(
    AccessToken AccessToken,
    TimeSpan ExpiresIn,
    RefreshToken RefreshToken,
    Scope Scope,
    SessionId SessionId,
    TimeSpan SessionExpiresIn,
    TimeSpan IdleExpiresIn);
