using TokenIssuer.AccessTokens;
using TokenIssuer.Families;

namespace TokenIssuer;

/// <summary>An access token with which a client acts for itself (RFC 6749 §4.4.3); there is no refresh token.</summary>
/// <param name="AccessToken">The access token.</param>
/// <param name="ExpiresIn">How long it is good for, in whole seconds.</param>
/// <param name="Scope">The scope granted.</param>
public sealed record ServiceTokenAnswer(AccessToken AccessToken, TimeSpan ExpiresIn, Scope Scope);
