namespace TokenIssuer.AccessTokens;

/// <summary>A minted access token and how long it is good for.</summary>
internal readonly record struct MintedToken(AccessToken Token, TimeSpan Lifetime);
